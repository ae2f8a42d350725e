// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, onWillStart, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { keyUrl, MODEL, openKey } from "./key_link";

const KEPT = "silverfin_key_batch";

/** What the page says of each operation; the server's method is `action_` and its name. */
const WORDS = {
    delete: {
        question: _t("Are you sure you want to delete the selected API keys?"),
        consequence: _t(
            "They stop working at once and cannot be brought back. All the following objects and what belongs to them will be deleted:"
        ),
        none: _t("None of the selected API keys can be deleted"),
        done: _t("deleted"),
        rest: _t("Not deleted"),
    },
    activate: {
        question: _t("Are you sure you want to activate the selected API keys?"),
        consequence: _t("Whoever has them can read with them again at once."),
        none: _t("None of the selected API keys can be activated"),
        done: _t("activated"),
        rest: _t("Not activated"),
        already: (count) => _t("%(count)s active already.", { count }),
    },
    deactivate: {
        question: _t("Are you sure you want to deactivate the selected API keys?"),
        consequence: _t(
            "They are refused from the next request on, until somebody activates them again."
        ),
        none: _t("None of the selected API keys can be deactivated"),
        done: _t("deactivated"),
        rest: _t("Not deactivated"),
        already: (count) => _t("%(count)s inactive already.", { count }),
    },
};

/** Asks before keys are deleted or switched, and says what they are, what hangs on them, and who uses them. */
export class KeyBatchPage extends Component {
    static template = "account_silverfin.KeyBatchPage";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.operation = this.props.action.params.operation;
        this.words = WORDS[this.operation];
        this.ids = this.keepSelection();
        this.display = { controlPanel: {} };
        this.state = useState({ keys: [], busy: false });
        this.keyUrl = keyUrl;
        onWillStart(async () => {
            this.preview = await this.load(0);
        });
    }

    /**
     * Return what was selected, and keep it for when the page is reloaded, with the list's filters: of
     * these Odoo keeps nothing, and of the selection but the first key. An address that was passed on
     * has none.
     */
    keepSelection() {
        const { id, context, params } = this.props.action;
        if (context.active_model === MODEL) {
            const from = this.action.currentController;
            const kept = { id, ids: context.active_ids };
            if (from?.props.type === "list") {
                kept.list = from.action.globalState;
            }
            browser.sessionStorage.setItem(KEPT, JSON.stringify(kept));
            return context.active_ids;
        }
        const kept = JSON.parse(browser.sessionStorage.getItem(KEPT));
        if (kept?.id !== id) {
            return [];
        }
        params.list = kept.list; // for the action silverfin_leave
        return kept.ids;
    }

    async load(offset) {
        const args = [this.ids, this.operation];
        const preview = await this.orm.call(MODEL, "batch_preview", args, { offset });
        this.state.keys.push(...preview.keys);
        return preview;
    }

    get isDelete() {
        return this.operation === "delete";
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
            const method = `action_${this.operation}`;
            const action = await this.orm.call(MODEL, method, [this.ids], { context });
            browser.sessionStorage.removeItem(KEPT);
            await this.action.doAction(action);
        } finally {
            this.state.busy = false;
        }
    }

    leave() {
        browser.sessionStorage.removeItem(KEPT);
        return this.action.doAction({ type: "ir.actions.client", tag: "silverfin_leave" });
    }
}

registry.category("actions").add("silverfin_key_batch", KeyBatchPage);
