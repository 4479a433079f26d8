"""The walls round keeping and destroying, tried with raw SQL like those in test_walls.py."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.models import EvidenceFile, Mapping
from assessments.testing import House, an_enrolment, handed_in
from assessments.tests.acts_of_retention import a_hold, set_keeping
from assessments.tests.raw_sql import copy, never_deleted, never_emptied, refused, run, stands_for_good, unmoved, update
from assessments.tests.retained import certificated, destroyed, ordered
from portfolio.models import AuditDetail, AuditEvent
from portfolio.testing import a_candidate

pytestmark = pytest.mark.django_db
KEPT = ("legalhold", "disposal", "disposalline")


@pytest.fixture(scope="module")
def ids(house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield scene(house)
        transaction.set_rollback(True)


def scene(house: House) -> SimpleNamespace:
    """A unit whose files and details were destroyed; one whose destruction is asked for; one under way; a hold."""
    office, now = house.administrator, timezone.now()
    fay = a_candidate(house.centre, "Fay Finished", number="10000004")
    gone = certificated(house, "ocr-cc16", fay)
    set_keeping(house).do(office)
    done = destroyed(house, f"files-{gone.pk}", f"details-{gone.pk}")
    waiting = certificated(house, "ocr-cc32", fay)
    order = ordered(house, f"files-{waiting.pk}")
    hold = a_hold(house)
    at_work = handed_in(an_enrolment(house, candidate=house.other_candidate), "1.1")
    files = EvidenceFile.objects.filter(
        version__evidence__in=Mapping.objects.filter(enrolment=waiting).values("evidence")
    )
    return SimpleNamespace(
        now=now.isoformat(),
        office=office.pk,
        fay=fay,
        gone_file=EvidenceFile.objects.get(disposed_at__isnull=False).pk,
        waiting_file=files.get().pk,
        file_at_work=at_work.files.get().pk,
        done=done.pk,
        done_line=done.lines.order_by("pk")[0].pk,
        order=order.pk,
        line=order.lines.get().pk,
        hold=hold.pk,
        other_candidate=house.other_candidate.pk,
        erased=AuditEvent.objects.filter(erasure__isnull=False).earliest("pk").pk,
        detail=AuditDetail.objects.latest("pk").pk,
    )


@pytest.mark.parametrize("table", KEPT)
def test_what_was_ordered_and_held_is_never_deleted(ids: SimpleNamespace, table: str) -> None:
    never_deleted(table)
    never_emptied(table)


def test_rules_of_keeping_stand(ids: SimpleNamespace) -> None:
    stands_for_good("keepingrule", "length = 1")
    never_emptied("keepingrule")


REFUSED = [
    ("evidencefile", "waiting_file", "disposed_at = '{now}', disposed_under = 'A rule.'", "go by a confirmed order"),
    ("evidencefile", "file_at_work", "disposed_at = '{now}', disposed_under = 'A rule.'", "go by a confirmed order"),
    ("evidencefile", "gone_file", "disposed_at = NULL, disposed_under = ''", "confirmed"),
    ("evidencefile", "gone_file", "disposed_under = 'Another rule.'", "stands as it was asked for"),
    (
        "disposal",
        "done",
        "confirmed_at = NULL, confirmed_by_id = NULL",
        "stands as it was asked for",
    ),
    ("disposal", "order", "asked_by_id = asked_by_id + 1", "stands as it was asked for"),
    ("disposalline", "line", "done_at = '{now}'", "before it was confirmed"),
    ("disposalline", "line", "under = 'Another rule.'", "stands as it was asked for"),
    ("disposalline", "done_line", '"index" = NULL', "stands as it was asked for"),
    ("legalhold", "hold", "reason = 'Another.'", "stands as it was set"),
]


@pytest.mark.parametrize(("table", "row", "change", "sentence"), REFUSED)
def test_it_is_refused(ids: SimpleNamespace, table: str, row: str, change: str, sentence: str) -> None:
    unmoved(ids, table, row, change, sentence)


def test_nothing_is_added_to_an_order_once_it_is_confirmed_nor_of_another_candidate(ids: SimpleNamespace) -> None:
    refused(copy("disposalline", ids.line, disposal_id=str(ids.done)), "named before anybody confirms it")
    refused(copy("disposalline", ids.line, candidate_id=str(ids.other_candidate)), "named before anybody confirms it")
    refused(copy("disposal", ids.done), "asked for first")


def test_who_asked_does_not_confirm_unless_they_are_alone(ids: SimpleNamespace) -> None:
    mine = f"confirmed_at = '{ids.now}', confirmed_by_id = {ids.office}"
    refused(update("disposal", mine, ids.order), "(?i)destruction_is_confirmed_by_somebody_else")


def test_a_confirmed_order_lets_exactly_its_files_go_and_none_on_legal_hold(ids: SimpleNamespace) -> None:
    gone = update("evidencefile", f"disposed_at = '{ids.now}', disposed_under = 'A rule.'", ids.waiting_file)
    with transaction.atomic():
        run(update("disposal", f"confirmed_at = '{ids.now}', confirmed_by_id = {ids.office}, alone = TRUE", ids.order))
        run(gone)
        transaction.set_rollback(True)
    with transaction.atomic():
        run(update("disposal", f"confirmed_at = '{ids.now}', confirmed_by_id = {ids.office}, alone = TRUE", ids.order))
        run(copy("legalhold", ids.hold, candidate_id=str(ids.fay.pk)))
        refused(gone, "A legal hold is on this")
        refused(
            update("evidencefile", f"disposed_at = '{ids.now}', disposed_under = 'A rule.'", ids.file_at_work),
            "go by a confirmed order",
        )
        transaction.set_rollback(True)


def test_details_of_the_book_go_only_by_an_erasure_and_do_not_return(ids: SimpleNamespace) -> None:
    said = "until an erasure on record says why"
    refused(f"DELETE FROM portfolio_auditdetail WHERE id = {ids.detail}", said)  # noqa: S608
    refused(f"UPDATE portfolio_auditdetail SET salt = 'x' WHERE id = {ids.detail}", said)  # noqa: S608
    refused(
        f"INSERT INTO portfolio_auditdetail (event_id, salt, details) VALUES ({ids.erased}, 'x', '{{}}')",  # noqa: S608
        "erased for good",
    )
    refused("DELETE FROM portfolio_erasure", "stand for good")
    refused("UPDATE portfolio_erasure SET reason = 'Other'", "stand for good")
