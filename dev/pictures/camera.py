"""Walks through the screens in Chromium and takes the pictures."""

import io
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Error, sync_playwright

from dev import settings
from dev.console import SetupError
from dev.pictures.names import DATABASE, PASSWORD, URL

VIEW = {"width": 1200, "height": 720}
SCALE = 1.5
# Tenths of a second: without a request the screen is at rest, and for how long to wait for that.
QUIET, PATIENCE = 4, 300
DIALOG = ".o_dialog:not(.o_inactive_modal)"
RESTLESS = """
    *, *::before, *::after { animation: none !important; transition: none !important; }
    * { caret-color: transparent !important; }
    [class*=MessagingMenu-counter] { display: none !important; }
"""
# The name of the database is that of this checkout: put the one of the pictures in its place.
RENAME = """([from, to]) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node.data.includes(from)) node.data = node.data.replaceAll(from, to);
    }
}"""

COMPANIES = """async () => {
    const headers = { "Content-Type": "application/json" };
    const call = { method: "POST", headers, body: '{"params": {}}' };
    const answer = await fetch("/web/session/get_session_info", call);
    return (await answer.json()).result.user_companies;
}"""


@contextmanager
def browser(program, port):
    """Start Chromium, for which the address of the pictures is ``port`` of this machine."""
    host = urlsplit(URL).netloc
    options = ["--no-sandbox", f"--host-resolver-rules=MAP {host}:443 127.0.0.1:{port}"]
    options += ["--ignore-certificate-errors", "--font-render-hinting=none", "--hide-scrollbars"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=options)
        yield chromium
        chromium.close()


def take(chromium, walks, database, folder):
    """Go the walks; each person logs in once.

    :return: paths of the pictures.
    """
    screens = {}
    for walk in walks:
        if walk.person not in screens:
            screens[walk.person] = Screen(new_page(chromium), database, Path(folder))
            do(screens[walk.person], "log_in", walk.person)
        for step in (("height", VIEW["height"]), ("go", walk.begin), *walk.steps):
            do(screens[walk.person], *step)
    return [picture for screen in screens.values() for picture in screen.pictures]


def new_page(chromium):
    """Open a window that is the same on every machine."""
    context = chromium.new_context(
        base_url=URL,
        viewport=VIEW,
        device_scale_factor=SCALE,
        locale="en-GB",
        timezone_id="Europe/Brussels",
        color_scheme="light",
        ignore_https_errors=True,
        reduced_motion="reduce",
    )
    return context.new_page()


def draw(chromium, drawing, path, width, height):
    """Render an SVG file, which may use others of its folder."""
    context = chromium.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(drawing.as_uri())
    page.screenshot(path=path, omit_background=True)
    context.close()


def do(screen, verb, *arguments):
    """Do one step.

    :raise SetupError: it cannot be done; the message says where to see why.
    """
    try:
        getattr(screen, verb)(*arguments)
    except Error as error:
        path = settings.STATE / "screenshots" / "failed-step.png"
        path.parent.mkdir(exist_ok=True)
        screen.page.screenshot(path=path)
        raise SetupError(f"No such step: {verb} {arguments}. See {path}\n{error}") from error


