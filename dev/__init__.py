"""Developer environment of account_silverfin: set-up, demo, tests, lint. Not part of the addon."""
