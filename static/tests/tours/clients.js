// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const PASSWORD = "tour-password";

const wait = (trigger) => ({ trigger });
const click = (trigger) => ({ trigger, run: "click" });
const edit = (trigger, text) => ({ trigger, run: `edit ${text}` });

const openApp = (menu = "account_silverfin.menu_clients") => [
    wait(".o_menu_brand:contains(Silverfin)"),
    click(`a[data-menu-xmlid="${menu}"], button[data-menu-xmlid="${menu}"]`),
];
const row = (name) => `.o_data_row:has(.o_data_cell[name=name]:contains(${name}))`;
const openClient = (name) => [
    click(`${row(name)} .o_data_cell[name=name]`),
    wait(`.o_form_view .o_field_widget[name=name] input:value(${name})`),
];
const actionMenu = (item) => [
    click(".o_cp_action_menus button:has(.fa-cog)"),
    click(`.o-dropdown--menu .o_menu_item:contains(/^${item}$/)`),
];
const password = [
    edit(".modal input[type=password]", PASSWORD),
    click(".modal button[name=run_check]"),
];

// An empty app says what to do; the new client offers its first key, and has it afterwards.
tours.add("silverfin_client_first", {
    steps: () => [
        wait(".o_view_nocontent:contains(Create your first client)"),
        wait(".o_view_nocontent a:contains(Create for All Companies)"),
        click(".o_view_nocontent a:contains(Create Client)"),
        edit(".o_field_widget[name=name] input", "Baker"),
        edit(".o_field_widget[name=reference] input", "273-542-26244"),
        wait("body:not(:has(.alert:contains(One step is left)))"),
        click(".o_form_button_save"),
        click(".alert:contains(One step is left) button:contains(New API Key)"),
        wait(".modal .o_field_widget[name=name] input:value(Baker)"),
        click(".modal button[name=action_create]"),
        ...password,
        wait(".o_silverfin_key_dialog [name=secret] code:contains(/^sf[rs]_/)"),
        click(".modal button:contains(I have stored it)"),
        wait("body:not(:has(.modal))"),
        wait(".o_form_view .oe_stat_button:contains(API keys):contains(1)"),
        wait(".o_form_view:not(:has(.alert:contains(One step is left)))"),
        wait(".o_field_widget[name=open_to]:contains(1 active)"),
        click(".o_breadcrumb .o_back_button"),
        wait(".o_view_nocontent, .o_list_view"),
    ],
});

// Wherever nothing is yet, the screen says what to do first, with the button for it.
tours.add("silverfin_empty", {
    steps: () => [
        wait(".o_view_nocontent a:contains(Create Client)"),
        click("a[data-menu-xmlid='account_silverfin.menu_keys']"),
        wait(".o_view_nocontent:contains(No API key yet) a.btn:contains(New API Key)"),
        click("button[data-menu-xmlid='account_silverfin.menu_reporting']"),
        click("a[data-menu-xmlid='account_silverfin.menu_attention']"),
        wait(".o_view_nocontent:contains(All is well) a.btn:contains(Clients)"),
        click("button[data-menu-xmlid='account_silverfin.menu_reporting']"),
        click("a[data-menu-xmlid='account_silverfin.menu_deliveries']"),
        wait(".o_view_nocontent:contains(Nothing delivered yet) a.btn:contains(Clients)"),
        click("button[data-menu-xmlid='account_silverfin.menu_configuration']"),
        click("a[data-menu-xmlid='account_silverfin.menu_events']"),
        click(".o_view_nocontent:contains(Nothing has happened yet) a.btn:contains(API Keys)"),
        click("a[data-menu-xmlid='account_silverfin.menu_clients']"),
        click(".o_view_nocontent a:contains(Create Client)"),
        wait(".o_form_view .o_field_widget[name=name] input"),
        wait(".o_breadcrumb:not(:contains(False))"),
    ],
});

