// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, useState } from "@odoo/owl";

import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus, useService } from "@web/core/utils/hooks";

import { keyUrl, MODEL, openKey } from "./key_link";

/**
 * Tells whose key a secret is. The secret goes to the server in the body of a request, is looked up
 * by its digest, and is in nothing that the browser keeps.
 */
export class FindKeyDialog extends Component {
    static template = "account_silverfin.FindKeyDialog";
    static components = { Dialog };
    static props = { close: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useAutofocus({ refName: "secret" });
        this.state = useState({ answer: "", key: null });
        this.keyUrl = keyUrl;
    }

    async find() {
        const secret = this.input.el.value.trim();
        const answer = secret && (await this.orm.call(MODEL, "find_by_secret", [secret]));
        Object.assign(this.state, { answer: "", key: null }, answer);
    }

    forget() {
        Object.assign(this.state, { answer: "", key: null });
    }

    async open(ev) {
        ev.preventDefault();
        const { id } = this.state.key;
        this.props.close();
        await openKey(this.action, id);
    }
}
