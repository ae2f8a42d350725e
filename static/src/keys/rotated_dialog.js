// Copyright 2026 account_silverfin contributors
// License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import { Component, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { downloadFile } from "@web/core/network/download";

import { SecretDialog } from "../key_dialog/secret_dialog";
import { toCsv } from "./csv";

const { DateTime } = luxon;

/** Offers new secrets as a file, once: it is made here, of what the server answered. */
export class RotatedKeysDialog extends Component {
    static template = "account_silverfin.RotatedKeysDialog";
    static components = { SecretDialog };
    static props = { rows: Array, close: Function };

    setup() {
        this.state = useState({ downloaded: false });
    }

    get summary() {
        return _t("%(count)s API keys were rotated.", { count: this.props.rows.length });
    }

    get header() {
        return [
            _t("Client"),
            _t("Reference"),
            _t("Key name"),
            _t("Key ID"),
            _t("Prefix"),
            _t("API key"),
            _t("E-mail"),
            _t("Expires"),
        ];
    }

    download() {
        const csv = toCsv([this.header, ...this.props.rows]);
        downloadFile(csv, `api-keys-${DateTime.now().toISODate()}.csv`, "text/csv;charset=utf-8");
        this.state.downloaded = true;
    }
}
