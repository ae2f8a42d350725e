// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

/** Keep spreadsheets from taking a name for a formula. */
function harmless(text) {
    return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoted(value) {
    return `"${harmless(String(value)).replaceAll('"', '""')}"`;
}

/** Return rows as RFC 4180 has them, with the mark by which Excel knows UTF-8. */
export function toCsv(rows) {
    return "\ufeff" + rows.map((row) => row.map(quoted).join(",") + "\r\n").join("");
}
