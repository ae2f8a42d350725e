"""``make screenshots``: the pictures of the guide and of the store's page, from a running demo."""

import shutil
import subprocess
import sys
from contextlib import contextmanager

from psycopg2.errors import ObjectInUse

from dev import browser, demo_server, postgres, settings, workspace
from dev.console import SetupError, say, step
from dev.database import Databases
from dev.server import OdooServer

FOLDER = settings.CHECKOUT / "docs" / "pictures"
STORE = settings.CHECKOUT / "static" / "description"
LARGEST = 150_000  # bytes


def main():
    """Take all pictures anew.

    :return: exit code.
    """
    browser.ensure_if_needed(surely=True)
    place = workspace.prepare()
    try:
        with scene(place) as name, OdooServer(place, name, workers=0) as server:
            pictures = take(server)
    finally:
        postgres.release()
    return report(pictures)


@contextmanager
def scene(place):
    """Copy the demo database, add what the pictures show, and forget it afterwards."""
    databases = Databases(place)
    name = clone_demo(place, databases)
    try:
        with step("scene"):
            command = [sys.executable, "-m", "dev.pictures.scene", name]
            if subprocess.call(command, env=place.variables(), cwd=settings.STATE):
                raise SetupError("The scene of the pictures could not be made (see above).")
        yield name
    finally:
        databases.drop(name)


def clone_demo(place, databases):
    """Copy the demo database.

    :raise SetupError: somebody is connected to it.
    """
    demo = demo_server.ensure_database(place, reset=False)
    try:
        return databases.clone(demo, settings.database_name("pictures"))
    except ObjectInUse as error:
        raise SetupError("The demo database is in use: stop `make demo` first.") from error


def take(server):
    """Go all walks, and render the drawings.

    :return: paths of the pictures.
    """
    from dev.pictures import camera, catalogue, front_door

    FOLDER.mkdir(exist_ok=True)
    program = next(filter(None, map(shutil.which, browser.PROGRAMS)))
    with front_door.FrontDoor(server.port) as door, camera.browser(program, door.port) as chromium:
        pictures = camera.take(chromium, catalogue.WALKS, server.database, FOLDER)
        for drawing, name, *size in catalogue.DRAWINGS:
            camera.draw(chromium, settings.CHECKOUT / drawing, STORE / name, *size)
    for name in catalogue.STORE:
        shutil.copyfile(FOLDER / name, STORE / name)
    return [*pictures, *(STORE / name for _drawing, name, *_size in catalogue.DRAWINGS)]


def report(pictures):
    """Say what was taken; a picture that is too large is a failure."""
    sizes = {path.relative_to(settings.CHECKOUT): path.stat().st_size for path in pictures}
    for path, size in sizes.items():
        say(f"    {path}  {size / 1000:.0f} kB{' is too large' if size > LARGEST else ''}")
    return 1 if max(sizes.values()) > LARGEST else 0
