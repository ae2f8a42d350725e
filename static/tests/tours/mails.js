// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// From the app to the settings: the digest is switched off, and the texts are there to edit.
tours.add("silverfin_mail_settings", {
    steps: () => [
        {
            trigger: 'button[data-menu-xmlid="account_silverfin.menu_configuration"]',
            run: "click",
        },
        { trigger: 'a[data-menu-xmlid="account_silverfin.menu_settings"]', run: "click" },
        { trigger: "#silverfin_mail_ended input:checked" },
        { trigger: "#silverfin_mail_digest input:checked", run: "click" },
        // Saving the settings loads the page anew.
        { trigger: ".o_form_button_save", run: "click", expectUnloadPage: true },
        { trigger: "#silverfin_mail_digest input:not(:checked)" },
        { trigger: "button:contains(Edit Mails)", run: "click" },
        { trigger: ".o_data_row:contains(Silverfin: failing clients)" },
    ],
});
