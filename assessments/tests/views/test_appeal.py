"""Pages of appeals: the candidate raises and follows, the office runs them, the adjudicator decides."""

import pytest
from django.urls import reverse

from assessments.enums import AppealOutcome
from assessments.models import Appeal
from assessments.testing import House, an_enrolment, an_external
from assessments.tests.appeals import appointed, decided, further, not_yet
from assessments.tests.views.visitors import queries_of, signed_in
from portfolio.access import IN_PLACE_ONLY
from portfolio.models import AccessLine
from portfolio.tests.lists import taken

LIST = "/appeals/file/csv/"
pytestmark = pytest.mark.django_db


def at(name: str, appeal: Appeal) -> str:
    return reverse(f"assessments:{name}", args=[appeal.pk])


def test_an_appeal_goes_from_the_decision_to_what_follows(house: House) -> None:
    decision = not_yet(house)
    unit = decision.enrolment
    candidate, office = signed_in(house.candidate.user), signed_in(house.administrator)
    item = candidate.get(reverse("assessments:evidence", args=[decision.version.evidence_id])).content.decode()
    place = f"{reverse('assessments:raise_appeal', args=[unit.pk])}?against=decision-{decision.pk}"
    assert place in item
    assert f'value="decision-{decision.pk}" selected' in candidate.get(place).content.decode()
    typed = {"against": f"decision-{decision.pk}", "grounds": ""}
    assert candidate.post(place, typed).status_code == 409
    candidate.post(place, {**typed, "grounds": "The log shows it."})
    appeal = Appeal.objects.get()
    assert f"Appeal {appeal.pk}" in candidate.get(reverse("assessments:enrolment", args=[unit.pk])).content.decode()
    office.post(at("appeal", appeal), {"press": "acknowledge"})
    chosen = {"adjudicator": house.other_assessor.pk}
    offered = office.get(at("appoint_adjudicator", appeal)).content.decode()
    assert f'<option value="{house.other_assessor.pk}">' in offered
    assert f'<option value="{house.assessor.pk}">' not in offered
    office.post(at("appoint_adjudicator", appeal), chosen)
    adjudicator = signed_in(house.other_assessor)
    assert adjudicator.get(reverse("assessments:enrolment", args=[unit.pk])).status_code == 200
    adjudicator.post(at("decide_appeal", appeal), {"outcome": "upheld", "finding": "It is on page 2."})
    page = candidate.get(at("appeal", appeal)).content.decode()
    assert "It is on page 2." in page
    assert "Upheld, to be followed up" in page
    office.post(at("follow_up", appeal), {"done": "The assessor was told."})
    assert "Upheld and followed up" in candidate.get(reverse("assessments:appeals")).content.decode()


def test_a_candidate_takes_it_further_by_one_press(house: House) -> None:
    appeal, candidate = decided(house), signed_in(house.candidate.user)
    assert "Take it further" in candidate.get(at("appeal", appeal)).content.decode()
    candidate.post(at("appeal", appeal), {"press": "further"})
    assert appeal.hearings.count() == 2
    assert candidate.post(at("appeal", appeal), {"press": "further"}).status_code == 409


def test_strangers_learn_nothing(house: House, other_house: House) -> None:
    appeal = appointed(house)
    for user in (house.other_candidate.user, house.trainee, other_house.administrator):
        assert signed_in(user).get(at("appeal", appeal)).status_code == 404
        assert taken(signed_in(user), LIST) == []


def test_the_list_leaves_with_its_stages_but_never_for_who_sees_in_place_only(house: House) -> None:
    appeal, office = decided(house), signed_in(house.administrator)
    assert f'href="{LIST}"' in office.get(reverse("assessments:appeals")).content.decode()
    (line,) = taken(office, LIST)
    heads = ("Appeal", "Candidate", "Unit", "Outcome of the stage", "Where it stands")
    told = [str(appeal), "Cara Northgate", "CC26", "Not upheld", "Waits for the candidate's answer"]
    assert [line[head] for head in heads] == told
    visitor = signed_in(an_external(house, may_download=False).grant.user)
    page = visitor.get(reverse("assessments:appeals")).content.decode()
    assert (str(appeal) in page, LIST in page, IN_PLACE_ONLY in page) == (True, False, True)
    assert visitor.get(LIST).status_code == 403
    assert AccessLine.objects.filter(downloaded=True).count() == 1


@pytest.mark.parametrize("name", ["appeal", "appoint_adjudicator", "decide_appeal", "follow_up"])
def test_a_page_of_an_appeal_asks_fifteen_times_at_most(house: House, name: str) -> None:
    appeal = decided(house, AppealOutcome.UPHELD) if name == "follow_up" else further(house)
    reader = house.other_verifier if name == "decide_appeal" else house.administrator
    assert queries_of(signed_in(reader), at(name, appeal)) <= 15


@pytest.mark.parametrize("about", ["conduct", "adjustment", "prior_learning", "result"])
def test_how_one_was_assessed_is_appealed_from_the_page_of_the_unit(house: House, about: str) -> None:
    unit = an_enrolment(house)
    candidate, office = signed_in(house.candidate.user), signed_in(house.administrator)
    place = reverse("assessments:raise_appeal", args=[unit.pk])
    assert place in candidate.get(reverse("assessments:enrolment", args=[unit.pk])).content.decode()
    assert "How the assessment was carried out" in candidate.get(place).content.decode()
    candidate.post(place, {"against": about, "grounds": "Nobody asked me what I need."})
    appeal = Appeal.objects.get()
    assert appeal.about == about
    page = office.get(at("appeal", appeal)).content.decode()
    assert appeal.get_about_display() in page
    assert "Nobody asked me what I need." in page
    assert appeal.get_about_display() in office.get(reverse("assessments:appeals")).content.decode()
    office.post(at("appeal", appeal), {"press": "acknowledge"})
    office.post(at("appoint_adjudicator", appeal), {"adjudicator": house.other_assessor.pk})
    adjudicator = signed_in(house.other_assessor)
    assert "the record of the unit" in adjudicator.get(at("appeal", appeal)).content.decode()
    adjudicator.post(at("decide_appeal", appeal), {"outcome": "upheld", "finding": "She was not asked."})
    assert "Have it assessed again" not in office.get(at("follow_up", appeal)).content.decode()
    assert "Others it may affect" not in office.get(at("appeal", appeal)).content.decode()
    office.post(at("follow_up", appeal), {"done": "Asked, and arranged."})
    appeal.refresh_from_db()
    assert appeal.closed_as == "followed_up"
