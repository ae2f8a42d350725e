"""The pictures: walks through the screens, each a person, a place to begin and steps.

A step is the name of a method of :class:`dev.pictures.camera.Screen` with its arguments. The step
``picture`` takes one: its name, and what of the screen it shows.
"""

from dataclasses import dataclass

from dev.pictures.names import ACCOUNTANT, FIDUCIARY

SCREEN = "body"
DIALOG = ".o_dialog:not(.o_inactive_modal) .modal-content"
CONNECT = ".o_silverfin_connect"


@dataclass(frozen=True)
class Walk:
    """One person's way through the screens."""

    person: str
    begin: str
    steps: tuple


def action(name):
    """Address of a screen of the app."""
    return f"/odoo/action-account_silverfin.{name}"


WALKS = (
    Walk(
        ACCOUNTANT,
        "/odoo",
        (
            ("height", 1080),
            ("preferences", "Security"),
            ("picture", "connect-security", DIALOG),
            ("press", "New API Key", "[name=silverfin_keys]"),
            ("password",),
            ("fill", "name", "Silverfin"),
            ("choose", "scope", "read"),
            ("picture", "connect-new-key", DIALOG),
            ("press", "Save", DIALOG),
            ("remember_secret",),
            ("picture", "connect-key", DIALOG),
            ("press", "I have stored it", DIALOG),
            ("preferences", "Security"),
            ("try_secret",),
            ("picture", "connect-test", CONNECT),
        ),
    ),
    Walk(FIDUCIARY, action("action_clients"), (("picture", "clients", SCREEN),)),
    Walk(
        FIDUCIARY,
        action("action_clients"),
        (
            ("press", "Create for All Companies"),
            ("picture", "clients-create", DIALOG),
        ),
    ),
    Walk(
        FIDUCIARY,
        action("action_clients"),
        (("height", 1000), ("open_row", "Brasserie du Sablon"), ("picture", "client", SCREEN)),
    ),
    Walk(FIDUCIARY, action("action_keys"), (("picture", "keys", SCREEN),)),
    Walk(
        FIDUCIARY,
        action("action_keys"),
        (
            ("height", 960),
            ("open_row", "Closing software"),
            ("picture", "key", SCREEN),
            ("height", 720),
            ("press", "Rotate"),
            ("picture", "key-rotate", DIALOG),
            ("press", "Rotate", DIALOG),
            ("password",),
            ("remember_secret",),
            ("press", "I have stored it", DIALOG),
            ("go", action("action_key_find")),
            ("paste_secret", "#silverfin_secret"),
            ("press", "Find", DIALOG),
            ("see", "[data-answer=found]"),
            ("picture", "key-find", DIALOG),
        ),
    ),
    Walk(
        FIDUCIARY,
        action("action_keys"),
        (
            ("select_rows", "Trial of last year", "Former accountant", "Test of the connection"),
            ("picture", "delete-select", SCREEN),
            ("press", "Delete API Keys", ".o_control_panel"),
            ("picture", "delete-confirm", SCREEN),
        ),
    ),
    Walk(FIDUCIARY, action("action_attention"), (("picture", "overview", SCREEN),)),
    Walk(FIDUCIARY, action("action_deliveries"), (("picture", "deliveries", SCREEN),)),
)

# SVG files with the PNG of static/description that each becomes, its width and height.
DRAWINGS = (
    ("static/description/icon.svg", "icon.png", 256, 256),
    ("dev/pictures/banner.svg", "banner.png", 1120, 560),
)
# Pictures that the store's page shows too; it can show nothing from outside its folder.
STORE = ("connect-test.png", "clients.png", "delete-confirm.png", "overview.png")
