// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { browser } from "@web/core/browser/browser";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const PASSWORD = "tour-password";
const tours = registry.category("web_tour.tours");

const seen = {}; // what the tour must remember of what the screens showed

const click = (trigger, more = {}) => ({ trigger, run: "click", ...more });
const see = (trigger) => ({ trigger });
const edit = (trigger, text) => ({ trigger, run: `edit ${text}` });
const noDialog = see("body:not(:has(.o_dialog))");

const openTab = () => [
    noDialog,
    click(".o_user_menu .dropdown-toggle"),
    click("[data-menu=preferences]"),
    click("a[role=tab]:contains(Security)"),
];

const openTabOnPhone = () => [
    noDialog,
    click(".o_mobile_menu_toggle"),
    click(".o_user_menu_mobile a:contains(My Preferences)"),
    click("a[role=tab]:contains(Security)"),
];

const confirmPassword = () => [
    edit(".o_dialog [name=password] input", PASSWORD),
    click(".o_dialog button:contains(Confirm Password)"),
];

const newKey = "[name=silverfin_keys] button[name=action_silverfin_new_key]";
const card = (text) => `[name=silverfin_key_ids] .o_kanban_record:contains(${text})`;
const secretShown = ".o_silverfin_key_dialog [name=secret] code";

const fillAndSave = (name, scope) => [
    edit(".o_dialog [name=name] input", name),
    click(`.o_dialog [name=scope] input[data-value=${scope}]`),
    click(".o_dialog button[name=action_create]"),
];

/** Look at the key that is shown, and at the places where it must not be. */
const rememberSecret = () => ({
    content: "The key is shown, and kept nowhere",
    trigger: secretShown,
    run() {
        seen.secret = this.anchor.textContent.trim();
        const kept = JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]);
        if (!/^sf[sr]_\w{49}$/.test(seen.secret) || kept.includes(seen.secret.slice(12))) {
            throw new Error("The secret is incomplete, or is stored in the browser");
        }
    },
});

const copySecret = () => [
    {
        trigger: secretShown,
        run() {
            const clipboard = { writeText: async (text) => void (seen.copied = text) };
            Object.defineProperty(navigator, "clipboard", { value: clipboard, configurable: true });
        },
    },
    click(".o_silverfin_key_dialog [name=secret] button:contains(Copy)"),
    see(".o_popover:contains(Copied)"),
    {
        trigger: secretShown,
        run() {
            if (seen.copied !== seen.secret) {
                throw new Error("The button copied something else");
            }
        },
    },
];

/** The headers and the call are there with the whole key, and the call works. */
const readyToUse = () => [
    {
        trigger: ".o_silverfin_key_dialog details[open] [name=curl] code",
        async run() {
            const shown = (name) => document.querySelector(`.o_silverfin_key_dialog [name=${name}]`);
            const secret = shown("secret").querySelector("code").textContent;
            for (const name of ["bearer_header", "key_header", "curl"]) {
                if (!shown(name).textContent.includes(secret) || !shown(name).querySelector("button")) {
                    throw new Error(`${name} is not ready to copy`);
                }
            }
            const call = this.anchor.textContent.match(/^curl -H "(.+?): (.+)" -H "(.+?): (.+)" "(.+)"$/);
            const [, header, value, other, database, url] = call;
            const answer = await fetch(url, { headers: { [header]: value, [other]: database } });
            const { clients } = await answer.json();
            if (answer.status !== 200 || !clients) {
                throw new Error(`The call answers ${answer.status}`);
            }
        },
    },
];

const stored = () => click(".o_silverfin_key_dialog button:contains(I have stored it)");

tours.add("silverfin_security_key", {
    steps: () => [
        ...openTab(),
        click(newKey),
        ...confirmPassword(),
        ...fillAndSave("Closing 2026", "read"),
        rememberSecret(),
        ...copySecret(),
        see(".o_silverfin_key_dialog [name=login]:contains(silverfin.accountant)"),
        see(".o_silverfin_key_dialog details:not([open])"),
        click(".o_silverfin_key_dialog summary"),
        ...readyToUse(),
        stored(),
        ...openTab(),
        see(`${card("Closing 2026")}:contains(sfr_):contains(Active):not(:contains(Last used: never))`),
        click(`${card("Closing 2026")} button:contains(Deactivate)`),
        see(`${card("Closing 2026")}:contains(Inactive)`),
        click(`${card("Closing 2026")} button:contains(Activate)`),
        see(`${card("Closing 2026")} button:contains(Deactivate)`),
        click(`${card("Closing 2026")} button:contains(Delete)`),
        click(".o_dialog:not(.o_inactive_modal) .modal-footer button:contains(Delete)"),
        ...openTab(),
        see(newKey),
        see("[name=silverfin_keys]:not(:has([name=silverfin_key_ids] .o_kanban_record:contains(Closing)))"),
    ],
});

