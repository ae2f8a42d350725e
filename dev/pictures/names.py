"""What scene and camera have to agree on; no Odoo is needed to read it."""

URL = "https://odoo.example.com"
DATABASE = "example"  # as the pictures call it
PASSWORD = "pictures"  # noqa: S105 - of a database that is dropped afterwards
ACCOUNTANT = "marc.dubois@example.com"
FIDUCIARY = "anna.peeters@example.com"
