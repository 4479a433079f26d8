"""An id in a form field opens no more than one in an address: another centre's, another person's, another record's.

Each press is first made with what is not theirs, then with what is: so that it is the id that is refused.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Adjustment, Case, Enrolment, Evidence, Mapping
from assessments.queries.mapping import value_of
from assessments.testing import House, a_draft, an_enrolment, handed_in, signed_off
from portfolio import transfers
from portfolio.models import AuditEvent, CandidateRecord, Centre, StaffRecord, Upload, User
from portfolio.tests import small_files
from units.models import Unit

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate().isoformat()


@pytest.fixture
def there(other_house: House) -> SimpleNamespace:
    """What is another centre's."""
    unit = an_enrolment(other_house)
    upload = transfers.keep_whole(
        centre=other_house.centre, by=other_house.candidate.user, file=file(), name="a.pdf", at=timezone.now()
    )
    return SimpleNamespace(house=other_house, unit=unit, item=handed_in(unit, "1.1"), upload=upload)


def file() -> Any:
    return ContentFile(small_files.pdf())


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def staff_pk(user: User) -> int:
    return StaffRecord.objects.get(user=user).pk


def criterion(unit: Enrolment, number: str) -> int:
    return unit.unit.criteria.get(number=number).pk


def refused_then_taken(press: Callable[[Any], Any], foreign: Any, own: Any) -> None:
    """The press with the foreign id changes nothing; the same press with an id of one's own is taken."""
    lines = AuditEvent.objects.count()
    answer = press(foreign)
    assert answer.status_code in (200, 403, 404, 409, 422), answer.status_code
    assert AuditEvent.objects.count() == lines
    assert press(own).status_code == 302
    assert AuditEvent.objects.count() > lines
    assert reaching_across() == []


def test_a_candidate_maps_to_no_unit_and_no_criterion_of_another(house: House, there: SimpleNamespace) -> None:
    mine, browser = an_enrolment(house), browser_of(house.candidate.user)
    item = handed_in(mine, "1.1")
    place = reverse("assessments:map_evidence", args=[item.evidence_id])
    for foreign in (
        value_of(there.unit.pk, criterion(there.unit, "1.2")),
        value_of(an_enrolment(house, "ocr-cc16", candidate=house.other_candidate).pk, criterion(mine, "1.2")),
        value_of(mine.pk, Unit.objects.get(key="ocr-d20").criteria.earliest("pk").pk),
    ):
        assert browser.post(place, {"criteria": [foreign]}).status_code == 200
    refused_then_taken(
        lambda value: browser.post(place, {"criteria": [value]}),
        value_of(there.unit.pk, criterion(there.unit, "1.3")),
        value_of(mine.pk, criterion(mine, "1.2")),
    )


def test_a_cell_takes_no_item_of_another(house: House, there: SimpleNamespace) -> None:
    mine, browser = an_enrolment(house), browser_of(house.candidate.user)
    item, others = handed_in(mine, "1.1"), an_enrolment(house, candidate=house.other_candidate)
    place, number = reverse("assessments:map_cell", args=[mine.pk]), criterion(mine, "1.2")

    def press(pk: int) -> Any:
        return browser.post(place, {"evidence": pk, "criterion": number, "claim": "on"})

    assert press(handed_in(others, "1.1").evidence_id).status_code == 404
    refused_then_taken(press, there.item.evidence_id, item.evidence_id)


def test_a_mapping_of_another_is_not_taken_back(house: House, there: SimpleNamespace) -> None:
    mine, browser = an_enrolment(house), browser_of(house.candidate.user)
    item = handed_in(mine, "1.1", "1.2")
    place = reverse("assessments:map_evidence", args=[item.evidence_id])
    refused_then_taken(
        lambda pk: browser.post(place, {"take_back": pk}),
        Mapping.objects.get(evidence=there.item.evidence_id).pk,
        Mapping.objects.filter(evidence=item.evidence_id).earliest("pk").pk,
    )


def test_an_upload_of_another_is_in_no_item(house: House, there: SimpleNamespace) -> None:
    """Not another centre's, nor a colleague's, nor one's own at another centre."""
    mine, browser = an_enrolment(house), browser_of(house.candidate.user)
    draft = a_draft(mine)
    theirs = transfers.keep_whole(
        centre=house.centre, by=house.other_candidate.user, file=file(), name="b.pdf", at=timezone.now()
    )
    for upload in (there.upload, theirs):
        sent = {"title": "Mine", "kind": "work_product", "setting": "paid_work", "held": "here", "others_data": "none"}
        browser.post(
            reverse("assessments:edit_evidence", args=[draft.evidence_id]), sent | {"upload": str(upload.token)}
        )
        assert Upload.objects.get(pk=upload.pk).claimed_at is None
        place = reverse("portfolio:upload", args=[upload.token])
        assert browser.get(place).status_code == browser.delete(place).status_code == 404
    assert reaching_across() == []


