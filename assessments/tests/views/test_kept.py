"""Every longer form is kept as it is typed, and comes back with it; what it becomes forgets it."""

import datetime
from collections.abc import Iterator

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.forms.evidence import EvidenceForm, ReasonForm
from assessments.forms.journey import VerbForm
from assessments.forms.mapping import MapForm
from assessments.forms.reading import ReadingForm
from assessments.forms.testimony import WitnessForm
from assessments.forms.verification import WhyForm
from assessments.models import Enrolment, EvidenceVersion
from assessments.testing import House, a_draft, an_enrolment, described, handed_in
from portfolio import work
from portfolio.forms import KeptForm
from portfolio.models import User, WorkInProgress
from portfolio.testing import with_password
from portfolio.work import Save, Subject, Typed

pytestmark = pytest.mark.django_db

TEXT = "Typed on the bus, and not sent."


@pytest.fixture
def unit(house: House) -> Enrolment:
    return an_enrolment(house)


def all_forms(above: type[forms.Form] = forms.Form) -> Iterator[type[forms.Form]]:
    for form in above.__subclasses__():
        yield form
        yield from all_forms(form)


def test_every_form_with_room_for_writing_is_kept() -> None:
    ours = [form for form in all_forms() if form.__module__.startswith(("portfolio.", "units.", "assessments."))]
    longer = [
        form for form in ours if any(isinstance(field.widget, forms.Textarea) for field in form.base_fields.values())
    ]
    assert len(longer) > 8
    assert [form.__name__ for form in longer if not issubclass(form, KeptForm)] == [WitnessForm.__name__]


def test_every_kept_form_is_called_something() -> None:
    assert [form for form in all_forms(KeptForm) if not getattr(form, "kept_as", "")] == []


def typed(user: User, form: type[KeptForm], about: str, **fields: list[str]) -> Subject:
    """The person types into a form."""
    subject = Subject(user, form.kept_as, about)
    age = datetime.timedelta(seconds=2)
    work.keep(subject, Save("a", 1, 0, {key: Typed(values, age) for key, values in fields.items()}), at=timezone.now())
    return subject


def entering(client: Client, user: User) -> Client:
    client.force_login(with_password(user))
    return client


def test_an_item_comes_back_with_its_ticks_and_sending_it_forgets_it(client: Client, unit: Enrolment) -> None:
    criterion = unit.unit.criteria.get(number="1.1")
    value = f"{unit.pk}:{criterion.pk}"
    ticked = {f"criteria={value}": [value], f"locator-{value}": ["page 3"]}
    typed(
        unit.candidate_user, EvidenceForm, f"new of {unit.candidate_id}", title=["Call"], description=[TEXT], **ticked
    )
    entering(client, unit.candidate_user)
    page = client.get(reverse("assessments:add_evidence")).content.decode()
    assert TEXT in page
    assert f'value="{value}" checked' in page
    assert 'value="page 3"' in page
    assert "have not sent it yet" in page
    assert "alert-danger" not in page
    sent = {"title": "Call", "description": TEXT, "kind": "work_product", "setting": "paid_work", "held": "here"}
    answer = client.post(reverse("assessments:add_evidence"), sent | {"others_data": "none", "criteria": value})
    assert answer.status_code == 302
    assert not WorkInProgress.objects.exists()


def test_a_draft_says_that_it_was_changed_elsewhere_meanwhile(client: Client, unit: Enrolment) -> None:
    draft = a_draft(unit, "1.1")
    entering(client, unit.candidate_user)
    address = reverse("assessments:edit_evidence", args=[draft.evidence_id])
    basis = client.get(address).context["form"].work.subject.basis
    subject = Subject(unit.candidate_user, EvidenceForm.kept_as, str(draft.pk), basis)
    save = Save("a", 1, 0, {"description": Typed([TEXT], datetime.timedelta(0))})
    work.keep(subject, save, at=timezone.now())
    assert "The record has changed" not in client.get(address).content.decode()
    items.edit_draft(
        version=draft,
        described=described("Another title"),
        add=[],
        remove=[],
        targets=[],
        by=unit.candidate_user,
        at=timezone.now(),
    )
    page = client.get(address).content.decode()
    assert "The record has changed" in page
    assert TEXT in page


@pytest.mark.parametrize(
    ("who", "name", "form", "about", "field"),
    [
        ("candidate", "assessments:map_evidence", MapForm, "{item}", None),
        ("assessor", "assessments:withdraw_evidence", ReasonForm, "withdraw {version}", "reason"),
        ("assessor", "assessments:judge", ReadingForm, "{item}", "feedback"),
        ("administrator", "assessments:suspend", VerbForm, "suspend {unit}", "reason"),
        ("verifier", "assessments:plan_sample", WhyForm, "/units/{unit}/sample/", "reason"),
    ],
    ids=["mapping", "withdrawing", "judging", "a verb", "planning a sample"],
)
def test_it_comes_back(
    client: Client,
    house: House,
    unit: Enrolment,
    who: str,
    name: str,
    form: type[KeptForm],
    about: str,
    field: str | None,
) -> None:
    version = handed_in(unit, "1.1")
    people = {
        "candidate": unit.candidate_user,
        "assessor": house.assessor,
        "administrator": house.administrator,
        "verifier": house.verifier,
    }
    address = reverse(name, args=[place_of(name, unit, version)])
    subject = about.format(item=version.evidence_id, version=version.pk, unit=unit.pk)
    subject = address[:60] if form is WhyForm else subject
    criterion = unit.unit.criteria.get(number="2.1")
    value = f"{unit.pk}:{criterion.pk}"
    typed(people[who], form, subject, **({field: [TEXT]} if field else {f"locator-{value}": [TEXT]}))
    page = entering(client, people[who]).get(address).content.decode()
    assert TEXT in page
    assert "data-kept" in page
    assert "have not sent it yet" in page


def place_of(name: str, unit: Enrolment, version: EvidenceVersion) -> int:
    if name.endswith("_evidence"):
        return version.evidence_id
    return version.pk if name.endswith("judge") else unit.pk
