// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, onMounted, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const INTERVAL = 5000; // ms
const FIELDS = {
    pull_state: "selection",
    pull_items: "integer",
    pull_total: "integer",
    pull_percent: "integer",
    pull_last_at: "datetime",
};

/**
 * The progress of a client's first full pull. While it runs and can be seen, it is read anew beside
 * the form's record, so that whoever edits the form is not disturbed.
 */
export class Pull extends Component {
    static template = "account_silverfin.Pull";
    static props = standardWidgetProps;

    setup() {
        this.orm = useService("orm");
        this.state = useState({ ...this.props.record.data, ended: false });
        onWillUpdateProps(({ record }) => {
            if (record !== this.props.record) {
                Object.assign(this.state, record.data, { ended: false });
            }
        });
        onMounted(() => (this.timer = browser.setInterval(() => this.poll(), INTERVAL)));
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    async poll() {
        const { record } = this.props;
        if (this.state.pull_state !== "running" || document.hidden) {
            return;
        }
        const [pull] = await this.orm.silent.read(record.resModel, [record.resId], Object.keys(FIELDS));
        if (record === this.props.record) {
            pull.pull_last_at &&= deserializeDateTime(pull.pull_last_at);
            Object.assign(this.state, pull, { ended: !pull.pull_state });
        }
    }

    get progress() {
        return _t("%(items)s of about %(total)s items delivered, the last at %(time)s.", {
            items: formatInteger(this.state.pull_items),
            total: formatInteger(this.state.pull_total),
            time: toLocaleDateTimeString(this.state.pull_last_at),
        });
    }
}

registry.category("view_widgets").add("silverfin_pull", {
    component: Pull,
    fieldDependencies: Object.entries(FIELDS).map(([name, type]) => ({ name, type, readonly: true })),
});