tours.add("silverfin_security_cancel", {
    steps: () => [
        ...openTab(),
        click(newKey),
        see(".o_dialog [name=password] input"),
        click(".o_dialog button:contains(Discard)"),
        ...openTab(),
        click(newKey),
        ...confirmPassword(),
        edit(".o_dialog [name=name] input", "Never made"),
        click(".o_dialog button:contains(Discard)"),
        ...openTab(),
        click(newKey),
        click(".o_dialog button[name=action_create]"),
        see(".o_dialog [name=name].o_field_invalid"),
        click(".o_dialog .btn-close"),
        noDialog,
    ],
});

tours.add("silverfin_security_escape", {
    steps: () => [
        ...openTab(),
        click(newKey),
        ...confirmPassword(),
        ...fillAndSave("Not stored", "sync"),
        see(".o_silverfin_key_dialog:contains(delete the key and make another)"),
        see(".o_silverfin_key_dialog:not(:has([name=login])) [name=url] + [name=database]"),
        ...readyToUse(),
        { trigger: secretShown, run: "press Escape" },
        see(".o_silverfin_held:contains(cannot be shown again)"),
        click(".o_silverfin_key_dialog .btn-close"),
        see(secretShown),
        stored(),
        ...openTab(),
        click(`${card("Not stored")} button:contains(Delete)`),
        click(".o_dialog button:contains(Keep it)"),
        see("body:not(:has(.o_dialog button:contains(Keep it)))"),
        see(card("Not stored")),
    ],
});

tours.add("silverfin_security_rotate", {
    steps: () => [
        ...openTab(),
        click(`${card("To rotate")} button:contains(Rotate)`),
        click(".modal button[name=action_rotate]"),
        ...confirmPassword(),
        rememberSecret(),
        stored(),
        noDialog,
    ],
});

tours.add("silverfin_security_no_ledger", {
    steps: () => [
        ...openTab(),
        see("[name=silverfin_keys] .alert:contains(administrator):contains(accounting role)"),
        see(`body:not(:has(${newKey}))`),
        see("body:not(:has(.o_silverfin_connect))"),
    ],
});

const widthCheck = (trigger) => ({
    content: "Nothing sticks out",
    trigger,
    run() {
        const { left, right } = this.anchor.getBoundingClientRect();
        if (left < 0 || right > window.innerWidth || document.body.scrollWidth > window.innerWidth) {
            throw new Error(`${trigger} is wider than the screen`);
        }
    },
});

tours.add("silverfin_security_phone", {
    steps: () => [
        ...openTabOnPhone(),
        widthCheck(".o_silverfin_connect"),
        click(newKey),
        ...confirmPassword(),
        ...fillAndSave("From my phone", "read"),
        widthCheck(".o_silverfin_key_dialog"),
        stored(),
        ...openTabOnPhone(),
        widthCheck(card("From my phone")),
    ],
});

// Connect Silverfin ---------------------------------------------------------------------------

const call = (model, method, ...args) =>
    rpc(`/web/dataset/call_kw/${model}/${method}`, { model, method, args, kwargs: {} });

const makeKey = async (name) => {
    const wizards = await call("silverfin.api.key.new", "create", [{ name, scope: "read" }]);
    const action = await call("silverfin.api.key.new", "action_create", wizards);
    const [{ id }] = await call("silverfin.api.key", "search_read", [["name", "=", name]], ["id"]);
    return { id, secret: action.params.secret };
};

const tryKey = (name, getKey, expected) => [
    {
        content: `Try: ${name}`,
        trigger: "#silverfin_try_key",
        async run(helpers) {
            await helpers.edit(await getKey());
        },
    },
    click(".o_silverfin_connect button:contains(Test)"),
    {
        trigger: `.o_silverfin_result${expected}`,
        run() {
            if (document.querySelector("#silverfin_try_key").value) {
                throw new Error("The pasted key is still there");
            }
        },
    },
];

