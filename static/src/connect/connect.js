// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, useRef, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";

import { CopyRow } from "../copy_row/copy_row";
import { tryKey, warningsOf } from "./connection_test";

/** What Silverfin asks for, where to paste it, and a try with a key that the user pastes. */
export class Connect extends Component {
    static template = "account_silverfin.Connect";
    static components = { CopyRow };
    static props = {
        login: String,
        url: String,
        database: String,
        manages_clients: Boolean,
        onNewKey: { type: Function, optional: true },
    };

    setup() {
        this.input = useRef("key");
        this.state = useState({ busy: false, result: null });
        this.warnings = warningsOf(this.props.url);
    }

    get values() {
        const { login, url, database } = this.props;
        return [
            {
                name: "login",
                label: _t("E-mail"),
                value: login,
                advice: _t("Your login. Paste it where Silverfin asks for the e-mail."),
            },
            {
                name: "key",
                label: _t("API key"),
                advice: _t("Make a key of scope Read and paste it as the API key: it is shown once."),
            },
            {
                name: "url",
                label: _t("URL"),
                value: url,
                advice: _t("Paste it as the URL, as it is, with nothing behind it."),
            },
            {
                name: "database",
                label: _t("Database"),
                value: database,
                advice: _t("Paste it as the name of the database; capitals matter."),
            },
        ];
    }

    /** Try the pasted key; afterwards it is nowhere any more. */
    async test() {
        const key = this.input.el.value.trim();
        this.input.el.value = "";
        Object.assign(this.state, { busy: true, result: null });
        const result = await tryKey(key, this.props);
        Object.assign(this.state, { busy: false, result });
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault(); // it would save the form around it
            this.test();
        }
    }
}
