"""Two analytic plans, and the ways in which items are spread over them."""

from .books import Books

DEPARTMENTS = ("Brewing", "Sales and marketing", "Administration")
EVENTS = ("Winter beer festival", "Sablon open cellar")


def create_analytics(books: Books) -> str:
    """Create an analytic account per department and per event."""
    plan = books.env["account.analytic.plan"].create({"name": "Departments"})
    project = books.env.ref("analytic.analytic_plan_projects")
    accounts = _accounts(books, plan, DEPARTMENTS, "D") + _accounts(books, project, EVENTS, "E")
    return f"2 plans, {len(accounts)} analytic accounts"


def _accounts(books: Books, plan, names: tuple, prefix: str):
    return books.env["account.analytic.account"].create(
        [
            {
                "name": name,
                "code": f"{prefix}{number}",
                "plan_id": plan.id,
                "company_id": books.company.id,
            }
            for number, name in enumerate(names, 1)
        ]
    )


def distributions(books: Books) -> list[dict | bool]:
    """Return distributions to choose from: none, whole, split, over one and over both plans."""
    found = books.env["account.analytic.account"].search([("company_id", "=", books.company.id)])
    ids = {account.code: account.id for account in found}
    if not ids:
        return [False]
    brewing, sales, office = ids["D1"], ids["D2"], ids["D3"]
    festival, cellar = ids["E1"], ids["E2"]
    return [
        False,
        {str(brewing): 100},
        {f"{sales},{festival}": 100},
        {f"{brewing},{festival}": 60, f"{sales},{festival}": 40},
        {f"{sales},{cellar}": 33.33, str(brewing): 50, str(office): 16.67},
    ]
