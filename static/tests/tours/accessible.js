// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const PASSWORD = "tour-password";

const see = (trigger) => ({ trigger });
const click = (trigger) => ({ trigger, run: "click" });
const edit = (trigger, text) => ({ trigger, run: `edit ${text}` });

const CONTROLS = "button, a[href], summary, input, select, textarea, [role=button], [role=progressbar]";
// Odoo's own, without a name.
const ODOO = 
    ".o_list_record_selector *, .o_optional_columns_dropdown *, .o_searchview_facet_label";

const textOf = (ids) => ids.split(" ").map((id) => document.getElementById(id)?.textContent).join(" ");

/** What a screen reader calls a control. */
function nameOf(control) {
    const { labels, title, placeholder, innerText } = control;
    const pictures = [...control.querySelectorAll("[title], [aria-label], [alt]")];
    return [
        control.getAttribute("aria-label"),
        textOf(control.getAttribute("aria-labelledby") || ""),
        ...[...(labels || [])].map((label) => label.textContent),
        innerText,
        title,
        control.dataset.tooltip,
        placeholder,
        ...pictures.map((el) => el.title || el.ariaLabel || el.alt),
    ]
        .join("")
        .trim();
}

/** Every control that can be seen has a name. */
const named = (trigger) => ({
    content: `Controls of ${trigger} have names`,
    trigger,
    run() {
        const controls = [...this.anchor.querySelectorAll(CONTROLS)];
        const visible = controls.filter((el) => el.checkVisibility() && !el.matches(ODOO));
        const nameless = visible.filter((el) => !nameOf(el)).map((el) => el.outerHTML);
        if (!visible.length || nameless.length) {
            throw new Error(`${nameless.length} of ${visible.length}: ${nameless.join("\n")}`);
        }
    },
});

/** The keyboard is where one goes on. */
const focused = (trigger) => ({
    content: `The focus is in ${trigger}`,
    trigger: `${trigger}:focus`,
});

const press = (key) => ({ trigger: "body", run: `press ${key}` });

/** Go on with the Tab key until a control has the focus, and press a key there. */
const tabTo = (selector, key) => ({
    content: `Tab to ${selector}, press ${key}`,
    trigger: selector,
    async run(helpers) {
        for (let tabs = 0; !document.activeElement.matches(selector); tabs++) {
            if (tabs > 60) {
                throw new Error(`Tab does not lead to ${selector}`);
            }
            const before = document.activeElement;
            await helpers.press("Tab");
            if (document.activeElement === before) {
                before.blur(); // the last one; a browser goes on at the top
            }
        }
        await helpers.press(key);
    },
});
const noDialog = see("body:not(:has(.modal))");

const menu = (xmlid) => click(`[data-menu-xmlid="account_silverfin.${xmlid}"]`);

// Every screen of the app: what can be pressed says what it is.
tours.add("silverfin_accessible", {
    steps: () => [
        see(".o_list_view .o_data_row:contains(Baker)"),
        named(".o_action"),
        click(".o_data_row:contains(Baker) .o_data_cell[name=name]"),
        see(".o_form_view .alert:contains(full pull is running)"),
        named(".o_action"),
        click("a[role=tab]:contains(Read Keys)"),
        named(".o_action"),
        menu("menu_keys"),
        see(".o_list_view .o_data_row:contains(First key)"),
        named(".o_action"),
        click(".o_switch_view.o_kanban"),
        see(".o_kanban_record:contains(First key)"),
        named(".o_action"),
        click(".o_switch_view.o_list"),
        click(".o_list_view thead .o_list_record_selector input"),
        click(".o_selection_container button:contains(Delete API Keys)"),
        see(".o_silverfin_key_batch h1:contains(Are you sure)"),
        named(".o_silverfin_key_batch"),
        click("button[name=back]"),
        click(".o_data_row:contains(First key) .o_data_cell[name=name]"),
        see(".o_form_view [name=curl]"),
        named(".o_action"),
        click("button:contains(Rotate)"),
        see(".modal button[name=action_rotate]"),
        named(".o_dialog:not(.o_inactive_modal) .modal-content"),
        press("Escape"),
        noDialog,
        menu("menu_key_find"),
        focused(".modal #silverfin_secret"),
        named(".o_dialog:not(.o_inactive_modal) .modal-content"),
        press("Escape"),
        noDialog,
        click("button[data-menu-xmlid='account_silverfin.menu_reporting']"),
        menu("menu_attention"),
        see(".o_list_view .o_data_row:contains(Baker)"),
        named(".o_action"),
        click("button[data-menu-xmlid='account_silverfin.menu_reporting']"),
        menu("menu_deliveries"),
        see(".o_graph_view canvas"),
        named(".o_action"),
        click("button[data-menu-xmlid='account_silverfin.menu_configuration']"),
        menu("menu_events"),
        see(".o_list_view .o_data_row:contains(Created)"),
        named(".o_action"),
    ],
});

