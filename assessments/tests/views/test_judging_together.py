"""It tells an assessor what happened to an item while they read it, by whom and when, and loses nothing they typed."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.actions import allocation, claims, judgement, safekeeping
from assessments.actions import enrolment as enrolments
from assessments.actions import evidence as items
from assessments.enums import AllocatedAs, Verdict
from assessments.models import Decision, DecisionMarker, Enrolment, EvidenceVersion
from assessments.testing import House, a_draft, a_file, an_enrolment, handed_in, judged, met, targets
from assessments.tests.views.test_judgement import RULES, key, send, token_of
from portfolio.models import User

pytestmark = pytest.mark.django_db

WORDS = "Łatwe, ale brakuje daty."


@pytest.fixture
def unit(house: House) -> Enrolment:
    return an_enrolment(house)


@pytest.fixture
def version(unit: Enrolment) -> EvidenceVersion:
    return handed_in(unit, "1.1", "1.2")


@pytest.fixture
def asha(client: Client, house: House) -> Client:
    client.force_login(house.assessor)
    return client


def typed(unit: Enrolment, **more: str) -> dict[str, str]:
    return {**RULES, f"verdict-{key(unit, '1.1')}": "contributes", f"feedback-{key(unit, '1.1')}": WORDS, **more}


def replaced(version: EvidenceVersion, by: User) -> EvidenceVersion:
    draft = items.replace(version=version, by=by, at=timezone.now())
    return items.submit(version=draft, by=by, at=timezone.now())


def mapped_more(version: EvidenceVersion, house: House) -> None:
    unit = version.evidence.mappings.earliest("pk").enrolment
    claims.map_more(version=version, targets=targets(unit, "2.1"), by=house.candidate.user, at=timezone.now())


def taken_back(version: EvidenceVersion, house: House) -> None:
    mapping = version.evidence.mappings.get(criterion__number="1.2")
    claims.take_back(mapping=mapping, by=house.candidate.user, at=timezone.now())


def quarantined(version: EvidenceVersion, house: House) -> None:
    file = version.files.get()
    safekeeping.quarantine(file=file, reason="Names.", by=house.administrator, at=timezone.now())


def redacted(version: EvidenceVersion, house: House) -> None:
    safekeeping.redact(
        file=version.files.get(),
        replacement=a_file(house.centre, "█████"),
        reason="Names.",
        by=house.administrator,
        at=timezone.now(),
    )


def judged_elsewhere(version: EvidenceVersion, house: House) -> None:
    judged(version, version.evidence.mappings.earliest("pk").enrolment, Verdict.NOT_YET, "1.1")


MEANWHILE: list[tuple[Callable[[EvidenceVersion, House], None], str]] = [
    (mapped_more, "Cara Northgate mapped it to CC26 2.1 on "),
    (taken_back, "Cara Northgate took back the mapping to CC26 1.2 on "),
    (quarantined, "put “notes.txt” in quarantine on "),
    (redacted, "redacted “notes.txt” on "),
    (judged_elsewhere, "You assessed this item on "),
]


@pytest.mark.parametrize(("happen", "sentence"), MEANWHILE)
def test_it_says_what_changed_keeps_what_was_typed_and_saves_when_confirmed(
    asha: Client, house: House, unit: Enrolment, version: EvidenceVersion, happen: Any, sentence: str
) -> None:
    token = token_of(asha, version)
    happen(version, house)
    before = Decision.objects.count()
    told = send(asha, version, typed(unit), token)
    page = told.content.decode()
    assert told.status_code == 409
    assert sentence in page
    assert f"{timezone.localtime():%-d %B %Y at }" in page
    assert WORDS in page
    assert Decision.objects.count() == before
    confirmed = send(asha, version, typed(unit), token_in(page))
    assert confirmed.status_code == 302
    assert Decision.objects.count() == before + 1


def token_in(page: str) -> str:
    from_page = page.partition('name="page_of_seen" value="')[2]
    return from_page.partition('"')[0]


def test_a_form_that_is_incomplete_does_not_hide_what_happened(
    asha: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    token = token_of(asha, version)
    mapped_more(version, house)
    incomplete = send(asha, version, {**RULES, f"verdict-{key(unit, '1.1')}": "not_yet"}, token).content.decode()
    assert "Say what 1.1 still needs." in incomplete
    assert "mapped it to CC26 2.1" in send(asha, version, typed(unit), token_in(incomplete)).content.decode()


def test_a_page_that_does_not_say_what_it_showed_saves_nothing(
    asha: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    others = handed_in(unit, "2.1")
    for token in ("forged", token_of(asha, others)):
        page = send(asha, version, typed(unit), token)
        assert "does not say what it showed you" in page.content.decode()
        assert WORDS in page.content.decode()
    assert not Decision.objects.exists()


def test_what_was_typed_comes_along_to_the_version_that_took_its_place(
    asha: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    judged(version, unit, Verdict.CONTRIBUTES, "1.1")
    token = token_of(asha, version)
    newer = replaced(version, house.candidate.user)
    page = send(asha, version, typed(unit), token).content.decode()
    assert "Cara Northgate handed in version 2 on " in page
    assert f'formaction="/assessing/{newer.pk}/"' in page
    assert WORDS in page
    there = send(asha, newer, typed(unit, look="version"), token)
    assert there.status_code == 200
    assert WORDS in there.content.decode()
    assert send(asha, newer, typed(unit), token_in(there.content.decode())).status_code == 302
    assert newer.decisions.get().feedback == WORDS


def test_an_earlier_version_leads_on_to_the_one_in_force(
    asha: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    judged(version, unit, Verdict.CONTRIBUTES, "1.1")
    newer = replaced(version, house.candidate.user)
    page = asha.get(f"/assessing/{version.pk}/").content.decode()
    assert f'href="/assessing/{newer.pk}/"' in page
    assert "What changed since version 1" in asha.get(f"/assessing/{newer.pk}/").content.decode()


def test_a_withdrawn_item_says_who_withdrew_it(
    asha: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    token = token_of(asha, version)
    items.withdraw_item(version=version, reason="Not theirs.", by=house.assessor, at=timezone.now())
    page = send(asha, version, typed(unit), token).content.decode()
    assert "You withdrew this item on " in page
    assert "Not theirs." in page
    assert WORDS in page


def test_a_unit_that_moved_on_says_so_and_gives_back_what_was_typed_on_it(
    asha: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    second = an_enrolment(house, "ocr-cc32")
    claims.map_more(version=version, targets=targets(second, "1.1"), by=house.candidate.user, at=timezone.now())
    token = token_of(asha, version)
    enrolments.suspend(enrolment=unit, reason="Leave.", by=house.administrator, at=timezone.now())
    sent = typed(unit, **{f"verdict-{key(second, '1.1')}": "met"})
    page = send(asha, version, sent, token).content.decode()
    assert "CC26 is “Suspended” now and cannot be judged: Northgate Admin, on " in page
    assert "What you typed on criteria that you cannot judge now" in page
    assert WORDS in page
    assert send(asha, version, sent, token_in(page)).status_code == 302
    assert [row.enrolment for row in Decision.objects.all()] == [second]


def test_who_no_longer_assesses_a_unit_is_told_who_does_and_keeps_their_words(
    asha: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    token = token_of(asha, version)
    allocation.allocate(
        enrolment=unit,
        part=AllocatedAs.ASSESSOR,
        user=house.other_assessor,
        reason="Leave.",
        by=house.administrator,
        at=timezone.now(),
    )
    answer = send(asha, version, typed(unit), token)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "CC26 is assessed by Aled Northgate now: Northgate Admin allocated it on " in page
    assert WORDS in page
    stranger = send(asha, version, typed(unit), "forged").content.decode()
    assert "Aled" not in stranger
    assert WORDS in stranger


# --- what a reading holds --------------------------------------------------------------------------------------------


def test_places_are_kept_with_the_decision_and_shown_wherever_it_is(
    asha: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    places = "“What I did” her own words\nfile 1, “that week”"
    sent = typed(unit, **{f"places-{key(unit, '1.1')}": places})
    assert send(asha, version, sent).status_code == 302
    first, second = DecisionMarker.objects.all()
    assert (first.passage, first.note, first.file) == ("What I did", "her own words", version.files.get())
    assert second.passage == "that week"
    spot = f"/evidence/{version.evidence_id}/?version=1#file-{first.file_id}:~:text=What%20I%20did"
    judge, item = f"/assessing/{version.pk}/", f"/evidence/{version.evidence_id}/"
    for address in (judge, item, f"/enrolments/{unit.pk}/?view=criteria"):
        page = asha.get(address).content.decode()
        assert spot in page, address
        assert "her own words" in page, address


def test_what_would_be_lost_is_refused_with_its_sentence(
    asha: Client, unit: Enrolment, version: EvidenceVersion
) -> None:
    undecided = {**RULES, f"feedback-{key(unit, '1.2')}": WORDS, f"verdict-{key(unit, '1.1')}": "met"}
    page = send(asha, version, undecided).content.decode()
    assert "kept with a decision: decide 1.2, or take them out." in page
    assert WORDS in page
    nowhere = typed(unit, **{f"places-{key(unit, '1.1')}": "in the middle"})
    assert "Write a place as 3:25" in send(asha, version, nowhere).content.decode()
    assert not Decision.objects.exists()


def test_further_criteria_get_their_fields_without_losing_what_was_typed(
    asha: Client, unit: Enrolment, version: EvidenceVersion
) -> None:
    sent: dict[str, Any] = {**typed(unit), "look": "criteria", "also": [key(unit, "3.1"), key(unit, "3.2")]}
    answer = send(asha, version, sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'name="verdict-{key(unit, "3.2")}"' in page
    assert f'name="verdict-{key(unit, "3.3")}"' not in page
    assert WORDS in page
    assert not Decision.objects.exists()


def test_the_history_of_a_criterion_is_told_across_versions_and_people(
    asha: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    judged(version, unit, Verdict.CONTRIBUTES, "1.1")
    newer = replaced(version, house.candidate.user)
    for address in (f"/assessing/{newer.pk}/", f"/evidence/{newer.evidence_id}/"):
        page = asha.get(address).content.decode()
        told = page[page.index("What was said before" if "assessing" in address else "Feedback</h2>") :]
        order = ["Handed in", "Cara Northgate", "Assessed", "Asha Northgate", "Tell me what came of it.", "version 2"]
        places = [told.index(words) for words in order]
        assert places == sorted(places), address
    assert "I reviewed the calls of my team." in told


def test_a_countersigners_disagreement_is_part_of_the_history(client: Client, house: House) -> None:
    unit = an_enrolment(house, assessor=house.trainee)
    version = handed_in(met(unit), "1.1")
    judged(version, unit)
    unit = judgement.declare(enrolment=unit, by=unit.candidate_user, at=timezone.now())
    judgement.sign_off(enrolment=unit, comments="", by=house.trainee, at=timezone.now())
    decision = version.decisions.get()
    judgement.hand_back(enrolment=unit, reason="Thin.", disagreed=[decision.pk], by=house.assessor, at=timezone.now())
    judgement.refer(enrolment=unit, feedback="More.", by=house.trainee, at=timezone.now())
    client.force_login(house.trainee)
    page = client.get(f"/assessing/{version.pk}/").content.decode()
    assert "Did not agree</strong> Asha Northgate" in page
    assert "Thin." in page


def test_next_goes_round_the_queue_and_saves_nothing(
    asha: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    second, third = handed_in(unit, "2.1"), handed_in(unit, "2.2")
    way = [version, second, third, version]
    for here, there in pairwise(way):
        assert asha.get(f"/assessing/{here.pk}/next/").headers["Location"] == f"/assessing/{there.pk}/"
    assert not Decision.objects.exists()
    a_draft(unit, "2.3")
    judged(second, unit)
    assert asha.get(f"/assessing/{second.pk}/next/").headers["Location"] == f"/assessing/{third.pk}/"
    for done in (version, third):
        judged(done, unit)
    assert asha.get(f"/assessing/{third.pk}/next/").headers["Location"] == "/assessing/"
