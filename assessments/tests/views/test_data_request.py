"""Requests for data: when they are due, what is done about them, and who gets the copy."""

import datetime
import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import data_request as verbs
from assessments.actions.due import tell_due
from assessments.answering import LONGER, MONTH, due_from
from assessments.enums import DueKind
from assessments.models import DataRequest
from assessments.queries.due import due_page
from assessments.testing import House, an_enrolment, handed_in
from assessments.tests.acts_of_data import a_request, with_copy
from assessments.tests.views.visitors import signed_in
from portfolio.enums import Country, Told
from portfolio.harness import AskingClient
from portfolio.models import AccessLine, Notice, OutgoingMessage
from portfolio.refusal import Refusal
from portfolio.testing import an_administrator
from portfolio.tests.lists import taken

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
ENGLAND = Country.ENGLAND_WALES.value


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (datetime.date(2027, 9, 3), datetime.date(2027, 10, 4)),  # 3 October is a Sunday
        (datetime.date(2027, 1, 31), datetime.date(2027, 3, 1)),  # the last of February is a Sunday
        (datetime.date(2026, 11, 25), datetime.date(2026, 12, 29)),  # Christmas, a weekend, and the day in lieu
        (datetime.date(2027, 6, 8), datetime.date(2027, 7, 8)),
    ],
)
def test_it_is_due_on_the_corresponding_day_or_the_next_working_day(day: datetime.date, due: datetime.date) -> None:
    assert due_from(day, MONTH, ENGLAND) == due
    assert due_from(day, LONGER, ENGLAND) > due


def test_the_form_for_somebody_tells_no_address_of_another_centres_people(house: House, other_house: House) -> None:
    address = reverse("assessments:record_data_request", args=[house.centre.slug])
    stranger = other_house.candidate.user
    answer = signed_in(house.administrator).get(address, {"person": stranger.handle})
    assert (answer.status_code, stranger.email in answer.content.decode()) == (404, False)


def test_a_request_is_recorded_answered_and_the_copy_taken_by_its_person_alone(house: House) -> None:
    cara, office = house.candidate.user, signed_in(house.administrator)
    handed_in(an_enrolment(house), "1.1")
    new = f"/centre/{house.centre.slug}/data-requests/new/"
    assert cara.email in office.get(f"{new}?person={cara.handle}").content.decode()
    said = {"address": cara.email, "received_on": timezone.localdate(), "asked": "Everything.", "identity": ""}
    answer = office.post(new, said)
    found = DataRequest.objects.get()
    assert answer["Location"] == f"/data-requests/{found.pk}/"
    assert "not confirmed yet" in office.get(answer["Location"]).content.decode()
    assert office.get(f"/data-requests/{found.pk}/copy/").status_code == 302, "not before it is known who asks"
    office.post(f"/data-requests/{found.pk}/identity/", {"identity": "Called.", "confirmed_on": timezone.localdate()})
    office.post(f"/data-requests/{found.pk}/copy/", {"way": "taken", "left_out": ""})
    found.refresh_from_db()
    assert found.package
    page = office.get(f"/data-requests/{found.pk}/").content.decode()
    assert "Tell Cara Northgate that it is ready" in page
    assert "archive_file" not in page
    (line,) = taken(office, f"/centre/{house.centre.slug}/data-requests/file/csv/")
    told = [line[head] for head in ("Who", "What was asked", "Stands")]
    assert told == ["Cara Northgate", "Everything.", "To be handed over"]
    address = f"/archives/{found.package.pk}/"
    assert office.get(address).status_code == 404, "what is in it is for nobody else"
    office.post(f"/data-requests/{found.pk}/hand-over/")
    letter = OutgoingMessage.objects.filter(to=cara.email).latest("pk")
    assert f"{settings.SITE_URL}{address}" in letter.body
    candidate = signed_in(cara)
    assert f'href="{address}"' in candidate.get("/privacy/").content.decode()
    assert "Download" in candidate.get(address).content.decode()
    with ZipFile(BytesIO(b"".join(candidate.get(f"{address}file/").streaming_content))) as opened:
        assert any(name.endswith("/data/index.html") for name in opened.namelist())
    assert AccessLine.objects.filter(user=cara, subject_id=found.package.pk, downloaded=True).exists()
    assert "Taken away on" in office.get(f"/data-requests/{found.pk}/").content.decode()


def test_what_the_office_hands_over_is_downloaded_by_who_had_it_made(house: House) -> None:
    found = with_copy(house, by_office=True)
    address = f"/archives/{found.package_id}/file/"
    assert f'href="{address}"' in signed_in(house.administrator).get(f"/data-requests/{found.pk}/").content.decode()
    second = signed_in(an_administrator(house.centre, "Second Admin"))
    assert second.get(address).status_code == 404
    assert signed_in(house.candidate.user).get(address).status_code == 404
    with pytest.raises(Refusal, match="how it was handed over"):
        verbs.hand_over_copy(request=found, by=house.administrator, at=timezone.now())
    signed_in(house.administrator).post(f"/data-requests/{found.pk}/hand-over/", {"how": "On paper, in person."})
    found.refresh_from_db()
    assert (found.state, found.handed_over_how) == ("Answered", "On paper, in person.")


