// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";

import { FindKeyDialog } from "./find_dialog";
import { RotatedKeysDialog } from "./rotated_dialog";

const CLOSE = { type: "ir.actions.act_window_close" };
const LIST = "account_silverfin.action_keys";

function findKey(env) {
    env.services.dialog.add(FindKeyDialog, {});
}

/** Show new secrets until the dialog is closed; then close the wizard beneath. */
async function showRotated(env, action) {
    await new Promise((onClose) =>
        env.services.dialog.add(RotatedKeysDialog, action.params, { onClose })
    );
    return CLOSE;
}

/**
 * Leave the screen of what is gone: for where one came from, or for the list of keys. A reloaded page
 * of many keys knows how the list was filtered, which Odoo does not any more.
 */
async function leave(env) {
    const { action } = env.services;
    await action.doAction(CLOSE);
    const { config, action: left } = action.currentController ?? {};
    const globalState = left?.params?.list;
    if (globalState) {
        const index = Math.max(config.breadcrumbs.length - 2, 0);
        await action.doAction(LIST, { props: { globalState }, index });
    } else if (config?.breadcrumbs.length > 1) {
        await action.restore();
    } else {
        await action.doAction(LIST, { clearBreadcrumbs: true });
    }
}

registry.category("actions").add("silverfin_find_key", findKey);
registry.category("actions").add("silverfin_rotated_keys", showRotated);
registry.category("actions").add("silverfin_leave", leave);
