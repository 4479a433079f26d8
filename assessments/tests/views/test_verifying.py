"""What waits for a verifier: each thing under its own head, and no more."""

import datetime
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import safekeeping, verification
from assessments.enums import UnitStatus
from assessments.models import Enrolment, EvidenceFile, Sample
from assessments.queries import sampling
from assessments.testing import House, all_well, an_enrolment, met, sampled, signed_off, targets, verified
from portfolio.harness import AskingClient
from portfolio.models import AccessLine, User
from portfolio.testing import a_candidate
from portfolio.tests.lists import taken

pytestmark = pytest.mark.django_db

ADDRESS = reverse("assessments:sampling")
UNITS = reverse("assessments:units_verified")
KINDS = ["Changed since it was signed", "Actions answered, to close", "Actions overdue", "Open samples"]
KINDS += ["Signed off, not sampled", "Ready to verify"]


def waiting(client: AskingClient, user: User, query: str = "") -> dict[str, str]:
    """The text under each head of the page, by head."""
    client.force_login(user)
    answer = client.get(ADDRESS + query)
    assert answer.status_code == 200
    parts = re.split(r"<h2[^>]*>(.*?)</h2>", answer.content.decode().split("<main")[1])
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def listed(client: AskingClient, user: User, query: str = "") -> str:
    """The page of the units verified."""
    client.force_login(user)
    answer = client.get(UNITS + query)
    assert answer.status_code == 200
    return str(answer.content.decode().split("<main")[1])


def link(name: str, pk: int) -> str:
    return f'href="{reverse(f"assessments:{name}", args=[pk])}"'


def a_sample(enrolment: Enrolment) -> Sample:
    return verification.plan_sample(enrolment=enrolment, reason="Risk.", by=enrolment.verifier, at=timezone.now())


def with_action(enrolment: Enrolment) -> Enrolment:
    """Sampled, with an action due in a week."""
    verification.close_sample(
        sample=a_sample(enrolment),
        checks=all_well(),
        criteria=[target.criterion_id for target in targets(enrolment)][:1],
        feedback="Thin.",
        wanted="Hear a second call.",
        due_on=timezone.localdate() + datetime.timedelta(days=7),
        by=enrolment.verifier,
        at=timezone.now(),
    )
    return enrolment


@pytest.mark.parametrize(
    ("name", "code"),
    [("verifier", 200), ("lead", 200), ("assessor", 403), ("administrator", 403)],
)
def test_it_is_for_verifiers(client: AskingClient, house: House, name: str, code: int) -> None:
    client.force_login(getattr(house, name))
    assert [client.get(address).status_code for address in (ADDRESS, UNITS)] == [code, code]


def test_it_is_neither_for_candidates_nor_for_anybody(client: AskingClient, house: House) -> None:
    assert client.get(ADDRESS).status_code == 302
    client.force_login(house.candidate.user)
    assert client.get(ADDRESS).status_code == 403


def test_nothing_waits_at_first(client: AskingClient, house: House) -> None:
    assert not waiting(client, house.verifier)
    assert "No units yet" in listed(client, house.verifier)


@pytest.mark.parametrize(
    ("key", "make", "kind", "acts"),
    [
        ("ocr-cc26", signed_off, "Signed off, not sampled", ["plan_sample", "leave_unsampled"]),
        ("ocr-cc26", sampled, "Ready to verify", ["verify"]),
        ("sqa-h12e04", signed_off, "Ready to verify", ["verify", "plan_sample"]),
        ("ocr-cc26", met, None, []),
        ("ocr-cc26", verified, None, []),
    ],
)
def test_a_unit_waits_for_what_comes_next(
    client: AskingClient,
    house: House,
    key: str,
    make: Callable[[Enrolment], Enrolment],
    kind: str | None,
    acts: list[str],
) -> None:
    enrolment = make(an_enrolment(house, key))
    found = waiting(client, house.verifier)
    assert set(found) & set(KINDS) == ({kind} if kind else set())
    for act in acts:
        assert link(act, enrolment.pk) in found[kind or ""]


def test_an_open_sample_waits_and_the_unit_no_more(client: AskingClient, house: House) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    found = waiting(client, house.verifier)
    assert set(found) & set(KINDS) == {"Open samples"}
    assert link("sample", sample.pk) in found["Open samples"]


def test_a_unit_left_unsampled_waits_no_more(client: AskingClient, house: House) -> None:
    enrolment = signed_off(an_enrolment(house))
    verification.leave_unsampled(enrolment=enrolment, reason="Low risk.", by=house.verifier, at=timezone.now())
    assert not set(waiting(client, house.verifier)) & set(KINDS)