def test_nobody_gets_a_copy_that_something_was_destroyed_in(house: House) -> None:
    found = a_request(house)
    with pytest.raises(Refusal, match="not ready"):
        verbs.hand_over_copy(request=found, by=house.administrator, at=timezone.now())


def test_an_address_of_nobody_is_refused_and_what_was_typed_stays(house: House, other_house: House) -> None:
    new = f"/centre/{house.centre.slug}/data-requests/new/"
    said = {"address": other_house.assessor.email, "received_on": timezone.localdate(), "asked": "All of it, please."}
    answer = signed_in(house.administrator).post(new, said)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Nobody is on record" in page
    assert "All of it, please." in page


def test_more_time_is_told_within_the_first_month_and_once(house: House) -> None:
    found = a_request(house)
    first, later = found.due_on, timezone.now() + 40 * DAY
    with pytest.raises(Refusal, match="within the first month"):
        verbs.take_more_time(request=found, reason="Much.", by=house.administrator, at=later)
    verbs.take_more_time(request=found, reason="Much of it is on paper.", by=house.administrator, at=timezone.now())
    found.refresh_from_db()
    assert found.due_on > first + 50 * DAY
    assert "Much of it is on paper." in OutgoingMessage.objects.latest("pk").body
    with pytest.raises(Refusal, match="twice"):
        verbs.take_more_time(request=found, reason="More.", by=house.administrator, at=timezone.now())


def test_the_month_counts_from_the_day_it_was_known_who_asks(house: House) -> None:
    found = a_request(house, identity="")
    said: dict[str, Any] = {"identity": "Passport seen.", "by": house.administrator, "at": timezone.now()}
    with pytest.raises(Refusal, match="before the request came"):
        verbs.confirm_who_asks(request=found, confirmed_on=found.received_on - DAY, **said)
    verbs.confirm_who_asks(request=found, confirmed_on=timezone.localdate(), **said)
    found.refresh_from_db()
    assert found.due_on == due_from(timezone.localdate(), MONTH, house.centre.country)


def test_it_falls_due_for_administrators_alone_and_is_told_before(house: House) -> None:
    found, today = a_request(house), timezone.localdate()
    lines = [line for line in due_page(house.centre, house.administrator, today).lines if line.kind == DueKind.REQUEST]
    assert [(line.day, line.about, line.href) for line in lines] == [
        (found.due_on, "Cara Northgate", f"/data-requests/{found.pk}/")
    ]
    assert not [line for line in due_page(house.centre, house.lead, today).lines if line.kind == DueKind.REQUEST]
    told = Notice.objects.filter(kind=Told.DATA_REQUEST)
    tell_due(timezone.now())
    assert not told.exists()
    near = timezone.now() + (found.due_on - today) - 5 * DAY
    tell_due(near)
    tell_due(near)
    assert [line.user for line in told] == [house.administrator]
    verbs.close_unanswered(request=found, reason="Taken back.", by=house.administrator, at=timezone.now())
    closed = due_page(house.centre, house.administrator, today)
    assert not [line for line in closed.lines if line.kind == DueKind.REQUEST]


def test_pages_ask_as_often_of_few_as_of_many(house: House) -> None:
    office, cara = signed_in(house.administrator), signed_in(house.candidate.user)
    a_request(house)
    addresses = {f"/centre/{house.centre.slug}/data-requests/": office, "/privacy/": cara}
    asked = {}
    for address, browser in addresses.items():
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        asked[address] = len(queries)
    for _ in range(4):
        a_request(house)
    with_copy(house)
    for address, browser in addresses.items():
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        assert len(queries) == asked[address] <= 15, address
    with CaptureQueriesContext(connection) as queries:
        office.get(f"/data-requests/{DataRequest.objects.latest('pk').pk}/")
    assert len(queries) <= 15


def test_a_centre_begins_its_privacy_notice_from_a_template_and_anybody_reads_it(house: House) -> None:
    office, nobody = signed_in(house.administrator), AskingClient()
    page, public = f"/centre/{house.centre.slug}/settings/privacy/", f"/privacy/{house.centre.slug}/"
    assert nobody.get(public).status_code == 404
    begun = office.get(page).context["form"].initial["notice"]
    assert "Who we are" in begun
    answer = office.post(page, {"notice": begun, "address": ""})
    assert "[data protection contact]" in answer.content.decode(), "what is still to be filled in is named"
    filled = re.sub(r"\[[^\]]+\]", "what is ours", begun)
    assert office.post(page, {"notice": filled, "address": ""}).status_code == 302
    read = nobody.get(public).content.decode()
    assert "<h2>How long</h2>" in read
    assert f'href="{public}"' in signed_in(house.candidate.user).get("/privacy/").content.decode()
