// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { downloadFile } from "@web/core/network/download";
import { registry } from "@web/core/registry";

const PASSWORD = "tour-password";
const LIST = "/odoo/action-account_silverfin.action_keys";
const SELECTED = ".o_control_panel .o_selection_container";

/** What the steps of a tour hand on to one another. */
const seen = {};

function check(condition, message) {
    if (!condition) {
        throw new Error(message);
    }
}

const confirmIdentity = () => [
    { trigger: ".modal div[name=password] input", run: `edit ${PASSWORD}` },
    { trigger: ".modal button[name=run_check]", run: "click" },
];

const search = (text) => [
    { trigger: ".o_searchview_input", run: `edit ${text}` },
    { trigger: `.o_searchview_autocomplete .o-dropdown-item:contains(API key)`, run: "click" },
    { trigger: `.o_searchview_facet:contains(${text})` },
];

const selectPage = () => [
    { trigger: ".o_list_view thead .o_list_record_selector input", run: "click" },
    { trigger: `${SELECTED}:contains(selected)` },
];

function rememberSecret() {
    const text = document.querySelector(".modal [name=secret] code").textContent;
    seen.secret = text.match(/sf[sr]_[0-9A-Za-z]{49}/)[0];
}

registry.category("web_tour.tours").add("silverfin_keys", {
    url: LIST,
    steps: () => [
        {
            content: "Group by status, which is no column",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        { trigger: ".o_group_by_menu .o-dropdown-item:contains(Status)", run: "click" },
        { trigger: ".o_group_header:contains(Inactive)" },
        { trigger: ".o_searchview_facet .o_facet_remove", run: "click" },
        { trigger: ".o_list_view:not(:has(.o_group_header)) .o_data_row:contains(Production)" },
        {
            content: "Sort by last use, which is no column either",
            trigger: ".o_list_view th[data-name=last_used_at]",
            run: "click",
        },
        { trigger: ".o_data_row:first:contains(Test)" },
        {
            content: "The ID is a link that opens the form",
            trigger: ".o_data_row:contains(Production) td[name=uuid] a",
            run: "click",
        },
        { trigger: ".o_form_view [name=bearer_header]:contains(Authorization: Bearer sfs_)" },
        { trigger: ".o_form_view [name=key_header]:contains(X-Silverfin-API-Key: sfs_)" },
        { trigger: ".o_form_view [name=curl]:contains(/silverfin/v1/me)" },
        { trigger: ".o_form_view [name=event_ids] .o_data_row:contains(Created)" },
        { trigger: ".o_form_view button:contains(Rotate)", run: "click" },
        { trigger: ".modal .o_radio_item:contains(7 days) input", run: "click" },
        { trigger: ".modal button[name=action_rotate]", run: "click" },
        ...confirmIdentity(),
        { content: "Copy the secret", trigger: ".modal [name=secret] code", run: rememberSecret },
        { trigger: ".modal button:contains(I have stored it)", run: "click" },
        { trigger: ".o_form_view .alert:contains(This key works until):contains(In 7 days)" },
        {
            content: "Whose key is this?",
            trigger: "[data-menu-xmlid='account_silverfin.menu_key_find']",
            run: "click",
        },
        { trigger: "#silverfin_secret", run: "edit hunter2" },
        { trigger: ".o_silverfin_find_key button:contains(Find)", run: "click" },
        { trigger: "[data-answer=foreign]" },
        { trigger: "#silverfin_secret", run: (helpers) => helpers.edit(`${seen.secret}x`) },
        { trigger: ".o_silverfin_find_key button:contains(Find)", run: "click" },
        { trigger: "[data-answer=mistyped]" },
        { trigger: "#silverfin_secret", run: (helpers) => helpers.edit(seen.secret) },
        { trigger: ".o_silverfin_find_key button:contains(Find)", run: "click" },
        { trigger: "[data-answer=found]:contains(Brasserie) a:contains(Production)", run: "click" },
        {
            content: "The new key knows which one it replaces",
            trigger: ".o_form_view [name=rotated_from_id]:contains(Production)",
        },
        {
            content: "The secret is in nothing that the browser keeps",
            trigger: "body:not(:has(.modal))",
            run() {
                const kept = JSON.stringify([{ ...sessionStorage }, { ...localStorage }]);
                check(kept.includes("account_silverfin"), "Nothing is kept at all");
                check(!kept.includes(seen.secret.slice(12)), "The browser keeps the secret");
                check(!location.href.includes(seen.secret.slice(12)), "The URL has the secret");
            },
        },
        { trigger: ".o_form_view button[name=action_delete]", run: "click" },
        { trigger: ".modal footer button:contains(Delete)", run: "click" },
        { trigger: ".o_notification:contains(1 deleted, 0 skipped)" },
        {
            content: "Back where it came from: the key that has no successor any more",
            trigger: ".o_form_view:not(:has(.alert:visible)) [name=expires_at]",
        },
    ],
});

registry.category("web_tour.tours").add("silverfin_keys_delete_many", {
    url: LIST,
    steps: () => [
        ...search("Alpha"),
        { content: "Wait for the filtered list", trigger: ".o_pager_limit:contains(85)" },
        ...selectPage(),
        { content: "Across pages", trigger: `${SELECTED} .o_select_domain`, run: "click" },
        { trigger: `${SELECTED} button:contains(Delete API Keys)`, run: "click" },
        { trigger: ".o_silverfin_key_batch h1:contains(Are you sure you want to delete)" },
        { trigger: "[name=summary] [name=keys]:contains(/^85$/)" },
        { trigger: "[name=objects] li:contains(Alpha 84) .badge:contains(Used)" },
        { trigger: "[name=objects] li:contains(Alpha 83) li:contains(which stays) a:contains(Beta)" },
        {
            content: "A reload keeps the selection, and the list's filter",
            trigger: "button[name=more]",
            run: () => location.reload(),
            expectUnloadPage: true,
        },
        { trigger: "[name=summary] [name=keys]:contains(/^85$/)" },
        { trigger: "button[name=more]", run: "click" },
        { trigger: "[name=objects] > li:count(80)" },
        { trigger: "button[name=back]", run: "click" },
        { content: "The same filtered list", trigger: ".o_list_view .o_data_row:contains(Alpha)" },
        { trigger: ".o_searchview_facet:contains(Alpha)" },
        {
            content: "And nothing behind it",
            trigger: ".o_breadcrumb:not(:has(.breadcrumb-item, .o_back_button)):contains(API Keys)",
        },
        { trigger: ".o_pager_limit:contains(85)" },
        ...selectPage(),
        { trigger: `${SELECTED} .o_select_domain`, run: "click" },
        { trigger: `${SELECTED} .o_cp_action_menus button:contains(Actions)`, run: "click" },
        { trigger: ".o-dropdown-item:contains(Delete API Keys)", run: "click" },
        { trigger: ".o_silverfin_key_batch button[name=yes]", run: "click" },
        ...confirmIdentity(),
        { trigger: ".o_notification:contains(85 deleted, 0 skipped)" },
        { trigger: ".o_list_view:not(:has(.o_data_row))" },
        { trigger: ".o_searchview_facet:contains(Alpha)" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

/** What a spreadsheet might run, whatever it takes for the end of a cell, and what it gets. */
const CELLS = {
    "=1": "'=1",
    "a;=cmd()": "a;'=cmd()",
    "a,+1": "a,'+1",
    "a|-1": "a|'-1",
    "a\n@x": "a\n'@x",
    "a; =1": "a;' =1",
    'a;"=1+1&"': `a;'""=1+1&""`,
    "\t=1": "'\t'=1",
    "\tx": "'\tx",
    "\uff1d1": "'\uff1d1",
    "Jan - Piet; B-1": "Jan - Piet; B-1",
};

function checkCells() {
    // No import: this file is loaded in the portal too, where that module is not.
    const { toCsv } = odoo.loader.modules.get("@account_silverfin/keys/csv");
    for (const [text, cell] of Object.entries(CELLS)) {
        const line = toCsv([[text, text]]);
        check(line === `\ufeff"${cell}","${cell}"\r\n`, `${text} becomes ${line}`);
    }
}

registry.category("web_tour.tours").add("silverfin_keys_rotate_many", {
    url: LIST,
    steps: () => [
        ...selectPage(),
        { trigger: `${SELECTED} button:contains(Rotate)`, run: "click" },
        { trigger: ".modal .alert .o_data_row:contains(Off):contains(Not active)" },
        { trigger: ".modal .o_radio_item:contains(1 hour) input", run: "click" },
        { trigger: ".modal button[name=action_rotate]", run: "click" },
        ...confirmIdentity(),
        { trigger: ".o_silverfin_rotated_keys button:contains(I have stored them):disabled" },
        { trigger: ".o_silverfin_rotated_keys", run: "press Escape" },
        { trigger: ".o_silverfin_held:contains(cannot be shown again)" },
        { content: "No cell is a formula", trigger: ".o_silverfin_rotated_keys", run: checkCells },
        {
            trigger: ".o_silverfin_rotated_keys button:contains(Download CSV)",
            run(helpers) {
                downloadFile._download = (data, name) => Object.assign(seen, { data, name });
                return helpers.click();
            },
        },
        {
            content: "A line for each, and each key works",
            trigger: ".o_silverfin_rotated_keys button:contains(I have stored them):enabled",
            async run(helpers) {
                check(/^api-keys-.*\.csv$/.test(seen.name), seen.name);
                const lines = seen.data.trim().split("\r\n");
                check(lines.length === 3, `${lines.length} lines`);
                check(seen.data.includes(`"'=Formula"`), "A name can be a formula");
                for (const line of lines.slice(1)) {
                    const Authorization = `Bearer ${line.match(/sfs_[0-9A-Za-z]{49}/)[0]}`;
                    const answer = await fetch("/silverfin/v1/me", { headers: { Authorization } });
                    check(answer.status === 200, `${answer.status} for a new key`);
                }
                await helpers.click();
            },
        },
        { trigger: ".o_pager_limit:contains(5)" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

const PAGE = ".o_silverfin_key_batch";

registry.category("web_tour.tours").add("silverfin_keys_switch", {
    url: LIST,
    steps: () => [
        ...search("Key"),
        { trigger: ".o_list_view:not(:has(.o_data_row:contains(Other)))" },
        ...selectPage(),
        { trigger: `${SELECTED} button:contains(Deactivate)`, run: "click" },
        { trigger: `${PAGE} h1:contains(Are you sure you want to deactivate)` },
        { trigger: `${PAGE} .alert:contains(Used in the last 30 days: 1)` },
        { trigger: `${PAGE} [name=refused]:contains(1 inactive already)` },
        { trigger: `${PAGE} [name=objects] li:contains(Key A) .badge:contains(Used)` },
        { trigger: `${PAGE} button[name=back]`, run: "click" },
        { trigger: ".o_searchview_facet:contains(Key)" },
        { trigger: ".o_data_row:contains(Key A) td[name=status]:contains(/^Active/)" },
        ...selectPage(),
        { trigger: `${SELECTED} button:contains(Deactivate)`, run: "click" },
        { trigger: `${PAGE} button[name=yes]`, run: "click" },
        { trigger: ".o_notification:contains(1 deactivated, 1 skipped)" },
        { trigger: ".o_searchview_facet:contains(Key)" },
        { trigger: ".o_list_view:not(:has(td[name=status]:contains(/^Active/)))" },
        ...selectPage(),
        { trigger: `${SELECTED} .o_cp_action_menus button:contains(Actions)`, run: "click" },
        { trigger: ".o-dropdown-item:contains(/^Activate API Keys/)", run: "click" },
        { trigger: `${PAGE} h1:contains(Are you sure you want to activate)` },
        { trigger: `${PAGE} button[name=yes]`, run: "click" },
        { trigger: ".o_notification:contains(2 activated, 0 skipped)" },
        { trigger: ".o_list_view:not(:has(td[name=status]:contains(Inactive)))" },
        {
            content: "One asks too",
            trigger: ".o_data_row:contains(Key A) td[name=name]",
            run: "click",
        },
        { trigger: ".o_form_view button[name=action_deactivate]", run: "click" },
        { trigger: ".modal footer button:contains(Deactivate)", run: "click" },
        { trigger: ".o_notification:contains(1 deactivated, 0 skipped)" },
        { trigger: ".o_form_view button[name=action_activate]", run: "click" },
        { trigger: ".o_notification:contains(1 activated, 0 skipped)" },
        { trigger: ".o_form_view button[name=action_deactivate]" },
    ],
});

// The address alone, as somebody passes it on, says nothing of what was selected.
registry.category("web_tour.tours").add("silverfin_keys_none_selected", {
    url: "/odoo/action-account_silverfin.action_keys/action-account_silverfin.action_key_delete",
    steps: () => [
        { trigger: `${PAGE} h1:contains(No API key is selected)` },
        { trigger: `${PAGE}:not(:has(button[name=yes])) button:contains(Back to the list)`, run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Key A)" },
    ],
});

/** Press a row for as long as it takes to select it on a phone. */
async function press() {
    const target = this.anchor;
    const touch = new Touch({ identifier: 1, target, clientX: 150, clientY: 200 });
    const options = { bubbles: true, cancelable: true };
    target.dispatchEvent(new TouchEvent("touchstart", { ...options, touches: [touch] }));
    await new Promise((resolve) => setTimeout(resolve, 600));
    target.dispatchEvent(new TouchEvent("touchend", { ...options, changedTouches: [touch] }));
}

registry.category("web_tour.tours").add("silverfin_keys_phone", {
    url: LIST,
    steps: () => [
        { trigger: ".o_kanban_record:contains(Production):contains(Active):contains(Last used)", run: press },
        { trigger: ".o_selection_box:contains(1)" },
        { trigger: ".o_control_panel .o_cp_action_menus .fa-cog", run: "click" },
        { trigger: ".o-dropdown--menu button:contains(Delete API Keys)", run: "click" },
        {
            trigger: ".o_silverfin_key_batch button[name=back]",
            async run(helpers) {
                const page = document.querySelector(".o_silverfin_key_batch .o_content");
                check(page.scrollWidth <= page.clientWidth, "The page is wider than the phone");
                await helpers.click();
            },
        },
        { trigger: ".o_kanban_record:contains(Production)", run: "click" },
        { trigger: ".o_form_view [name=curl]:contains(curl)" },
    ],
});

registry.category("web_tour.tours").add("silverfin_keys_history", {
    url: "/odoo/action-account_silverfin.action_events",
    steps: () => [
        ...search("Production"),
        { trigger: ".o_data_row:contains(Refused):contains(account.move.unlink)" },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_filter_menu .o-dropdown-item:contains(Deleted)", run: "click" },
        { trigger: ".o_list_view:not(:has(.o_data_row:contains(Refused))) .o_data_row:contains(Deleted) td[name=key_name]", run: "click" },
        { trigger: ".o_form_view [name=key_uuid]" },
    ],
});
