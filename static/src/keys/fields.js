// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component } from "@odoo/owl";

import { CopyButton } from "@web/core/copy_button/copy_button";
import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";
import {
    CopyClipboardCharField,
    copyClipboardCharField,
} from "@web/views/fields/copy_clipboard/copy_clipboard_field";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { keyUrl } from "./key_link";

/** The beginning of an ID, as a link: a click opens the form as the row does, or a new tab. */
export class KeyIdField extends Component {
    static template = "account_silverfin.KeyIdField";
    static props = { ...standardFieldProps };

    get uuid() {
        return this.props.record.data[this.props.name];
    }

    get url() {
        return keyUrl(this.props.record.resId);
    }

    onClick(ev) {
        if (ev.ctrlKey || ev.metaKey || ev.shiftKey || ev.button) {
            ev.stopPropagation(); // the browser opens its tab; the row need not open another
        } else {
            ev.preventDefault(); // the row opens the form, and the pager knows of the others
        }
    }
}

/** A badge that shows the word before the colon of a selection's explaining label. */
export class ShortBadgeField extends BadgeField {
    get formattedValue() {
        return super.formattedValue.split(":")[0].trim();
    }
}

class NamedCopyButton extends CopyButton {
    static template = "account_silverfin.NamedCopyButton";
}

/** Odoo's text with a button that copies it; here the button has a name for who does not see it. */
export class CopyField extends CopyClipboardCharField {
    static components = { ...CopyClipboardCharField.components, CopyButton: NamedCopyButton };
}

registry.category("fields").add("silverfin_copy", {
    ...copyClipboardCharField,
    component: CopyField,
});
registry.category("fields").add("silverfin_key_id", {
    component: KeyIdField,
    supportedTypes: ["char"],
});
registry.category("fields").add("silverfin_short_badge", {
    ...badgeField,
    component: ShortBadgeField,
});