// One client for each company that has none.
tours.add("silverfin_client_new_many", {
    steps: () => [
        click("button:contains(Create for All Companies)"),
        wait(".modal tr:contains(Dentist):contains(0402):contains(New client)"),
        wait(".modal tr:contains(Florist):contains(Skipped)"),
        edit(".modal .o_field_widget[name=pattern] input", "{nothing} && press Tab"),
        wait(".modal .alert:contains({registry})"),
        wait(".modal:not(:has(button[name=action_create]))"),
        edit(".modal .o_field_widget[name=pattern] input", "{number:03} && press Tab"),
        edit(".modal .o_field_widget[name=first_number] input", "5 && press Tab"),
        wait(".modal tr:contains(Dentist):contains(006)"),
        click(".modal button[name=action_create]"),
        wait(".o_notification:contains(New clients: 3):contains(Of these, 2)"),
        wait(".o_breadcrumb:contains(New Clients)"),
        wait(`${row("Brewery")}:contains(005)`),
    ],
});

// Archiving says how many keys stop, unarchiving how many come back: one client, then two.
tours.add("silverfin_client_archive", {
    steps: () => [
        ...openClient("Baker"),
        ...actionMenu("Archive"),
        wait(".modal li:contains(Active API keys: 2)"),
        wait(".modal li:contains(First key)"),
        click(".modal footer button:contains(No, take me back)"),
        wait("body:not(:has(.modal))"),
        ...actionMenu("Archive"),
        click(".modal footer button:contains(/^Archive$/)"),
        wait(".o_form_view .ribbon:contains(Archived)"),
        ...actionMenu("Unarchive"),
        wait(".modal li:contains(Active API keys: 2)"),
        click(".modal footer button:contains(/^Unarchive$/)"),
        wait(".o_form_view:not(:has(.ribbon))"),
        click(".o_breadcrumb .o_back_button"),
        click(`${row("Baker")} .o_list_record_selector input`),
        click(`${row("Dentist")} .o_list_record_selector input`),
        click(".o_cp_action_menus button:contains(Actions)"),
        click(".o-dropdown--menu .o_menu_item:contains(/^Archive$/)"),
        wait(".modal ul:contains(Clients: 2):contains(Active API keys: 3)"),
        click(".modal footer button:contains(/^Archive$/)"),
        wait(".o_list_view:not(:contains(Baker))"),
        wait(row("Florist")),
    ],
});

// Deleting lists what goes and what stays, asks for the password, and leads back to the list.
tours.add("silverfin_client_delete", {
    steps: () => [
        ...openClient("Baker"),
        ...actionMenu("Delete"),
        wait(".modal li:contains(API keys: 2)"),
        wait(".modal li a:contains(First key)"),
        wait(".modal p:contains(What stays)"),
        click(".modal footer button:contains(Yes, I'm sure)"),
        ...password,
        wait("body:not(:has(.modal))"),
        wait(".o_list_view:not(:contains(Baker))"),
        wait(row("Dentist")),
    ],
});

// What leaves, what was delivered, what the reader confirmed; the pull that runs; where it leads.
tours.add("silverfin_client_deliveries", {
    steps: () => [
        ...openClient("Baker"),
        wait(".alert:contains(The first full pull is running):contains(4 of about):contains(items) .progress-bar:contains(%)"),
        wait(".o_field_widget[name=open_to]:contains(2 active)"),
        wait(".o_field_widget[name=feed_items]:contains(4)"),
        wait(".o_field_widget[name=external_items]:contains(7)"),
        wait(".o_field_widget[name=reader_result]:contains(Failed)"),
        wait(".o_field_widget[name=reader_message]:contains(No such account)"),
        click(".oe_stat_button:contains(Delivered)"),
        wait(".o_graph_view canvas"),
        click(".o_switch_view.o_list"),
        wait(".o_data_row:contains(External API):contains(7)"),
        wait(".o_data_row:contains(Feed):contains(4)"),
        click(".o_breadcrumb .o_back_button"),
        click(".oe_stat_button:contains(Key history)"),
        wait(".o_data_row:contains(Created):contains(First key)"),
        click(".o_breadcrumb .o_back_button"),
        click(".oe_stat_button:contains(API keys)"),
        wait(".o_data_row:contains(First key)"),
    ],
});