def test_an_action_waits_once_it_is_overdue_or_answered(
    client: AskingClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolment = with_action(signed_off(an_enrolment(house)))
    action = enrolment.actions.get()
    assert not set(waiting(client, house.verifier)) & set(KINDS)
    later = action.due_on + datetime.timedelta(days=1)
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "localdate", lambda value=None: later)
        assert link("action", action.pk) in waiting(client, house.verifier)["Actions overdue"]
        assert link("action", action.pk) in waiting(client, house.lead)["Actions overdue"]
    verification.answer_action(action=action, answer="Heard it.", by=house.assessor, at=timezone.now())
    assert link("action", action.pk) in waiting(client, house.verifier)["Actions answered, to close"]
    verification.close_action(action=action, by=house.verifier, at=timezone.now())
    assert set(waiting(client, house.verifier)) & set(KINDS) == {"Ready to verify"}


@pytest.mark.parametrize("make", [signed_off, verified])
def test_a_signature_gone_stale_is_said_first(
    client: AskingClient, house: House, make: Callable[[Enrolment], Enrolment]
) -> None:
    enrolment = make(an_enrolment(house))
    safekeeping.quarantine(
        file=EvidenceFile.objects.get(), reason="A customer's name.", by=house.assessor, at=timezone.now()
    )
    found = waiting(client, house.verifier)
    assert set(found) & set(KINDS) == {"Changed since it was signed"}
    assert link("send_back", enrolment.pk) in found["Changed since it was signed"]
    assert "candidate" in found["Changed since it was signed"]


def test_it_shows_only_what_the_verifier_verifies_and_all_of_the_centre_to_its_lead(
    client: AskingClient, house: House, other_house: House
) -> None:
    mine = signed_off(an_enrolment(house))
    other = an_enrolment(house, candidate=house.other_candidate, verifier=house.other_verifier)
    elsewhere = an_enrolment(other_house)
    seen = {
        house.verifier: {mine.pk},
        house.other_verifier: {other.pk},
        house.lead: {mine.pk, other.pk},
        other_house.lead: {elsewhere.pk},
    }
    for user, pks in seen.items():
        units = listed(client, user)
        assert ("All units" in units) == (user in (house.lead, other_house.lead))
        for enrolment in (mine, other, elsewhere):
            assert (link("enrolment", enrolment.pk) in units) == (enrolment.pk in pks)
    assert "Signed off, not sampled" not in waiting(client, house.lead)


def test_the_list_is_narrowed_by_status_and_assessor(client: AskingClient, house: House) -> None:
    collecting = an_enrolment(house)
    other = an_enrolment(house, candidate=house.other_candidate, assessor=house.other_assessor)

    def found(query: str) -> list[bool]:
        units = listed(client, house.verifier, query)
        return [link("enrolment", row.pk) in units for row in (collecting, other)]

    assert found("") == [True, True]
    assert found(f"?assessor={house.other_assessor.pk}") == [False, True]
    assert found(f"?status={UnitStatus.COLLECTING}&assessor={house.assessor.pk}") == [True, False]
    assert "Nothing found" in listed(client, house.verifier, f"?status={UnitStatus.VERIFIED}")


def test_the_list_leaves_as_it_is_filtered_with_when_each_was_sampled(client: AskingClient, house: House) -> None:
    sampled(an_enrolment(house))
    an_enrolment(house, candidate=house.other_candidate)
    asked = f"?status={UnitStatus.SIGNED_OFF}"
    place = reverse("assessments:units_file", args=["csv"]) + asked
    assert f'href="{place}"' in listed(client, house.verifier, asked)
    (line,) = taken(client, place)
    assert [line[head] for head in ("Candidate", "Unit", "Assessor")] == ["Cara Northgate", "CC26", "Asha Northgate"]
    assert line["Last sampled"].startswith(str(timezone.localdate()))
    client.force_login(house.other_verifier)
    assert taken(client, place) == []
    assert AccessLine.objects.get().subject_kind == "units verified"


def test_it_takes_as_many_queries_with_few_units_as_with_many(client: AskingClient, house: House) -> None:
    client.force_login(house.lead)
    counts = []
    for number in range(4):
        candidate = a_candidate(house.centre, f"Candidate {number}")
        signed_off(an_enrolment(house, candidate=candidate, verifier=house.lead))
        with_action(signed_off(an_enrolment(house, "ocr-cc32", candidate=candidate, verifier=house.lead)))
        a_sample(an_enrolment(house, "ocr-d20", candidate=candidate, verifier=house.lead))
        with CaptureQueriesContext(connection) as queries:
            client.get(ADDRESS)
            client.get(UNITS)
        counts.append(len(queries))
    assert counts[0] == counts[-1] <= 2 * 15


def test_a_long_list_of_one_kind_hides_no_other_kind(
    client: AskingClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "SHORT_LIST", 1)
    first, second = (signed_off(an_enrolment(house, candidate=who)) for who in (house.candidate, house.other_candidate))
    later = sampled(an_enrolment(house, "ocr-d20"))
    found = waiting(client, house.verifier)
    assert link("plan_sample", first.pk) in found["Signed off, not sampled"]
    assert link("plan_sample", second.pk) not in found["Signed off, not sampled"]
    assert link("verify", later.pk) in found["Ready to verify"]
    assert "There is more than is shown here" in client.get(ADDRESS).content.decode()
