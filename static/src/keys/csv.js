// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

/**
 * What a spreadsheet may take for a formula: at the beginning of a cell, and after each character
 * that it may take for the end of one, whatever it believes to separate them. Blanks and quotes in
 * between do not save it. (OWASP, "CSV Injection".)
 */
const FORMULA = /(?<=^|[,;|\t\r\n])(?=[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r\n])/g;

/** Keep spreadsheets from taking a text, or a part of it, for a formula. */
function harmless(text) {
    return text.replace(FORMULA, "'");
}

function quoted(value) {
    return `"${harmless(String(value)).replaceAll('"', '""')}"`;
}

/** Return rows as RFC 4180 has them, with the mark by which Excel knows UTF-8. */
export function toCsv(rows) {
    return "\ufeff" + rows.map((row) => row.map(quoted).join(",") + "\r\n").join("");
}