def test_the_office_enrols_nobody_elsewhere_and_names_nobody_from_there(house: House, there: SimpleNamespace) -> None:
    browser, place = browser_of(house.administrator), reverse("assessments:enrol", args=[house.centre.slug])
    right = {
        "candidate": house.candidate.pk,
        "unit": Unit.objects.get(key="ocr-cc26").pk,
        "assessor": staff_pk(house.assessor),
        "verifier": staff_pk(house.verifier),
        "started_on": TODAY,
    }
    wrong = {
        "candidate": there.house.candidate.pk,
        "assessor": staff_pk(there.house.assessor),
        "verifier": staff_pk(there.house.verifier),
        "countersigner": staff_pk(there.house.other_assessor),
    }
    for name, pk in wrong.items():
        assert browser.post(place, {**right, name: pk}).status_code == 409, name
    refused_then_taken(lambda sent: browser.post(place, sent), {**right, **wrong}, right)


def test_a_part_is_given_to_nobody_from_elsewhere(house: House, there: SimpleNamespace) -> None:
    mine, browser = an_enrolment(house), browser_of(house.administrator)
    place = reverse("assessments:allocate", args=[mine.pk, "verifier"])
    refused_then_taken(
        lambda pk: browser.post(place, {"user": pk, "reason": "Away."}),
        staff_pk(there.house.verifier),
        staff_pk(house.other_verifier),
    )


@pytest.mark.parametrize("name", ["arrange_adjustment", "hold_record"])
def test_the_office_writes_of_no_candidate_elsewhere(house: House, there: SimpleNamespace, name: str) -> None:
    browser, place = browser_of(house.administrator), reverse(f"assessments:{name}", args=[house.centre.slug])
    words = {"arranged": "More time.", "from_on": TODAY, "reason": "A court asks."}
    refused_then_taken(
        lambda pk: browser.post(place, {"candidate": pk, **words}), there.house.candidate.pk, house.candidate.pk
    )
    assert not Adjustment.objects.filter(candidate=there.house.candidate).exists()


def test_a_case_holds_nothing_of_another_centre(house: House, there: SimpleNamespace) -> None:
    browser, place = browser_of(house.administrator), reverse("assessments:open_case", args=[house.centre.slug])
    words = {"kind": "malpractice", "summary": "Two logs read alike."}
    for elsewhere in ({"candidates": there.house.candidate.pk}, {"staff": staff_pk(there.house.assessor)}):
        assert browser.post(place, {**words, **elsewhere}).status_code == 409
    refused_then_taken(
        lambda pk: browser.post(place, {**words, "candidates": pk}), there.house.candidate.pk, house.candidate.pk
    )
    hold = reverse("assessments:hold", args=[Case.objects.get().pk])
    mine = an_enrolment(house)
    refused_then_taken(lambda what: browser.post(hold, {"what": what}), f"unit-{there.unit.pk}", f"unit-{mine.pk}")


def test_forms_are_made_of_no_unit_elsewhere(house: House, there: SimpleNamespace) -> None:
    theirs = signed_off(an_enrolment(there.house, "ocr-cc32", countersigner=there.house.other_assessor))
    browser = browser_of(house.administrator)
    lines = AuditEvent.objects.filter(chain__centre=there.house.centre).count()
    browser.post(reverse("assessments:centre_forms", args=[house.centre.slug]), {"chosen": [theirs.pk]})
    browser.post(reverse("assessments:reassign", args=[house.centre.slug]), {"chosen": [theirs.pk], "part": "assessor"})
    for kind in ("unit", "award"):
        place = reverse("assessments:make_claims", args=[house.centre.slug, "ocr"])
        browser.post(place, {"chosen": [f"{kind}-{theirs.pk}"]})
    assert AuditEvent.objects.filter(chain__centre=there.house.centre).count() == lines
    assert reaching_across() == []


# --- whatever was done -----------------------------------------------------------------------------------------------


def has_centre(model: type[models.Model]) -> bool:
    """Whether a row says itself whose it is."""
    return "centre" in {field.name for field in model._meta.concrete_fields}


def reaching_across() -> list[str]:
    """Rows of one centre that name a row of another: there is never one."""
    found = []
    for floor in ("portfolio", "units", "assessments"):
        for model in apps.get_app_config(floor).get_models():
            if model._meta.proxy or not has_centre(model):
                continue
            for field in model._meta.concrete_fields:
                target = field.related_model
                if not isinstance(field, models.ForeignKey) or target is Centre or not isinstance(target, type):
                    continue
                if not has_centre(target):
                    continue
                rows = model._base_manager.exclude(**{f"{field.name}__isnull": True})
                own = models.F(f"{field.name}__centre_id")
                if rows.exclude(centre_id=own).exclude(**{f"{field.name}__centre_id__isnull": True}).exists():
                    found.append(f"{model._meta.label}.{field.name}")
    return found


def test_something_is_looked_at_for_rows_that_reach_across() -> None:
    looked_at = [
        (model, field)
        for model in apps.get_app_config("assessments").get_models()
        for field in model._meta.concrete_fields
        if has_centre(model) and isinstance(field, models.ForeignKey) and field.related_model in KNOWN
    ]
    assert len(looked_at) > 10


KNOWN = (Enrolment, Evidence, CandidateRecord)
