// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component } from "@odoo/owl";

import { serializeDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { View } from "@web/views/view";

const DAYS = 14;

/** What was delivered lately, above the clients that need attention: Odoo's own graph view. */
export class DeliveryGraph extends Component {
    static template = "account_silverfin.DeliveryGraph";
    static components = { View };
    static props = {};

    setup() {
        const since = serializeDate(today().minus({ days: DAYS - 1 }));
        this.title = _t("Items delivered in the last %(days)s days", { days: DAYS });
        this.graph = {
            resModel: "silverfin.delivery",
            type: "graph",
            domain: [["day", ">=", since]],
            display: { controlPanel: false },
            useSampleModel: false,
        };
    }
}

export class OverviewListRenderer extends ListRenderer {
    static template = "account_silverfin.OverviewListRenderer";
    static components = { ...ListRenderer.components, DeliveryGraph };
}

export class OverviewKanbanRenderer extends KanbanRenderer {
    static template = "account_silverfin.OverviewKanbanRenderer";
    static components = { ...KanbanRenderer.components, DeliveryGraph };
}

registry.category("views").add("silverfin_overview_list", {
    ...listView,
    Renderer: OverviewListRenderer,
});
registry.category("views").add("silverfin_overview_kanban", {
    ...kanbanView,
    Renderer: OverviewKanbanRenderer,
});
