"""What the figures were measured on."""

import os
import platform
from contextlib import closing
from pathlib import Path

import psutil


def facts(place):
    """Return names and values for the report; nothing that says whose machine it is."""
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "Odoo": Path(place.tree.identity).name,  # without the folder of a chosen source tree
        "PostgreSQL": postgresql(place.server),
    }


def processor():
    """Return the processor's name, as far as the system tells."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def postgresql(server):
    """Return the database server's version."""
    with closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return cursor.fetchone()[0]
