// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, xml } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Connect } from "../connect/connect";

/** The card *Connect Silverfin* in the form of a user. */
class ConnectWidget extends Component {
    static template = xml`<Connect t-if="connection" t-props="connection" onNewKey="() => this.newKey()"/>`;
    static components = { Connect };
    static props = standardWidgetProps;

    get connection() {
        return this.props.record.data.silverfin_connection;
    }

    newKey() {
        const { resModel, resId, context } = this.props.record;
        return this.env.onClickViewButton({
            clickParams: {
                type: "object",
                name: "action_silverfin_new_key",
                context: { default_scope: "read" },
            },
            getResParams: () => ({ resModel, resId, resIds: [resId], context }),
        });
    }
}

registry.category("view_widgets").add("silverfin_connect", {
    component: ConnectWidget,
    fieldDependencies: [{ name: "silverfin_connection", type: "json" }],
});
