// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";

/**
 * Archive, Unarchive and Delete of clients ask with a dialog of the server: it says how many keys
 * stop or come back, and what goes.
 */
const askingServer = (Controller) =>
    class extends Controller {
        getStaticActionMenuItems() {
            const items = super.getStaticActionMenuItems();
            for (const name of ["archive", "unarchive", "delete"]) {
                items[name].callback = () => this.askServer(name);
            }
            return items;
        }

        async askServer(name) {
            const { root } = this.model;
            const ids = root.resId ? [root.resId] : await root.getResIds(true);
            const action = await this.model.orm.call("silverfin.client", `action_ask_${name}`, [ids]);
            await this.actionService.doAction(action, { onClose: (infos) => this.onAnswer(infos) });
        }

        async onAnswer(infos) {
            if (infos?.deleted && this.model.root.resId) {
                return this.env.config.historyBack();
            }
            await this.model.load();
        }
    };

for (const view of [formView, kanbanView, listView]) {
    registry.category("views").add(`silverfin_client_${view.type}`, {
        ...view,
        Controller: askingServer(view.Controller),
    });
}
