"""Every page asks as often of a small centre as of one four times its size, and not too often."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from bench.addresses import Page, pages
from bench.centre import open_centre
from bench.lists import lists
from bench.loading import fill
from bench.subjects import subjects
from portfolio import notices
from portfolio.access import doors
from portfolio.enums import Told
from portfolio.harness import AskingClient
from portfolio.models import RoleGrant
from portfolio.notices import News
from portfolio.work import Save, Subject, Typed, keep
from units import qualifications
from units.for_good import ForGood, forget
from units.models import Qualification, Unit
from units.parts import parts_of
from units.queries import criteria_of

pytestmark = pytest.mark.django_db

FEW, MANY, ITEMS = 3, 12, 5
WITHOUT_RECORDS = {
    "a page of rules": {"assessments:worked_out"},
    "a choice of centres, or straight on to the only one": {
        "home",
        "portfolio:people",
        "portfolio:all_staff",
        "portfolio:own_development",
        "assessments:books",
        "assessments:enrolments",
        "assessments:overview",
        "assessments:strategy",
        "assessments:forms",
        "assessments:papers_of_verification",
        "assessments:claims",
        "assessments:archives",
        "assessments:retention",
        "assessments:consistency",
    },
    "straight on to another page": {
        "assessments:judge_next",
        "assessments:unit_documents",
        "assessments:newest_grid",
    },
    "asked by machines; counted in portfolio/tests/views/test_health.py": {
        "portfolio:alive",
        "portfolio:ready",
        "portfolio:ready_for_pages",
        "portfolio:metrics",
    },
    "of the queue, which is empty here: counted in portfolio/tests/views/test_jobs.py": {"portfolio:jobs"},
    "some hundreds of lines at a time": {"assessments:book_file"},
    "a press alone, or a file": {
        "portfolio:try_job_again",
        "portfolio:invite_again",
        "portfolio:invite_held_back",
        "portfolio:take_back_development",
        "portfolio:erase_diversity",
        "portfolio:choose_changes",
        "portfolio:throw_import_away",
        "portfolio:go_on_importing",
        "portfolio:people_template",
        "portfolio:bad_rows_file",
        "portfolio:keep_work",
        "assessments:device_drafts",
        "portfolio:discard_work",
        "portfolio:read_news",
        "portfolio:document_file",
        "assessments:claim_batch_file",
        "assessments:destruction_certificate",
        "assessments:book_proof",
        "assessments:check_book",
        "portfolio:uploads",
        "portfolio:upload",
        "assessments:replace_evidence",
        "assessments:let_go",
        "assessments:map_cell",
        "assessments:adopt_plan",
        "assessments:discard_plan",
        "assessments:close_exercise",
        "assessments:set_external_downloads",
        "assessments:invite_external_again",
        "assessments:mark_looked_at",
        "assessments:exercise_file",
        "assessments:exercise_page",
        "assessments:resend_request",
        "assessments:revoke_request",
        "assessments:remove_activity",
        "assessments:revise_plan",
        "assessments:start_activity",
        "assessments:evidence_file",
        "assessments:case_file",
        "assessments:download_evidence_file",
        "assessments:evidence_page",
        "assessments:evidence_thumbnail",
        "assessments:evidence_page_text",
        "assessments:archive_candidate",
        "assessments:cancel_archive",
        "assessments:archive_file",
        "assessments:binder_document",
        "assessments:item_document",
        "assessments:plan_document",
        "assessments:sample_document",
        "assessments:sampling_plan_document",
        "assessments:strategy_document",
        "assessments:exercise_document",
        "assessments:meeting_document",
        "assessments:unit_document",
        "assessments:recording_form",
        "assessments:authentication_document",
        "assessments:blank_form",
    },
    "for a draft of a witness testimony, which no other record has": {"assessments:ask_witness"},
    "for what an assessor makes, which no other record has; counted in views/test_observed.py": {
        "assessments:acknowledge",
        "assessments:correct_record",
        "assessments:sign_correction",
        "assessments:sign_record",
    },
    "for a set of questions, which is as long as it was written": {
        "assessments:question_set",
        "assessments:rewrite_set",
    },
    "of an appeal, a case or an adjustment, which are few: counted in views/test_appeal.py and test_case.py": {
        "assessments:appeal",
        "assessments:appoint_adjudicator",
        "assessments:decide_appeal",
        "assessments:follow_up",
        "assessments:case",
        "assessments:investigators",
        "assessments:hold",
        "assessments:close_case",
        "assessments:adjustment",
        "assessments:end_adjustment",
    },
    "of what was claimed at once, where nothing of the centre is yet: counted in views/test_claims.py": {
        "assessments:claim_batch",
        "assessments:certificates",
        "assessments:unclaim_award",
        "assessments:replace_certificate",
        "assessments:revoke_award",
    },
    "of one archive; counted in views/test_archives.py": {"assessments:archive"},
    "of one request for data: counted in views/test_data_request.py": {
        "assessments:data_request",
        "assessments:confirm_who_asks",
        "assessments:take_more_time",
        "assessments:make_copy",
        "assessments:hand_over",
        "assessments:close_data_request",
    },
    "of a centre alone, which has none here": {"portfolio:privacy_notice"},
    "of one wording, or a press": {
        "assessments:wording_approval",
        "assessments:approve_wording",
        "assessments:withdraw_wording",
    },
    "of forms made at once, where none are yet: counted in views/test_issuing.py": {
        "assessments:form_batch",
        "assessments:stop_forms",
        "assessments:resume_forms",
        "assessments:gather_forms",
        "assessments:forms_file",
    },
    "of a legal hold or an order of destruction, where nothing is due yet: counted in views/test_retention.py": {
        "assessments:lift_hold",
        "assessments:destruction",
        "assessments:give_up_destruction",
    },
    "of an alarm, which is told in full: counted in actions/test_alarms.py": {"assessments:alarm"},
    "draws the plan anew; counted in actions/test_widening.py": {"assessments:widen_plan"},
    "of units from outside: counted in units/tests/exchange/test_pages.py": {
        "units:import_units",
        "units:unit_import",
        "units:throw_units_away",
        "units:publish_unit",
        "units:discard_draft",
        "units:compare_versions",
        "units:export_unit",
        "units:unit_file",
    },
    "of one transfer, or a press; counted in views/test_transfer.py": {
        "assessments:record_achieved",
        "assessments:take_back_achieved",
    },
    "of one break in learning; counted in views/test_breaks.py": {
        "assessments:end_break",
        "assessments:expect_back",
    },
    "of new versions, of which there are none: counted in views/test_moving.py": {
        "assessments:new_versions",
        "assessments:version_map",
        "assessments:move_on",
    },
    "of one status, like the page it was recorded on": {"assessments:withdraw_status"},
    "of what was authorised, like the page it was authorised on": {"assessments:take_back_authorisation"},
    "of one award, like the page it was recorded on": {"portfolio:qualification_achieved"},
    "the page of a verb, like the others, where nothing of the centre stands yet": {
        "assessments:unclaim",
        "assessments:certificate",
        "assessments:revoke",
        "assessments:resume",
    },
}


@dataclass(frozen=True)
class Counted:
    """A page, and its queries in the small centre and in the larger one."""

    page: Page
    few: int
    many: int


def queries(page: Page) -> int:
    """How many a page takes, the session and the person signed in among them."""
    client = AskingClient()
    client.force_login(page.who)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(page.address)
        assert answer.status_code == 200, page.address
        if answer.streaming:
            b"".join(answer)  # a list is read while it is sent
    return len(captured)


def told(shown: list[Page], number: int, now: datetime.datetime) -> None:
    """So much news for everybody who asks for a page, and as many forms that they began."""
    for user in {page.who for page in shown}:
        centre = RoleGrant.objects.filter(user=user).select_related("centre")[0].centre
        for place in range(number):
            news = News(Told.FEEDBACK, f"Evidence {place}", "Your assessor has assessed it.", "/units/", centre)
            notices.tell(news, [user], centre, None, now)
            subject = Subject(user, "counted", f"{number} {place}", address="/units/")
            keep(subject, Save("a", 1, 0, {"words": Typed(["Words"], datetime.timedelta())}), at=now)


def keep_standard() -> None:
    """Have the process keep what it keeps of the standard in use, as it does from its first pages on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ForGood, "keep", lambda kept, found: kept._kept.update(found))  # within a transaction, too
        units = list(Unit.objects.select_related("publication"))
        criteria_of(unit.pk for unit in units)
        for unit in units:
            parts_of(unit)
        qualifications.parts_of(Qualification.objects.select_related("publication"))