// The progress of a full pull goes on beside an edit, and says when it is complete.
tours.add("silverfin_client_pull", {
    steps: () => [
        ...openClient("Baker"),
        wait(".alert:contains(The first full pull is running):contains(4 of about)"),
        edit(".o_field_widget[name=reference] input", "not yet"),
        wait(".alert:contains(5 of about)"),
        wait(".alert-success:contains(The first full pull is complete)"),
        wait(".o_field_widget[name=reference] input:value(not yet)"),
        click(".o_form_button_cancel"),
        wait(".o_field_widget[name=reference] input:value(B1)"),
    ],
});

// The overview says why, since when and who acts; a click opens the client.
tours.add("silverfin_overview", {
    steps: () => [
        click("button[data-menu-xmlid='account_silverfin.menu_reporting']"),
        click("a[data-menu-xmlid='account_silverfin.menu_attention']"),
        wait(".o_silverfin_delivery_graph:contains(14 days) .o_graph_renderer canvas"),
        wait(".o_data_row:contains(Dentist):contains(Key expires soon):contains(prolong)"),
        click(".o_data_row:contains(Baker):contains(No such account) .o_data_cell[name=cause]"),
        wait(".o_form_view .o_field_widget[name=name] input:value(Baker)"),
        click(".o_breadcrumb .breadcrumb-item:contains(Overview), .o_breadcrumb .o_back_button"),
        click("button[data-menu-xmlid='account_silverfin.menu_reporting']"),
        click("a[data-menu-xmlid='account_silverfin.menu_deliveries']"),
        wait(".o_graph_view canvas"),
        click(".o_switch_view.o_pivot"),
        wait(".o_pivot_view th:contains(Feed)"),
    ],
});

// Found by e-mail and by the filters.
tours.add("silverfin_client_search", {
    steps: () => [
        wait(row("Florist")),
        edit(".o_searchview_input", "silverfin+b1"),
        click(".o_searchview_autocomplete .o-dropdown-item:contains(E-mail for Silverfin)"),
        wait(".o_list_view:not(:contains(Florist))"),
        wait(row("Baker")),
        click(".o_facet_remove"),
        click(".o_searchview_dropdown_toggler"),
        click(".o_filter_menu .o_menu_item:contains(Without an active key)"),
        wait(".o_list_view:not(:contains(Baker))"),
        wait(row("Florist")),
    ],
});

// Odoo's own import, with our template on offer.
tours.add("silverfin_client_import", {
    steps: () => [
        click(".o_cp_action_menus button:has(.fa-cog)"),
        click(".o-dropdown--menu .o_import_menu"),
        wait("a[href$='account_silverfin/static/import/clients.csv']"),
        {
            trigger: ".o_control_panel_main_buttons input[type=file]:not(:visible), input[type=file]:not(:visible)",
            run({ anchor }) {
                const text = "name,reference,company_id,responsible_id\nGrocer,0404,Brewery,Clients\n";
                const transfer = new DataTransfer();
                transfer.items.add(new File([text], "clients.csv", { type: "text/csv" }));
                anchor.files = transfer.files;
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        wait(".o_import_data_content :contains(Grocer)"),
        click(".o_control_panel_main_buttons button:contains(/^Import$/)"),
        wait(row("Grocer")),
    ],
});

// On a phone clients are cards, and the form can be worked with.
tours.add("silverfin_client_phone", {
    steps: () => [
        click(".o_kanban_record:contains(Florist)"),
        wait(".o_form_view .o_field_widget[name=name] input:value(Florist)"),
        wait(".alert:contains(One step is left) button:contains(New API Key)"),
        {
            trigger: ".o_form_view",
            run({ anchor }) {
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error("The form is wider than the phone.");
                }
            },
        },
        click(".o_breadcrumb .o_back_button, .o_back_button"),
        wait(".o_kanban_record:contains(Baker)"),
    ],
});
