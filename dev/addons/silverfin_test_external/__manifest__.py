# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Silverfin Test: Ways to Write",
    "summary": "Public methods that write in all ways, and layers that can be taken off",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "account_silverfin contributors",
    "license": "LGPL-3",
    "depends": ["account_silverfin"],
}
