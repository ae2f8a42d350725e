// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { useExternalListener, useState } from "@odoo/owl";

import { Dialog } from "@web/core/dialog/dialog";

/**
 * A dialog around what cannot be shown again. Escape, the cross and reloading the page are the ways
 * to lose it by mistake: the first two say so, the last lets the browser ask. Only the button in the
 * footer closes it.
 */
export class SecretDialog extends Dialog {
    static template = "account_silverfin.SecretDialog";
    static props = {
        ...Dialog.props,
        confirmLabel: String,
        ready: { type: Boolean, optional: true },
    };
    static defaultProps = { ...Dialog.defaultProps, size: "md", ready: true };

    setup() {
        super.setup();
        this.secret = useState({ held: false, stored: false });
        useExternalListener(window, "beforeunload", (ev) => {
            if (!this.secret.stored) {
                ev.preventDefault();
            }
        });
    }

    dismiss() {
        this.secret.held = true;
    }

    confirm() {
        this.secret.stored = true;
        return this.data.close();
    }
}
