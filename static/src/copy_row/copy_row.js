// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component } from "@odoo/owl";

import { CopyButton } from "@web/core/copy_button/copy_button";

/** A value with its label, a button that copies it and, in the default slot, a word on it. */
export class CopyRow extends Component {
    static template = "account_silverfin.CopyRow";
    static components = { CopyButton };
    static props = {
        name: String,
        label: String,
        value: { type: String, optional: true },
        code: { type: Boolean, optional: true },
        primary: { type: Boolean, optional: true },
        slots: { type: Object, optional: true },
    };
    static defaultProps = { code: false, primary: false };
}