@pytest.fixture(scope="module")
def counted(standard: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[Counted]]:
    """Every page at both sizes, asked for by somebody whom it opens for."""
    with django_db_blocker.unblock(), transaction.atomic():
        now = timezone.now()
        staffed = open_centre("Measured Centre", now)
        fill(staffed, range(1, FEW + 1), now, ITEMS)
        found = subjects(staffed)
        shown = [*pages(found), *lists(found)]
        keep_standard()
        told(shown, 1, now)
        few = [queries(page) for page in shown]
        fill(staffed, range(FEW + 1, MANY + 1), now, ITEMS)
        told(shown, MANY, now)
        many = [queries(page) for page in shown]
        yield [Counted(*row) for row in zip(shown, few, many, strict=True)]
        transaction.set_rollback(True)
    forget()


def test_no_page_asks_more_often_of_a_larger_centre(counted: list[Counted]) -> None:
    grown = {row.page.name: (row.few, row.many) for row in counted if row.few != row.many}
    assert not grown


def test_no_page_asks_too_often(counted: list[Counted]) -> None:
    past = {row.page.name: (row.many, row.page.queries) for row in counted if row.many > row.page.queries}
    assert not past


def test_no_page_is_left_out(counted: list[Counted]) -> None:
    left_out = {name for names in WITHOUT_RECORDS.values() for name in names}
    shown = {row.page.route for row in counted}
    known = {door.name: door.lock for door in doors() if not door.name.startswith(("account_", "mfa_"))}
    assert left_out <= set(known)
    assert {name for name, lock in known.items() if lock != "everybody"} - shown - left_out == set()
