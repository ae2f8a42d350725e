# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from functools import partial

from psycopg2.extensions import STATUS_READY

from odoo import api, models, tools
from odoo.exceptions import AccessError

from ..tools import external_call, external_fields, problem
from ..tools import key as key_tool
from ..tools.delivery import Delivery


class SilverfinApiKey(models.Model):
    """Keys of scope *read* on Odoo's external API: XML-RPC, JSON-RPC and JSON-2.

    Three layers, each of which would do alone, keep them to reading: the rights of the user (a
    client's service user can write nothing), a read-only database transaction, and a list of
    methods and models.
    """

    _inherit = "silverfin.api.key"

    @api.model
    def _open_external(self, secret, call, uid=None):
        """Return the key of a call on the external API, and note in the call what it opens.

        :param str secret: as presented
        :param external_call.Call call: who calls
        :param int uid: whom the caller says that the key acts as, where he says so
        :raises problem.Problem: when the key does not open the external API
        """
        key = self._authenticate(secret, call.address)
        if key_tool.scope_of(secret) != "read":
            key._note_refusal(problem.ScopeInsufficient.problem_code, call.address)
            raise problem.ScopeInsufficient
        if uid not in (None, key.env.uid):
            raise problem.KeyUnknown
        with_attachments = key.env.user.has_group("account_silverfin.group_reader_attachments")
        call.models = self._external_models(with_attachments=with_attachments)
        call.hidden = self._external_hidden(with_attachments=with_attachments)
        call.key = key
        return key

    @api.model
    @tools.ormcache("with_attachments")
    def _external_models(self, *, with_attachments):
        """Return the names of the models that a key of scope *read* may read, its user permitting.

        They are those with an access line for service users: so the owner of a personal key gives
        away no more than a client would.
        """
        groups = self.env.ref("account_silverfin.group_reader")
        if with_attachments:
            groups |= self.env.ref("account_silverfin.group_reader_attachments")
        lines = self.env["ir.model.access"].sudo()
        lines = lines.search([("group_id", "in", groups.ids), ("perm_read", "=", True)])
        return frozenset(lines.model_id.mapped("model"))

    @api.model
    @tools.ormcache("with_attachments")
    def _external_hidden(self, *, with_attachments):
        """Return the fields of these models that such a key does not read, as pairs of names."""
        models = self._external_models(with_attachments=with_attachments)
        return external_fields.hidden(self.env, models)

    @api.model
    def _bind_external(self, call):
        """Keep the present cursor to what the call's key may do, and count the use at its end."""
        cr = self.env.cr
        external_call.mark(cr, call)
        self._make_read_only(cr)
        call.key._record_at_commit(cr, call)

    @api.model
    def _make_read_only(self, cr):
        """Let PostgreSQL refuse to write, for as long as the cursor lives."""
        if cr.readonly:
            return
        cr.rollback()
        if cr.connection.status == STATUS_READY:
            cr.connection.set_session(readonly=True)
        else:  # one of Odoo's test cursors, which share a transaction
            cr.readonly = True
        # After a first statement the transaction cannot be set to read and write any more.
        cr.execute("SELECT 1")

    @api.model
    def _check_external(self, call):
        """Refuse whatever is not on the list, before it runs.

        It is what keeps a key from methods that open a cursor of their own, or send a mail.
        """
        if call.is_allowed():
            return
        call.key._note_refusal(f"{call.model}.{call.method}", call.address)
        raise self._external_error(call.model or "Odoo", call.method or "a call of another kind")

    @api.model
    def _external_error(self, model, operation):
        return AccessError(
            self.env._(
                "This API key only reads the books: %(operation)s on %(model)s was refused. It may "
                "call %(methods)s on the models of the books.",
                operation=operation,
                model=model,
                methods=", ".join(sorted(external_call.METHODS)),
            )
        )

    def _record_at_commit(self, cr, call):
        """Note the use when the call's transaction ends well.

        A rollback forgets it; but what only reads gives PostgreSQL no cause for a retry.
        """
        cr.postcommit.add(partial(self._record_external_use, call))

    def _record_external_use(self, call):
        delivery = Delivery(None if call.is_login() else "external")
        self._record_use(call.address, call.agent, call.items, delivery=delivery, durable=False)
