# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the addon knows without the ORM: keys, sync points, problems and the feed's SQL."""
