"""Who looks at the pages about people. See visits.py."""

from assessments.demo.centre import SLUG
from assessments.tests.browser.visiting import Visit, Where, person
from portfolio.models import Induction


def handle(name: str) -> Where:
    return lambda: [SLUG, person(name).handle]


def induction(name: str) -> Where:
    return lambda: [Induction.objects.filter(candidate__user=person(name))[0].pk]


PEOPLE = [
    Visit("morag", "portfolio:check_identity", handle("tom")),
    Visit("morag", "portfolio:record_induction", handle("tom")),
    Visit("sian", "portfolio:own_record"),
    Visit("priya", "portfolio:own_record", about="to-confirm"),
    Visit("sian", "portfolio:acknowledge_induction", induction("sian"), about="confirmed"),
    Visit("priya", "portfolio:acknowledge_induction", induction("priya")),
]
