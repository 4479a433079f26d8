"""Who looks at the pages about people. See visits.py."""

from collections.abc import Callable

from django.utils import timezone

from assessments.actions import data_request
from assessments.demo.centre import SLUG
from assessments.models import Break, DataRequest, TransferIn
from assessments.tests.browser.visiting import NOBODY, SECOND, Visit, Where, centre, person
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


def away() -> list[object]:
    return [Break.objects.get(returned_on=None).pk]


def request_of(name: str) -> Callable[[], list[object]]:
    """The request for data that the person made in the demonstration."""
    return lambda: [DataRequest.objects.get(user=person(name)).pk]


def copied() -> list[object]:
    """Siân's, with a copy for her to download."""
    found = DataRequest.objects.get(user=person("sian"))
    left = "Letters in the filing cabinet: sent apart."
    made = data_request.make_copy(
        request=found, by_office=False, with_remarks=False, left_out=left, by=person("morag"), at=timezone.now()
    )
    return [made.pk]


PEOPLE = [
    Visit("morag", "assessments:centre_data_requests", centre()),
    Visit("nia", "assessments:centre_data_requests", lambda: [SECOND], about="none"),
    Visit("morag", "assessments:record_data_request", centre()),
    Visit("morag", "assessments:data_request", request_of("tom"), about="who-asks"),
    Visit("morag", "assessments:confirm_who_asks", request_of("tom")),
    Visit("morag", "assessments:take_more_time", request_of("sian")),
    Visit("morag", "assessments:make_copy", request_of("sian")),
    Visit("morag", "assessments:close_data_request", request_of("sian")),
    Visit("morag", "assessments:data_request", copied, about="copied"),
    Visit("sian", "assessments:privacy"),
    Visit("nia", "assessments:privacy", about="none"),
    Visit("morag", "portfolio:set_privacy_notice", centre()),
    Visit(NOBODY, "portfolio:privacy_notice", centre()),
    Visit("sian", "assessments:search"),
    Visit("morag", "assessments:search", query="?q=pri", about="people"),
    Visit("dylan", "assessments:search", query="?q=call", about="words"),
    Visit("sian", "assessments:search", query="?q=xyzzy", about="nothing-found"),
    Visit("morag", "assessments:transfers", handle("priya")),
    Visit("iain", "assessments:transfers", handle("tom"), about="none"),
    Visit("morag", "assessments:transfer_out", handle("grace"), about="leaving"),
    Visit("morag", "assessments:transfer_out", handle("hannah"), about="refused"),
    Visit("morag", "assessments:transfer_in", handle("tom")),
    Visit("morag", "assessments:record_achieved", lambda: [TransferIn.objects.get().pk]),
    Visit("morag", "assessments:breaks", centre()),
    Visit("nia", "assessments:breaks", lambda: [SECOND], about="nobody"),
    Visit("morag", "assessments:learning_break", handle("hannah"), about="away"),
    Visit("morag", "assessments:learning_break", handle("ruairidh"), about="to-begin"),
    Visit("morag", "assessments:end_break", away),
    Visit("morag", "assessments:expect_back", away),
    Visit("hannah", "assessments:candidate_home", about="away"),
    Visit("nia", "assessments:archives", about="which-centre"),
    Visit("morag", "assessments:centre_archives", centre()),
    Visit("hannah", "assessments:archive", lambda: own_archive("hannah")),
    Visit("morag", "portfolio:jobs", centre()),
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
    Visit("morag", "portfolio:sign_out", handle("tom")),
    Visit("morag", "portfolio:sign_out", handle("morag"), about="own"),
    Visit("sian", "portfolio:own_record"),
    Visit("priya", "portfolio:own_record", about="to-confirm"),
    Visit("sian", "portfolio:acknowledge_induction", induction("sian"), about="confirmed"),
    Visit("priya", "portfolio:acknowledge_induction", induction("priya")),
]
