# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models, tools
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval


class IrRule(models.Model):
    """Service users see no more than internal users do.

    They are of no user type. A module that narrows what internal users see, private bank accounts
    of employees for example, narrows it for these too.
    """

    _inherit = "ir.rule"

    @api.model
    @tools.conditional(
        "xml" not in tools.config["dev_mode"],
        tools.ormcache(
            "self.env.uid",
            "self.env.su",
            "model_name",
            "mode",
            "tuple(self._compute_domain_context_values())",
        ),
    )
    def _compute_domain(self, model_name, mode="read"):
        """Add the rules of internal users. Kept as Odoo keeps it: everybody's calls come here."""
        domain = super()._compute_domain(model_name, mode)
        if self.env.su or not self.env.user.has_group("account_silverfin.group_reader"):
            return domain
        bare = self.sudo().with_context(lang=None)  # the caller's may be unknown
        rules = bare.browse(bare._silverfin_internal_rules(model_name, mode))
        context = self._eval_context()
        narrowed = [Domain(safe_eval(rule.domain_force or "[]", context)) for rule in rules]
        return domain & Domain.OR(narrowed) if narrowed else domain

    @api.model
    @tools.ormcache("model_name", "mode")
    def _silverfin_internal_rules(self, model_name, mode):
        """Return the ids of the rules addressed to all internal users."""
        return tuple(
            self.sudo()
            .search(
                [
                    ("model_id.model", "=", model_name),
                    ("groups", "in", self.env.ref("base.group_user").ids),
                    (f"perm_{mode}", "=", True),
                ]
            )
            .ids
        )