class Screen:
    """What a person does at a screen; each step waits for what it needs."""

    def __init__(self, page, database, folder):
        self.page = page
        self.database = database
        self.folder = folder
        self.pictures = []
        self.secret = None
        self.open_requests = set()
        page.on("request", self.begin_request)
        page.on("requestfinished", self.end_request)
        page.on("requestfailed", self.end_request)

    def begin_request(self, request):
        """Note that an answer is waited for; not by the worker that waits for messages."""
        if "/bus/" not in request.url:
            self.open_requests.add(request)

    def end_request(self, request):
        """Note that it came."""
        self.open_requests.discard(request)

    def log_in(self, person):
        """Log in as ``person``."""
        self.page.goto("/web/login")
        self.page.fill("#login", person)
        self.page.fill("#password", PASSWORD)
        self.page.press("#password", "Enter")
        self.page.wait_for_url("**/odoo**")
        self.all_companies()

    def all_companies(self):
        """Work in all companies that the person has, as the company menu would have it."""
        companies = self.page.evaluate(COMPANIES)
        first = companies["current_company"]
        others = sorted({*map(int, companies["allowed_companies"])} - {first})
        chosen = "-".join(map(str, [first, *others]))
        self.page.context.add_cookies([{"name": "cids", "value": chosen, "url": URL}])

    def height(self, pixels):
        """Make the window higher or lower."""
        self.page.set_viewport_size({**VIEW, "height": pixels})

    def go(self, place):
        """Open an address."""
        self.page.goto(place)
        self.rest()

    def rest(self):
        """Wait until the screen does nothing any more.

        :raise Error: it goes on and on.
        """
        self.page.wait_for_selector(".o_main_navbar", state="attached")
        quiet = 0
        for _tenth in range(PATIENCE):
            self.page.wait_for_timeout(100)
            quiet = 0 if self.open_requests else quiet + 1
            if quiet >= QUIET:
                return
        raise Error(f"Unanswered: {[request.url for request in self.open_requests]}")

    def see(self, selector):
        """Wait until something is there."""
        self.page.locator(selector).first.wait_for()

    def preferences(self, tab):
        """Open a tab of one's own preferences."""
        self.page.locator(".o_user_menu button").click()
        self.page.locator("[data-menu=preferences]").click()
        self.page.get_by_role("tab", name=tab).click()
        self.rest()

    def press(self, label, inside="body"):
        """Press a button by its label."""
        self.page.locator(inside).get_by_role("button", name=label, exact=True).first.click()
        self.rest()

    def password(self):
        """Give the password again that Odoo asks for."""
        self.page.locator(f"{DIALOG} [name=password] input").fill(PASSWORD)
        self.page.locator(f"{DIALOG} button[name=run_check]").click()
        self.page.wait_for_selector(f"{DIALOG} [name=password]", state="detached")
        self.rest()

    def fill(self, field, text):
        """Write into a field of the dialog."""
        self.page.locator(f"{DIALOG} [name={field}] input").fill(text)

    def choose(self, field, value):
        """Choose one of the values of a field in the dialog."""
        self.page.locator(f"{DIALOG} [name={field}] input[data-value={value}]").check()

    def open_row(self, text):
        """Open the record whose row has that text."""
        self.row(text).locator("td[name=name]").click()
        self.see(".o_form_view")
        self.rest()

    def row(self, text):
        """The first row with that text."""
        return self.page.locator(".o_data_row", has_text=text).first

    def select_rows(self, *texts):
        """Tick rows of a list."""
        for text in texts:
            self.row(text).locator(".o_list_record_selector input").check()

    def remember_secret(self):
        """Remember the key that is shown."""
        shown = self.page.locator("[name=secret] code")
        shown.wait_for()
        self.secret = shown.inner_text().strip()

    def paste_secret(self, selector):
        """Write the key that was shown into an input."""
        self.page.locator(selector).fill(self.secret)

    def try_secret(self):
        """Test the connection with the key that was shown."""
        self.paste_secret("#silverfin_try_key")
        self.press("Test", ".o_silverfin_connect")
        self.see(".o_silverfin_result")

    def picture(self, name, frame):
        """Take a picture of what ``frame`` selects."""
        self.rest()
        self.page.add_style_tag(content=RESTLESS)
        self.page.evaluate(RENAME, [self.database, DATABASE])
        self.page.mouse.move(0, 0)
        data = self.page.locator(frame).first.screenshot(animations="disabled")
        path = self.folder / f"{name}.png"
        save(data, path)
        self.pictures.append(path)


def save(data, path):
    """Write a picture with a palette, as small as it gets."""
    with Image.open(io.BytesIO(data)) as image:
        flat = image.convert("RGB").quantize(
            method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
        flat.save(path, optimize=True)
