// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component } from "@odoo/owl";

import { CopyButton } from "@web/core/copy_button/copy_button";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";

/**
 * Shows a new secret, once. It is a component of its own and no form, so that the secret goes
 * neither back to the server nor into anything that the browser keeps.
 */
export class KeyDialog extends Component {
    static template = "account_silverfin.KeyDialog";
    static components = { CopyButton, Dialog };
    static props = {
        secret: String,
        connection: { type: [Object, Boolean], optional: true },
        close: Function,
    };

    /** What Silverfin asks for beside the key. */
    get facts() {
        const { login, url, database } = this.props.connection || {};
        return [
            { name: "login", label: _t("E-mail"), value: login },
            { name: "url", label: _t("URL"), value: url },
            { name: "database", label: _t("Database"), value: database },
        ];
    }
}
