"""Customers and suppliers. Their VAT numbers are well-formed but invented."""

from .books import Demo

CUSTOMERS = (
    ("Café Le Marollien", "be", "Bruxelles", "BE0734512011"),
    ("Brasserie Le Grand Sablon", "be", "Bruxelles", "BE0412983042"),
    ("Hôtel des Galeries Royales", "be", "Bruxelles", "BE0688241031"),
    ("Drankenhandel Verstraeten BV", "be", "Gent", "BE0501337075"),
    ("Delhaye Boissons SA", "be", "Namur", "BE0823915030"),
    ("Traiteur Van Damme BV", "be", "Leuven", "BE0459110007"),
    ("Bierwinkel De Kroon B.V.", "nl", "Breda", "NL814520303B01"),
    ("Cave à Bières Lilloise SARL", "fr", "Lille", "FR07403827165"),
)
AMERICAN_CUSTOMER = ("Hudson Craft Imports Inc.", "us", "New York", False)
SUPPLIERS = (
    ("Malterie du Hainaut SA", "be", "Ath", "BE0870443059"),
    ("Engie Solutions Pro", "be", "Bruxelles", "BE0539207063"),
    ("Immobilière des Minimes SA", "be", "Bruxelles", "BE0746128057"),
    ("Assurances Mosane SC", "be", "Liège", "BE0403170008"),
    ("Fiduciaire Lambert & Peeters SRL", "be", "Waterloo", "BE0661902066"),
    ("Verrerie de la Sambre SA", "be", "Charleroi", "BE0427735059"),
    ("LeaseMobil Belgium NV", "be", "Antwerpen", "BE0895514094"),
    ("Hopfenkontor Hallertau GmbH", "de", "Mainburg", "DE136824974"),
)
AMERICAN_SUPPLIER = ("Yakima Hop Growers LLC", "us", "Yakima", False)
BRITISH = (
    ("Whitstable Oyster House Ltd", "uk", "Whitstable", "GB438291730"),
    ("Canterbury Deli & Co", "uk", "Canterbury", "GB334610232"),
    ("Margate Sands Hotel Ltd", "uk", "Margate", "GB908723120"),
    ("Thanet Storage Ltd", "uk", "Ramsgate", "GB265187300"),
)
GUESTS = ("Comptoir Flagey - ventes au comptant", "be", "Ixelles", False)


def create_partners(demo: Demo) -> str:
    """Create every customer and supplier, shared by all the companies."""
    rows = [*CUSTOMERS, AMERICAN_CUSTOMER, *SUPPLIERS, AMERICAN_SUPPLIER, *BRITISH, GUESTS]
    values = [
        {
            "name": name,
            "is_company": True,
            "country_id": demo.env.ref(f"base.{country}").id,
            "city": city,
            "vat": vat,
        }
        for name, country, city, vat in rows
    ]
    return f"{len(demo.env['res.partner'].create(values))} partners"


def partner(env, name: str):
    """Return the partner of that name."""
    return env["res.partner"].search([("name", "=", name), ("is_company", "=", True)]).ensure_one()
