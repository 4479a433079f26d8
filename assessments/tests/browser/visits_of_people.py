"""Who looks at the pages about people. See visits.py."""

from assessments.demo.centre import SLUG
from assessments.tests.browser.visiting import SECOND, Visit, Where, centre, person
from portfolio.enums import ImportStatus
from portfolio.models import Induction, PeopleImport


def handle(name: str) -> Where:
    return lambda: [SLUG, person(name).handle]


def induction(name: str) -> Where:
    return lambda: [Induction.objects.filter(candidate__user=person(name))[0].pk]


def table(status: ImportStatus) -> Where:
    return lambda: [SLUG, PeopleImport.objects.filter(status=status)[0].pk]


PEOPLE = [
    Visit("morag", "portfolio:import_people", centre()),
    Visit("nia", "portfolio:import_people", lambda: [SECOND], about="first"),
    *(
        Visit("morag", "portfolio:people_import", table(ImportStatus.CHECKED), f"?show={state}", state)
        for state in ("bad", "new", "change", "same")
    ),
    Visit("morag", "portfolio:check_identity", handle("tom")),
    Visit("morag", "portfolio:record_induction", handle("tom")),
    Visit("sian", "portfolio:own_record"),
    Visit("priya", "portfolio:own_record", about="to-confirm"),
    Visit("sian", "portfolio:acknowledge_induction", induction("sian"), about="confirmed"),
    Visit("priya", "portfolio:acknowledge_induction", induction("priya")),
]