const newKey = ".o_form_statusbar button[name].btn-primary";

/** With the password asked, a new key is made, copied and put away by keyboard. */
const makeKey = () => [
    focused(".modal .o_field_widget[name=name] input"),
    named(".o_dialog:not(.o_inactive_modal) .modal-content"),
    tabTo(".modal .o_field_widget[name=scope] input", "Tab"),
    tabTo(".modal button[name=action_create]", "Enter"),
    focused(".modal input[type=password]"),
    edit(".modal input[type=password]", PASSWORD),
    tabTo(".modal button[name=run_check]", "Enter"),
    focused(".o_silverfin_key_dialog [name=secret] button"),
    named(".o_silverfin_key_dialog"),
    tabTo(".o_silverfin_key_dialog summary", "Enter"),
    press("Escape"),
    see(".o_silverfin_held"),
    tabTo(".o_silverfin_key_dialog footer button", "Enter"),
    noDialog,
];

// A client's key is made without a mouse, and the focus comes back to where it was.
tours.add("silverfin_keyboard", {
    steps: () => [
        see(".o_form_view .o_field_widget[name=name] input"),
        { trigger: newKey, run: () => document.querySelector(newKey).focus() },
        press("Enter"),
        ...makeKey(),
        see(".o_form_view .oe_stat_button:contains(API keys):contains(3)"),
    ],
});

// The same on the page of the portal, where the key is then rotated and deleted.
tours.add("silverfin_keyboard_portal", {
    steps: () => [
        tabTo(".o_silverfin_new", "Enter"),
        focused(".o_dialog input[name=password]"),
        edit(".o_dialog input[name=password]", PASSWORD),
        tabTo(".o_dialog footer .btn-primary", "Enter"),
        focused(".o_dialog input[name=name]"),
        named(".o_dialog:not(.o_inactive_modal) .modal-content"),
        edit(".o_dialog input[name=name]", "By keyboard"),
        tabTo(".o_dialog input[name=scope]", "Tab"),
        tabTo(".o_dialog footer .btn-primary", "Enter"),
        focused(".o_silverfin_key_dialog [name=secret] button"),
        named(".o_silverfin_key_dialog"),
        { ...tabTo(".o_silverfin_key_dialog footer button", "Enter"), expectUnloadPage: true },
        see(".o_silverfin_key:contains(By keyboard)"),
        named(".o_silverfin_portal_keys"),
        tabTo(".o_silverfin_rotate", "Enter"),
        see(".o_dialog input[type=radio]:focus"),
        named(".o_dialog:not(.o_inactive_modal) .modal-content"),
        press("Escape"),
        see("body:not(:has(.o_dialog))"),
        focused(".o_silverfin_rotate"),
        tabTo(".o_silverfin_delete", "Enter"),
        see(".o_dialog button:contains(Keep it)"),
        named(".o_dialog:not(.o_inactive_modal) .modal-content"),
        press("Escape"),
        see("body:not(:has(.o_dialog))"),
        focused(".o_silverfin_delete"),
    ],
});
