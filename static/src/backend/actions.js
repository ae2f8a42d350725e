// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";

import { KeyDialog } from "../key_dialog/key_dialog";

/** Show a new secret until its dialog is closed, and go on with the action that follows. */
async function showKey(env, action) {
    const { following, ...props } = action.params;
    await new Promise((onClose) => env.services.dialog.add(KeyDialog, props, { onClose }));
    return following;
}

/** Reload the records around the button that was pressed, and close nothing. */
async function reload(env, action, options) {
    await options.onClose?.();
}

registry.category("actions").add("silverfin_show_key", showKey);
registry.category("actions").add("silverfin_reload", reload);
