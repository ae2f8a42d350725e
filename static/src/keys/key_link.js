// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { _t } from "@web/core/l10n/translation";

export const MODEL = "silverfin.api.key";

/** The address of a key's form. */
export function keyUrl(id) {
    return `/odoo/action-account_silverfin.action_keys/${id}`;
}

/** Open a key's form; the breadcrumbs lead back. */
export function openKey(action, id) {
    return action.doAction({
        type: "ir.actions.act_window",
        name: _t("API Keys"),
        res_model: MODEL,
        res_id: id,
        views: [[false, "form"]],
    });
}
