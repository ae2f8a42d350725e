# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Silverfin Bench: Timing",
    "summary": "Says in each answer how long authentication took",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "account_silverfin contributors",
    "license": "LGPL-3",
    "depends": ["base"],
}
