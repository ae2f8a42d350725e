// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { formatList } from "@web/core/l10n/utils";

const PATIENCE = 15000; // ms
const ANY_KEY = /^sf[sr]_[0-9A-Za-z]+$/;

/** What to tell of each code of a problem document (docs/http-api.md). */
const REFUSALS = {
    key_malformed: _t(
        "This is not a whole key: it was mistyped or cut. Copy it again from where it was stored; it begins with sfs_ or sfr_ and has 53 characters."
    ),
    key_unknown: _t(
        "This database has no such key: it was deleted, or it belongs to another database. Make a new one."
    ),
    key_expired: _t("The key has expired. Make a new one."),
    key_inactive: _t("The key, or its user, was switched off. Activate it again, or make a new one."),
    client_archived: _t("The client of this key is archived. Unarchive it in the app Silverfin."),
    network_refused: _t(
        "The key may not be used from your network. Silverfin's own servers may still be allowed: look at the key's allowed networks."
    ),
    no_ledger_access: _t("The key works, but its user may not read all journal items."),
    rate_limited: _t("Too many requests at once. Try again in a minute."),
    maintenance: _t("The server is being maintained. Try again in a minute."),
};

const good = (text) => ({ level: "success", text });
const doubtful = (text) => ({ level: "warning", text });
const bad = (text) => ({ level: "danger", text });

/**
 * Warn of an address that will not do for Silverfin.
 *
 * @param {string} url as Odoo gives it to others
 * @returns {string[]}
 */
export function warningsOf(url) {
    const warnings = [];
    if (!url.startsWith("https://")) {
        warnings.push(
            _t("The URL begins with http: the key would travel unencrypted. Have Odoo served with https first.")
        );
    }
    if (new URL(url).origin !== browser.location.origin) {
        warnings.push(
            _t(
                "Your browser reaches Odoo at %s. If the URL above is not its public address, an administrator must correct the system parameter web.base.url.",
                browser.location.origin
            )
        );
    }
    return warnings;
}

/**
 * Try a key as closing software would, from this browser.
 *
 * @param {string} key as pasted
 * @param {{login: string, url: string, database: string}} connection
 * @returns {Promise<{level: string, text: string}>} what is right or wrong, in plain words
 */
export async function tryKey(key, connection) {
    if (!ANY_KEY.test(key)) {
        return bad(REFUSALS.key_malformed); // and is sent nowhere: it may be a password
    }
    try {
        return await judge(await ask("/me", key, connection), connection);
    } catch {
        return bad(
            _t(
                "Nothing that your browser may read answers at %s. Look whether the address is right, is served with https and is the one in your browser's address bar.",
                connection.url
            )
        );
    }
}

function ask(path, key, { url, database }) {
    return browser.fetch(url + "/silverfin/v1" + path, {
        cache: "no-store",
        credentials: "omit",
        headers: key ? { Authorization: "Bearer " + key, "X-Odoo-Database": database } : {},
        redirect: "manual",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(PATIENCE),
    });
}

async function judge(response, connection) {
    if (response.type === "opaqueredirect") {
        return bad(
            _t("%s leads on to another address. Give Silverfin that one.", connection.url)
        );
    }
    const type = response.headers.get("Content-Type") || "";
    if (type.startsWith("application/problem+json")) {
        const problem = await response.json();
        return bad(REFUSALS[problem.code] || _t("The server refuses the key: %s", problem.title));
    }
    if (response.ok && type.startsWith("application/json")) {
        return praise(await response.json(), connection);
    }
    return bad(await explainStranger(connection));
}

/** Something answers that is not this addon in this database. */
async function explainStranger(connection) {
    const health = await ask("/health", null, connection);
    if (health.ok) {
        return _t(
            "The URL is right, but there is no database “%s” with this addon behind it. Check the database name.",
            connection.database
        );
    }
    return _t(
        "Something answers at %(url)s, but not this addon: the URL or the database name “%(database)s” is wrong, or Silverfin Synchronisation is not installed there.",
        connection
    );
}

function praise({ key, user, clients }, { login }) {
    if (!clients.length) {
        return doubtful(
            _t(
                "The key is right, but opens no ledger: its user %s may not read all journal items of a company that is a client. Ask an administrator for an accounting role.",
                user.login
            )
        );
    }
    const names = formatList(clients.map((client) => client.name));
    if (key.scope !== "read") {
        return doubtful(
            _t(
                "The key works for the ledger feed of %s. Silverfin itself needs a key of scope Read, which begins with sfr_.",
                names
            )
        );
    }
    if (user.login !== login) {
        return good(
            _t("The key works and opens the ledger of %(names)s. Give Silverfin the e-mail %(login)s with it.", {
                names,
                login: user.login,
            })
        );
    }
    return good(_t("The key works and opens the ledger of %s.", names));
}
