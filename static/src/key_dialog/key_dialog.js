// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";

import { CopyRow } from "../copy_row/copy_row";
import { SecretDialog } from "./secret_dialog";

/**
 * Shows a new secret, once, ready to paste in every form it is needed in. It is a component of its
 * own and no form, so that the secret goes neither back to the server nor into anything that the
 * browser keeps.
 */
export class KeyDialog extends Component {
    static template = "account_silverfin.KeyDialog";
    static components = { CopyRow, SecretDialog };
    static props = {
        secret: String,
        connection: Object,
        credentials: Array,
        close: Function,
    };

    /** Whether the key is for Silverfin itself, which asks for an e-mail too and writes no headers. */
    get isForSilverfin() {
        return "login" in this.props.connection;
    }

    get facts() {
        const { login, url, database } = this.props.connection;
        const facts = [
            { name: "login", label: _t("E-mail"), value: login },
            { name: "url", label: _t("URL"), value: url },
            { name: "database", label: _t("Database"), value: database },
        ];
        return facts.filter((fact) => fact.value);
    }
}