/** Try with an answer that no server here would give. */
const tryAnswer = (name, answers, expected) => {
    const original = browser.fetch;
    const pretend = async () => {
        browser.fetch = async (url) => answers[url.split("/").pop()]();
        return seen.secret || "sfr_x";
    };
    const restore = { trigger: "body", run: () => void (browser.fetch = original) };
    return [...tryKey(name, pretend, expected), restore];
};

const problem = (code, status = 403) => ({
    me: () =>
        new Response(JSON.stringify({ code, title: `Title of ${code}` }), {
            status,
            headers: { "Content-Type": "application/problem+json" },
        }),
});
const page = (status) => () => new Response("<html/>", { status });
const me = (values) => ({
    me: () => Response.json({ key: { scope: "read" }, clients: [{ name: "A" }], ...values }),
});

tours.add("silverfin_connect", {
    steps: () => [
        ...openTab(),
        see(".o_silverfin_connect [name=login]:contains(silverfin.accountant)"),
        see(".o_silverfin_connect [name=url]:contains(http)"),
        see(".o_silverfin_connect [name=database]:contains(Copy)"),
        see(".o_silverfin_connect .alert:contains(begins with http)"),
        click(".o_silverfin_connect button:contains(New Read Key)"),
        ...confirmPassword(),
        see(".o_dialog [name=scope] input[data-value=read]:checked"),
        edit(".o_dialog [name=name] input", "Good"),
        click(".o_dialog button[name=action_create]"),
        rememberSecret(),
        stored(),
        ...openTab(),
        ...tryKey("a good key", () => seen.secret, ".alert-success:contains(opens the ledger)"),
        ...tryKey("blanks around it", () => ` ${seen.secret} `, ".alert-success"),
        ...tryKey(
            "a mistyped key",
            () => seen.secret.slice(0, -1) + (seen.secret.endsWith("0") ? "1" : "0"),
            ".alert-danger:contains(not a whole key)"
        ),
        ...tryKey("a password", () => PASSWORD, ".alert-danger:contains(not a whole key)"),
        ...tryKey(
            "a deleted key",
            async () => {
                const { id, secret } = await makeKey("Deleted");
                await call("silverfin.api.key", "action_delete", [id]);
                return secret;
            },
            ".alert-danger:contains(no such key)"
        ),
        ...tryKey(
            "an expired key",
            async () => {
                const { id, secret } = await makeKey("Expired");
                await call("silverfin.api.key", "write", [id], { expires_at: "2020-01-01 00:00:00" });
                return secret;
            },
            ".alert-danger:contains(has expired)"
        ),
        ...tryKey(
            "an inactive key",
            async () => {
                const { id, secret } = await makeKey("Inactive");
                await call("silverfin.api.key", "action_switch_own", [id]);
                return secret;
            },
            ".alert-danger:contains(switched off)"
        ),
        ...tryKey(
            "a key from elsewhere",
            async () => {
                const { id, secret } = await makeKey("Elsewhere");
                await call("silverfin.api.key", "write", [id], { networks: "192.0.2.0/24" });
                return secret;
            },
            ".alert-danger:contains(from your network)"
        ),
        ...tryAnswer("archived", problem("client_archived"), ":contains(is archived)"),
        ...tryAnswer("no access", problem("no_ledger_access"), ":contains(may not read all)"),
        ...tryAnswer("later codes", problem("new_code"), ":contains(Title of new_code)"),
        ...tryAnswer(
            "wrong database",
            { me: page(404), health: () => Response.json({ status: "ok" }) },
            ":contains(no database)"
        ),
        ...tryAnswer("no addon", { me: page(404), health: page(404) }, ":contains(not installed)"),
        ...tryAnswer(
            "unreachable",
            { me: () => Promise.reject(new TypeError("Failed to fetch")) },
            ":contains(Nothing that your browser may read answers)"
        ),
        ...tryAnswer(
            "no ledger",
            me({ clients: [], user: { login: user.login } }),
            ".alert-warning:contains(opens no ledger)"
        ),
        ...tryAnswer(
            "the other scope",
            me({ key: { scope: "sync" }, user: { login: user.login } }),
            ".alert-warning:contains(scope Read)"
        ),
        ...tryAnswer(
            "a client's key",
            me({ user: { login: "client@example.com" } }),
            ".alert-success:contains(e-mail client@example.com)"
        ),
    ],
});

