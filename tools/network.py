# Copyright 2026 account_silverfin contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Networks from which a key may be used."""

import ipaddress


def parse(text):
    """Return the networks in a comma-separated text.

    :raises ValueError: with the part that is not a network
    """
    networks = []
    for part in filter(None, (part.strip() for part in (text or "").split(","))):
        try:
            networks.append(ipaddress.ip_network(part))
        except ValueError:
            raise ValueError(part) from None
    return networks


def is_allowed(address, networks):
    """Tell whether an address lies in one of the networks; without networks every one does."""
    parsed = parse(networks)
    if not parsed:
        return True
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip in network for network in parsed)
