"""Who looks at the pages about people. See visits.py."""

from django.utils import timezone

from assessments.demo.centre import SLUG
from assessments.tests.browser.visiting import SECOND, Visit, Where, centre, person
from portfolio.archive import asking
from portfolio.enums import ArchiveCut, ImportStatus
from portfolio.models import CandidateRecord, Competence, Development, Induction, PeopleImport


def handle(name: str) -> Where:
    return lambda: [SLUG, person(name).handle]


def induction(name: str) -> Where:
    return lambda: [Induction.objects.filter(candidate__user=person(name))[0].pk]


def table(status: ImportStatus) -> Where:
    return lambda: [SLUG, PeopleImport.objects.filter(status=status)[0].pk]


def own_archive(name: str) -> list[object]:
    """Theirs, which they ask for now."""
    found = CandidateRecord.objects.get(user=person(name))
    return [asking.ask(centre=found.centre, candidate=found, cut=ArchiveCut.OWN, by=found.user, at=timezone.now()).pk]


PEOPLE = [
    Visit("nia", "assessments:archives", about="which-centre"),
    Visit("morag", "assessments:centre_archives", centre()),
    Visit("hannah", "assessments:archive", lambda: own_archive("hannah")),
    Visit("morag", "portfolio:import_people", centre()),
    Visit("nia", "portfolio:import_people", lambda: [SECOND], about="first"),
    *(
        Visit("morag", "portfolio:people_import", table(ImportStatus.CHECKED), f"?show={state}", state)
        for state in ("bad", "new", "change", "same")
    ),
    Visit("nia", "portfolio:all_staff", about="which-centre"),
    Visit("morag", "portfolio:staff", centre()),
    Visit("iain", "portfolio:staff", centre(), about="lead"),
    Visit("nia", "portfolio:staff", lambda: [SECOND], about="second"),
    Visit("morag", "portfolio:staff_member", handle("dylan")),
    Visit("dylan", "portfolio:staff_member", handle("dylan"), about="own"),
    Visit("gwen", "portfolio:staff_member", handle("gwen"), about="empty"),
    Visit("morag", "portfolio:record_competence", handle("dylan")),
    Visit("morag", "portfolio:end_competence", lambda: [Competence.objects.filter(ended_on=None)[0].pk]),
    Visit("nia", "portfolio:own_development", about="which-centre"),
    Visit("dylan", "portfolio:record_development", centre()),
    Visit("dylan", "portfolio:correct_development", lambda: [Development.objects.standing()[0].pk]),
    Visit("sian", "portfolio:own_diversity", centre()),
    Visit("morag", "portfolio:diversity", centre()),
    Visit("morag", "portfolio:check_identity", handle("tom")),
    Visit("morag", "portfolio:record_induction", handle("tom")),
    Visit("morag", "portfolio:remove_factor", handle("tom")),
    Visit("morag", "portfolio:remove_factor", handle("morag"), about="own"),
    Visit("sian", "portfolio:own_record"),
    Visit("priya", "portfolio:own_record", about="to-confirm"),
    Visit("sian", "portfolio:acknowledge_induction", induction("sian"), about="confirmed"),
    Visit("priya", "portfolio:acknowledge_induction", induction("priya")),
]
