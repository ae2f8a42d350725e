// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { markup } from "@odoo/owl";

import { handleCheckIdentity } from "@portal/interactions/portal_security";
import { InputConfirmationDialog } from "@portal/js/components/input_confirmation_dialog/input_confirmation_dialog";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { Interaction } from "@web/public/interaction";

import { Connect } from "../connect/connect";
import { KeyDialog } from "../key_dialog/key_dialog";

const KEYS = "silverfin.api.key";

/** The cards of one's own keys on /my/security. */
export class PortalKeys extends Interaction {
    static selector = ".o_silverfin_portal_keys";
    dynamicContent = {
        ".o_silverfin_new": { "t-on-click": () => this.onNew("sync") },
        ".o_silverfin_rotate": { "t-on-click": this.onRotate },
        ".o_silverfin_switch": { "t-on-click": this.onSwitch },
        ".o_silverfin_delete": { "t-on-click": this.onDelete },
        ".o_silverfin_portal_connect": { "t-component": (el) => [Connect, this.connection(el)] },
    };

    /** Call a method; where it asks for the password, so do we. */
    call(model, method, ...args) {
        const { orm, dialog } = this.services;
        return this.waitFor(
            handleCheckIdentity(this.waitFor(orm.call(model, method, args)), orm, dialog)
        );
    }

    /** The values of the card *Connect Silverfin*, which offers a key to whom the page does. */
    connection(el) {
        const mayMake = this.el.querySelector(".o_silverfin_new");
        const onNewKey = mayMake ? () => this.onNew("read") : undefined;
        return { ...JSON.parse(el.dataset.connection), onNewKey };
    }

    async onNew(scope) {
        await this.call("res.users", "action_silverfin_new_key", [user.userId]);
        this.choose(scope);
        this.askFor("new", _t("New API Key"), _t("Save"), async (values) => {
            const wizards = await this.waitFor(
                this.services.orm.create("silverfin.api.key.new", [values])
            );
            this.showKey(await this.call("silverfin.api.key.new", "action_create", wizards));
        });
    }

    /** Have the form for a new key begin with a scope. */
    choose(scope) {
        const { content } = this.el.querySelector("template.o_silverfin_new_form");
        for (const radio of content.querySelectorAll("[name=scope]")) {
            radio.toggleAttribute("checked", radio.value === scope);
        }
    }

    onRotate(ev) {
        const ids = this.idsOf(ev);
        this.askFor("rotate", _t("Rotate this API key?"), _t("Rotate"), async ({ grace }) => {
            this.showKey(await this.call(KEYS, "action_rotate_own", ids, Number(grace)));
        });
    }

    async onSwitch(ev) {
        await this.call(KEYS, "action_switch_own", this.idsOf(ev));
        window.location.reload();
    }

    onDelete(ev) {
        const ids = this.idsOf(ev);
        this.services.dialog.add(ConfirmationDialog, {
            title: _t("Delete this API key?"),
            body: _t(
                "What uses this key stops working at once. A deleted key cannot be brought back."
            ),
            confirmLabel: _t("Delete"),
            cancelLabel: _t("Keep it"),
            cancel: () => {},
            confirm: () => this.delete(ids),
        });
    }

    async delete(ids) {
        await this.call(KEYS, "action_delete", ids);
        window.location.reload();
    }

    idsOf(ev) {
        return [Number(ev.currentTarget.closest(".o_silverfin_key").dataset.id)];
    }

    /** Show one of the page's forms in a dialog; an incomplete one stays open. */
    askFor(form, title, confirmLabel, onValues) {
        const template = this.el.querySelector(`template.o_silverfin_${form}_form`);
        this.services.dialog.add(InputConfirmationDialog, {
            title,
            body: markup(template.innerHTML),
            confirmLabel,
            cancel: () => {},
            confirm: ({ inputEl }) => {
                const filled = inputEl.closest("form");
                if (!filled.reportValidity()) {
                    return false;
                }
                onValues(Object.fromEntries(new FormData(filled)));
            },
        });
    }

    showKey(action) {
        const { secret, connection, credentials } = action.params;
        const onClose = () => window.location.reload();
        this.services.dialog.add(KeyDialog, { secret, connection, credentials }, { onClose });
    }
}

registry.category("public.interactions").add("account_silverfin.portal_keys", PortalKeys);
