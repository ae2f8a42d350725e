// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, onWillStart, useState } from "@odoo/owl";

import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { keyUrl, MODEL, openKey } from "./key_link";

/** Asks before keys are deleted, and says what they are, what hangs on them, and who still uses them. */
export class DeleteKeysPage extends Component {
    static template = "account_silverfin.DeleteKeysPage";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.ids = this.props.action.context.active_ids || [];
        this.display = { controlPanel: {} };
        this.state = useState({ keys: [], busy: false });
        this.keyUrl = keyUrl;
        onWillStart(async () => {
            this.preview = await this.load(0);
        });
    }

    async load(offset) {
        const preview = await this.orm.call(MODEL, "delete_preview", [this.ids], { offset });
        this.state.keys.push(...preview.keys);
        return preview;
    }

    lastUsed(key) {
        return key.last_used_at && deserializeDateTime(key.last_used_at);
    }

    ago(key) {
        return this.lastUsed(key).toRelative();
    }

    exactly(key) {
        return formatDateTime(this.lastUsed(key));
    }

    open(ev, id) {
        ev.preventDefault();
        return openKey(this.action, id);
    }

    async confirm() {
        this.state.busy = true;
        try {
            const context = { silverfin_leave: true };
            const action = await this.orm.call(MODEL, "action_delete", [this.ids], { context });
            await this.action.doAction(action);
        } finally {
            this.state.busy = false;
        }
    }

    leave() {
        return this.action.doAction({ type: "ir.actions.client", tag: "silverfin_leave" });
    }
}

registry.category("actions").add("silverfin_delete_keys", DeleteKeysPage);