tours.add("silverfin_connect_elsewhere", {
    steps: () => [
        ...openTab(),
        see(".o_silverfin_connect [name=url]:contains(https://elsewhere.example)"),
        see(".o_silverfin_connect .alert-warning:contains(web.base.url)"),
        see("body:not(:has(.o_silverfin_connect .alert:contains(begins with http:)))"),
        ...tryAnswer(
            "redirected",
            { me: () => ({ type: "opaqueredirect", headers: new Headers() }) },
            ".alert-danger:contains(leads on to another address)"
        ),
    ],
});

// In the app ----------------------------------------------------------------------------------

tours.add("silverfin_save_and_new", {
    steps: () => [
        click(".o_list_view button:contains(New API Key), .o_control_panel button:contains(New API Key)"),
        edit(".o_dialog [name=name] input", "First of two"),
        click(".o_dialog button[name=action_create_next]"),
        ...confirmPassword(),
        rememberSecret(),
        stored(),
        {
            trigger: ".o_dialog [name=name] input",
            run() {
                if (this.anchor.value) {
                    throw new Error("The dialog for the next key is not empty");
                }
            },
        },
        ...fillAndSave("Second of two", "sync"),
        rememberSecret(),
        stored(),
        noDialog,
        see(".o_list_view .o_data_row:contains(First of two)"),
        see(".o_list_view .o_data_row:contains(Second of two)"),
    ],
});

// On /my/security -----------------------------------------------------------------------------

const section = ".o_silverfin_portal_keys";
const portalCard = (text) => `${section} .o_silverfin_key:contains(${text})`;

const confirmPortalPassword = () => [
    edit(".o_dialog input[name=password]", PASSWORD),
    click(".o_dialog button:contains(Confirm Password)"),
];

const makePortalKey = () => [
    click(`${section} .o_silverfin_new`),
    ...confirmPortalPassword(),
    see(".o_dialog input[name=name]"),
    click(".o_dialog button:contains(Save)"),
    see(".o_dialog input[name=name]:invalid"),
    edit(".o_dialog input[name=name]", "My portal key"),
    click(".o_dialog input[name=scope][value=read]"),
    click(".o_dialog button:contains(Save)"),
    rememberSecret(),
    ...copySecret(),
    { ...stored(), expectUnloadPage: true },
    see(`${portalCard("My portal key")}:contains(sfr_):contains(Last used: never)`),
];

tours.add("silverfin_portal", {
    steps: () => [
        see(`${section} .alert:contains(portal user):contains(no access to the ledger)`),
        click(`${section} .o_silverfin_new`),
        see(".o_dialog input[name=password]"),
        click(".o_dialog button:contains(Cancel)"),
        noDialog,
        ...makePortalKey(),
        click(`${portalCard("My portal key")} .o_silverfin_rotate`),
        click(".o_dialog input[name=grace][value='24']"),
        click(".o_dialog button:contains(Rotate)"),
        rememberSecret(),
        { ...stored(), expectUnloadPage: true },
        see(`${portalCard("My portal key")} + .o_silverfin_key`),
        click(`${section} .o_silverfin_key:first button:contains(Deactivate)`, { expectUnloadPage: true }),
        see(`${section} .o_silverfin_key:first button:contains(Activate)`),
        click(`${section} .o_silverfin_key:first .o_silverfin_delete`),
        click(".o_dialog button:contains(Keep it)"),
        noDialog,
        click(`${section} .o_silverfin_key:first .o_silverfin_delete`),
        click(".o_dialog button:contains(Delete)", { expectUnloadPage: true }),
        see(`${section}:not(:has(.o_silverfin_key + .o_silverfin_key)) .o_silverfin_key`),
    ],
});

tours.add("silverfin_portal_internal", {
    steps: () => [
        ...makePortalKey(),
        see(`${section} .o_silverfin_connect [name=login]:contains(silverfin.accountant)`),
        ...tryKey("a mistyped key", () => "sfr_1", ".alert-danger:contains(not a whole key)"),
        click(`${section} .o_silverfin_connect button:contains(New Read Key)`),
        see(".o_dialog input[name=scope][value=read]:checked"),
        edit(".o_dialog input[name=name]", "From the card"),
        click(".o_dialog button:contains(Save)"),
        rememberSecret(),
        see(".o_silverfin_key_dialog [name=login]:contains(silverfin.accountant)"),
        { ...stored(), expectUnloadPage: true },
        see(`${portalCard("From the card")}:contains(sfr_)`),
    ],
});
