"""Qualifications: written down by a centre or loaded with the standard, frozen once published."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portfolio.models import AuditEvent, Centre, User
from portfolio.refusal import Refusal
from portfolio.testing import a_centre, an_administrator
from units import actions
from units.actions import Particulars, WrittenGroup
from units.enums import GroupKind
from units.models import (
    AwardingBody,
    BarredPair,
    Qualification,
    QualificationGroup,
    QualificationUnit,
    Unit,
)
from units.qualifications import qualification_page, structure_of
from units.testing import a_draft, an_award, ids

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard")]
TABLES = {
    "units_qualification": ("title", "rules of combination"),
    "units_qualificationgroup": ("title", "groups"),
    "units_qualificationunit": ("position", "units"),
    "units_barredpair": ("one_id", "barred combinations"),
}


@pytest.fixture
def centre() -> Centre:
    return a_centre("Northgate Centre")


@pytest.fixture
def administrator(centre: Centre) -> User:
    found = an_administrator(centre, "Nora Admin")
    for body in AwardingBody.objects.all():
        actions.approve(centre=centre, awarding_body=body, centre_number="12345", by=found, at=timezone.now())
    return found


@pytest.fixture
def draft(centre: Centre, administrator: User) -> Qualification:
    return a_draft(centre, administrator)


def with_a_barred_pair(draft: Qualification, by: User) -> Qualification:
    groups, _ = actions.structure_written(draft)
    pair = (ids("ocr-cc32")[0], ids("ocr-cc16")[0])
    return actions.arrange(qualification=draft, groups=groups, barred=[pair], by=by, at=timezone.now())


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


# --- writing one down ------------------------------------------------------------------------------------------------


def test_it_is_a_draft_that_only_its_administrators_see_until_it_is_published(
    draft: Qualification, administrator: User
) -> None:
    other = an_administrator(a_centre("Elsewhere"), "Ella Else")
    assert Qualification.objects.visible_to(administrator).get() == draft
    assert not Qualification.objects.visible_to(other).exists()
    actions.publish_qualification(qualification=draft, by=administrator, at=timezone.now())
    assert not Qualification.objects.visible_to(other).exists()
    lines = AuditEvent.objects.filter(subject_kind="qualification").order_by("pk").values_list("verb", flat=True)
    assert list(lines) == ["write qualification", "arrange qualification", "publish qualification"]


def test_nobody_but_an_administrator_of_the_centre_writes_one_down(draft: Qualification) -> None:
    stranger = an_administrator(a_centre("Elsewhere"), "Ella Else")
    at = timezone.now()
    with pytest.raises(Refusal, match="Only an administrator of Northgate Centre"):
        actions.edit_qualification(qualification=draft, particulars=Particulars("Mine"), by=stranger, at=at)
    with pytest.raises(Refusal, match="Only an administrator"):
        actions.arrange(qualification=draft, groups=[], barred=[], by=stranger, at=at)
    with pytest.raises(Refusal, match="Only an administrator"):
        actions.publish_qualification(qualification=draft, by=stranger, at=at)
    with pytest.raises(Refusal, match="Only an administrator"):
        actions.new_version(qualification=draft, by=stranger, at=at)


def test_it_is_of_a_body_that_approved_the_centre_and_written_down_once(
    draft: Qualification, administrator: User
) -> None:
    assert draft.centre
    elsewhere = AwardingBody.objects.create(code="new", name="New Body")
    with pytest.raises(Refusal, match="has no approval by New Body"):
        actions.write_qualification(
            centre=draft.centre,
            awarding_body=elsewhere,
            particulars=Particulars("Another"),
            by=administrator,
            at=timezone.now(),
        )
    with pytest.raises(Refusal, match="has written down “Award in running a contact centre” already"):
        a_draft(draft.centre, administrator)


def test_two_qualifications_never_share_a_key_however_their_words_run_together(
    draft: Qualification, administrator: User
) -> None:
    assert draft.centre
    long = "Award in the running of a contact centre of middling size, by "
    first = a_draft(draft.centre, administrator, f"{long} day")
    second = a_draft(draft.centre, administrator, f"{long} night")
    assert second.key == f"{first.key}-2"
    assert (first.version, second.version) == (1, 1)


def test_what_is_said_of_it_must_fit_together(draft: Qualification, administrator: User) -> None:
    day = timezone.localdate()
    wrong = {
        "Say both the level and how many credits": Particulars("A", high_level=4),
        "Registration cannot end before it starts": Particulars("A", from_on=day, to_on=day.replace(year=2000)),
    }
    for sentence, particulars in wrong.items():
        with pytest.raises(Refusal, match=sentence):
            actions.edit_qualification(
                qualification=draft, particulars=particulars, by=administrator, at=timezone.now()
            )


@pytest.mark.parametrize(
    ("sentence", "keys", "barred"),
    [
        ("A unit stands in one group", ["ocr-cc16", "ocr-cc16"], []),
        ("Only units of OCR in use", ["sqa-h12e04"], []),
        ("Only units that stand in a group", ["ocr-cc16"], ["ocr-cc16", "ocr-cc32"]),
        ("cannot be barred with itself", ["ocr-cc16"], ["ocr-cc16", "ocr-cc16"]),
    ],
)
def test_it_refuses_a_structure_that_cannot_be(
    draft: Qualification, administrator: User, sentence: str, keys: list[str], barred: list[str]
) -> None:
    before = structure_of(draft)
    pairs = [(ids(barred[0])[0], ids(barred[1])[0])] if barred else []
    placed = [ids(key)[0] for key in keys]
    group = WrittenGroup("Core", GroupKind.OPTIONAL, placed)
    with pytest.raises(Refusal, match=sentence):
        actions.arrange(qualification=draft, groups=[group], barred=pairs, by=administrator, at=timezone.now())
    assert structure_of(draft) == before


def test_it_is_published_only_when_it_can_make_an_award(draft: Qualification, administrator: User) -> None:
    at = timezone.now()
    actions.arrange(qualification=draft, groups=[], barred=[], by=administrator, at=at)
    assert qualification_page(draft).refusals == ["Add a group of units."]
    with pytest.raises(Refusal, match="Add a group of units"):
        actions.publish_qualification(qualification=draft, by=administrator, at=at)


def test_its_page_says_what_it_asks_for_and_what_is_unknown(draft: Qualification, administrator: User) -> None:
    page = qualification_page(with_a_barred_pair(draft, administrator))
    assert [(line.group.title, line.asks, [unit.short_code for unit in line.units]) for line in page.groups] == [
        ("Core", "all of them", ["CC26"]),
        ("Options", "at least 2 of them", ["CC32", "D20", "CC16"]),
    ]
    assert [(one.short_code, other.short_code) for one, other in page.barred] in (
        [("CC32", "CC16")],
        [("CC16", "CC32")],
    )
    assert page.warnings == ["Credits unknown for CC16: it counts as none until the source says more."]


def test_a_new_version_begins_with_the_same_structure(draft: Qualification, administrator: User) -> None:
    with_a_barred_pair(draft, administrator)
    at = timezone.now()
    with pytest.raises(Refusal, match="Version 1 is being written already"):
        actions.new_version(qualification=draft, by=administrator, at=at)
    actions.publish_qualification(qualification=draft, by=administrator, at=at)
    second = actions.new_version(qualification=draft, by=administrator, at=at)
    assert (second.key, second.version, second.minimum_credits) == (draft.key, 2, 11)
    assert structure_of(second) == structure_of(draft)
    actions.arrange(qualification=second, groups=[], barred=[], by=administrator, at=at)
    assert len(structure_of(draft).groups) == 2


# --- once published --------------------------------------------------------------------------------------------------


def test_a_published_one_is_changed_by_no_verb(draft: Qualification, administrator: User) -> None:
    at = timezone.now()
    actions.publish_qualification(qualification=draft, by=administrator, at=at)
    for act in (
        lambda: actions.edit_qualification(
            qualification=draft, particulars=Particulars("Other"), by=administrator, at=at
        ),
        lambda: actions.arrange(qualification=draft, groups=[], barred=[], by=administrator, at=at),
        lambda: actions.publish_qualification(qualification=draft, by=administrator, at=at),
    ):
        with pytest.raises(Refusal, match="version 1 is published, so it stands as it is: begin a new version"):
            act()


@pytest.mark.parametrize("table", TABLES)
def test_a_published_structure_stands_whoever_asks_the_database(
    draft: Qualification, administrator: User, table: str
) -> None:
    with_a_barred_pair(draft, administrator)
    actions.publish_qualification(qualification=draft, by=administrator, at=timezone.now())
    column, noun = TABLES[table]
    other = {"position": "position + 7", "one_id": "one_id + 1"}.get(column, f"{column} || '!'")
    with pytest.raises(IntegrityError, match=f"so its {noun} stand as they are"):
        execute(f"UPDATE {table} SET {column} = {other}")  # noqa: S608
    with pytest.raises(IntegrityError, match=f"so its {noun} stand as they are"):
        execute(f"DELETE FROM {table}")  # noqa: S608
    execute(f"UPDATE {table} SET {column} = {column}")  # noqa: S608


def test_nothing_is_added_to_a_published_structure(draft: Qualification, administrator: User) -> None:
    actions.publish_qualification(qualification=draft, by=administrator, at=timezone.now())
    group = draft.groups.get(position=1)
    with pytest.raises(IntegrityError, match="its groups stand"), transaction.atomic():
        QualificationGroup.objects.create(qualification=draft, position=9, title="More", kind=GroupKind.OPTIONAL)
    unit = Unit.objects.get(key="sqa-h12e04")
    with pytest.raises(IntegrityError, match="its units stand"), transaction.atomic():
        QualificationUnit.objects.create(qualification=draft, group=group, unit=unit, position=9)
    one, other = draft.listed_units.all()[:2]
    with pytest.raises(IntegrityError, match="its barred combinations stand"), transaction.atomic():
        BarredPair.objects.create(qualification=draft, one=one, other=other)


def test_a_unit_stands_in_a_group_of_its_own_qualification(draft: Qualification, administrator: User) -> None:
    assert draft.centre
    other = a_draft(draft.centre, administrator, "Another award")
    unit = Unit.objects.get(key="sqa-h12e04")
    with pytest.raises(IntegrityError, match="in a group of its own qualification"), transaction.atomic():
        QualificationUnit.objects.create(qualification=draft, group=other.groups.all()[0], unit=unit, position=9)
    one, foreign = draft.listed_units.all()[0], other.listed_units.all()[1]
    with pytest.raises(IntegrityError, match="stand in one qualification"), transaction.atomic():
        BarredPair.objects.create(qualification=draft, one=one, other=foreign)


# --- loaded with the standard ----------------------------------------------------------------------------------------


def as_fixture(draft: Qualification, path: Path, **changed: Any) -> str:
    """The qualification as a file with natural keys, of no centre; and it is gone from the database."""
    rows = [draft, *draft.groups.all(), *draft.listed_units.all(), *draft.barred_pairs.all()]
    text = serializers.serialize("json", rows, use_natural_foreign_keys=True, use_natural_primary_keys=True)
    written = json.loads(text)
    written[0]["fields"] |= {"centre": None, **changed}
    path.write_text(json.dumps(written))
    for model in (BarredPair, QualificationUnit, QualificationGroup):
        model.objects.filter(qualification=draft).delete()
    Qualification.objects.filter(pk=draft.pk).delete()
    return str(path)


def test_it_is_loaded_with_natural_keys_for_every_centre_and_again_without_harm(
    draft: Qualification, administrator: User, tmp_path: Path
) -> None:
    wanted = structure_of(with_a_barred_pair(draft, administrator))
    path, said = as_fixture(draft, tmp_path / "award.json", number="601/4700/8"), io.StringIO()
    call_command("load_qualifications", path, stdout=io.StringIO(), stderr=said)
    loaded = Qualification.objects.get()
    assert structure_of(loaded) == wanted
    assert loaded.publication.by is None
    assert "601/4700/8 may be misread" in said.getvalue()
    assert "Credits unknown for CC16" in said.getvalue()
    other = an_administrator(a_centre("Elsewhere"), "Ella Else")
    assert Qualification.objects.visible_to(other).exists()
    lines = AuditEvent.objects.count()
    call_command("load_qualifications", path, stdout=io.StringIO(), stderr=said)
    assert (AuditEvent.objects.count(), structure_of(loaded)) == (lines, wanted)


def test_it_says_why_a_file_was_not_loaded(draft: Qualification, tmp_path: Path) -> None:
    path = tmp_path / "award.json"
    as_fixture(draft, path, minimum_credits=999)
    rows = json.loads(path.read_text())
    rows[1]["fields"]["minimum_units"] = None
    path.write_text(json.dumps([rows[0]]))
    with pytest.raises(CommandError, match=r"Nothing was loaded.*Add a group of units"):
        call_command("load_qualifications", str(path))
    assert not Qualification.objects.exists()


def test_an_altered_file_is_refused_once_it_is_published(draft: Qualification, tmp_path: Path) -> None:
    path = tmp_path / "award.json"
    as_fixture(draft, path)
    call_command("load_qualifications", str(path), stdout=io.StringIO(), stderr=io.StringIO())
    path.write_text(path.read_text().replace('"Options"', '"Choices"'))
    with pytest.raises(CommandError, match=r"Nothing was loaded.*The qualification is published, so its groups"):
        call_command("load_qualifications", str(path))


def test_what_comes_with_the_standard_is_changed_by_no_centre(
    draft: Qualification, administrator: User, tmp_path: Path
) -> None:
    as_fixture(draft, tmp_path / "award.json")
    call_command("loaddata", str(tmp_path / "award.json"), verbosity=0)
    loaded = Qualification.objects.get()
    with pytest.raises(Refusal, match="It comes with the standard"):
        actions.arrange(qualification=loaded, groups=[], barred=[], by=administrator, at=timezone.now())
    with pytest.raises(Refusal, match="It comes with the standard"):
        actions.new_version(qualification=loaded, by=administrator, at=timezone.now())


def test_a_centre_offers_what_is_in_use_of_bodies_that_approved_it(draft: Qualification, administrator: User) -> None:
    assert draft.centre
    assert not Qualification.objects.offered_at(draft.centre).exists()
    award = an_award(draft.centre, administrator, "Another award")
    assert Qualification.objects.offered_at(draft.centre).get() == award
    assert not Qualification.objects.offered_at(a_centre("Elsewhere")).exists()
