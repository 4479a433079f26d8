"""The standard as it lies in fixtures/: complete, verbatim, and loaded as often as one likes."""

from collections import Counter

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management import call_command
from django.db.models import Count, Model

from portfolio.models import Statement
from units.enums import CriterionKind, Marked, WordingStatus
from units.models import (
    AssessmentCriterion,
    AwardingBody,
    Criterion,
    EvidenceRequirement,
    FunctionalSkill,
    KnowledgeItem,
    LearningOutcome,
    NosReference,
    PerformanceCriterion,
    RelatedCriterion,
    TeachingPoint,
    Unit,
)
from units.queries import RequirementWords, leaves_by_unit, requirement_trees
from units.standard import FIXTURES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard")]


def everything() -> str:
    """Each row of the standard with its key, as JSON."""
    models: list[type[Model]] = [*apps.get_app_config("units").get_models(), Statement]
    rows = [row for model in models if not model._meta.proxy for row in model._default_manager.order_by("pk")]
    return str(serializers.serialize("json", rows))


def counted(model: type[Model], unit_path: str) -> dict[str, int]:
    """How many rows each unit has, by what people call it."""
    return dict(Counter(model._default_manager.values_list(f"{unit_path}__short_code", flat=True)))


def criterion(short_code: str, number: str) -> Criterion:
    return Criterion.objects.get(unit__short_code=short_code, number=number)


def test_it_loads_twice_without_harm() -> None:
    before = everything()
    call_command("loaddata", *FIXTURES, verbosity=0)
    assert everything() == before


def test_it_holds_five_units_of_two_bodies() -> None:
    assert set(Unit.objects.values_list("short_code", flat=True)) == {"CC16", "H12E 04", "D20", "CC32", "CC26"}
    assert list(AwardingBody.objects.values_list("name", "verifier_signature", "own_recording_form")) == [
        ("OCR", "if_sampled", False),
        ("SQA", "always", True),
    ]


def test_it_holds_fourteen_outcomes_and_three_sections() -> None:
    assert counted(LearningOutcome, "unit") == {"CC16": 3, "D20": 3, "CC32": 4, "CC26": 4, "H12E 04": 3}
    assert LearningOutcome.objects.filter(kind=CriterionKind.PERFORMANCE, number="").count() == 3


def test_it_holds_every_criterion_and_no_other() -> None:
    assert counted(AssessmentCriterion, "unit") == {"CC16": 11, "D20": 21, "CC32": 16, "CC26": 13}
    assert counted(PerformanceCriterion, "unit") == {"H12E 04": 16}
    assert counted(KnowledgeItem, "unit") == {"H12E 04": 11}
    assert counted(TeachingPoint, "outcome__unit") == {"CC16": 22, "D20": 18, "CC32": 13, "CC26": 11}


def test_criteria_stand_in_their_outcomes_in_the_order_of_the_source() -> None:
    per_outcome = {
        unit.short_code: list(unit.outcomes.annotate(Count("criteria")).values_list("criteria__count", flat=True))
        for unit in Unit.objects.all()
    }
    assert per_outcome == {
        "CC16": [3, 5, 3],
        "H12E 04": [6, 5, 5],
        "D20": [8, 6, 7],
        "CC32": [6, 2, 2, 6],
        "CC26": [3, 3, 3, 4],
    }
    numbers = Criterion.objects.filter(unit__short_code="H12E 04").values_list("number", flat=True)
    assert list(numbers) == [*(str(number) for number in range(1, 17)), *"abcdefghijk"]


def test_criteria_belong_to_the_unit_of_their_outcome() -> None:
    for row in Criterion.objects.exclude(outcome=None).select_related("outcome"):
        assert row.outcome is not None
        assert (row.unit_id, row.kind) == (row.outcome.unit_id, row.outcome.kind)


def test_wording_is_verbatim() -> None:
    assert criterion("CC32", "4.2").text == (
        "Explain what constitutes noncompliance with legal and regulatory requirements and the implications of this"
    )
    assert criterion("D20", "1.7").text == (
        "compare customer service performance statistics with broader quality monitoring results"
    )
    assert criterion("H12E 04", "g").text == (
        "Types of customer service or problems that may become high risk or high profile."
    )
    cc16 = Unit.objects.get(key="ocr-cc16")
    assert "‘Admin Guide: Vocational Qualifications’ (A850)." in cc16.additional_information
    assert TeachingPoint.objects.filter(text__startswith="The products and or services offered").count() == 1


def test_an_illegible_criterion_keeps_its_gap_and_says_what_is_probable() -> None:
    row = criterion("CC16", "2.3")
    assert row.text == "Coordinate monitoring […] against agreed KPIs"
    assert row.wording == WordingStatus.ILLEGIBLE
    assert "probable" in row.wording_note
    assert "not the official wording" in row.wording_note


def test_repaired_wording_is_marked() -> None:
    rows = Criterion.objects.filter(wording=WordingStatus.REPAIRED).values_list("unit__short_code", "number")
    assert set(rows) == {
        *(("CC16", number) for number in ("1.1", "2.1", "2.2", "2.4", "2.5")),
        *(("D20", number) for number in ("1.7", "1.8", "3.2")),
    }
    assert EvidenceRequirement.objects.get(wording=WordingStatus.REPAIRED).unit.short_code == "D20"


def test_what_the_source_lacks_stays_absent() -> None:
    cc16 = Unit.objects.get(key="ocr-cc16")
    assert (cc16.title, cc16.sector_unit_number, cc16.body_unit_number, cc16.unit_reference_number) == ("", "", "", "")
    assert (cc16.level, cc16.credit_value, cc16.guided_learning_hours) == (None, None, None)
    assert cc16.public_title == "Manage customer service delivery in a contact centre"
    assert "fourth learning outcome may be missing" in cc16.completeness_note
    sqa = Unit.objects.get(key="sqa-h12e04")
    assert (sqa.level, sqa.credit_value, sqa.resources, sqa.guidance_on_assessment) == (None, None, "", "")


def test_d20_takes_evidence_from_a_real_job_only() -> None:
    d20 = Unit.objects.get(key="ocr-d20")
    assert (d20.level, d20.credit_value, d20.guided_learning_hours) == (4, 7, 47)
    assert (d20.unit_reference_number, d20.public_reference_number) == ("", "K/601/1605")
    assert not d20.simulation_allowed
    assert not d20.realistic_working_environment_allowed
    assert not d20.work_placement_allowed
    intros = TeachingPoint.objects.filter(outcome__unit=d20, outcome__position=3).exclude(intro="")
    assert list(intros.values_list("position", "intro")) == [
        (1, "Candidates should have an understanding of:"),
        (4, "Candidates must be able to explain:"),
    ]


def test_evidence_requirements_are_trees() -> None:
    counts = counted(EvidenceRequirement, "unit")
    assert counts == {"CC16": 4, "H12E 04": 15, "D20": 4, "CC32": 4, "CC26": 4}
    leaf = EvidenceRequirement.objects.get(unit__key="sqa-h12e04", path="5.2.2")
    assert leaf.text == "formal feedback eg customer surveys/questionnaires."
    assert leaf.parent is not None
    assert leaf.parent.label == "(b)"


def test_functional_skills_are_yes_no_or_unknown() -> None:
    marks = FunctionalSkill.objects.values_list("unit__short_code", "name", "marked")
    assert {name for unit, name, mark in marks if (unit, mark) == ("CC32", Marked.YES)} == {"Writing"}
    assert [mark for unit, _, mark in marks if unit == "CC16"] == [Marked.YES] * 9
    assert [mark for unit, _, mark in marks if unit == "CC26"] == [Marked.UNKNOWN] * 9
    assert counted(FunctionalSkill, "unit") == {"CC16": 9, "CC32": 9, "CC26": 9}
    assert counted(NosReference, "unit") == {"CC16": 1, "CC32": 1, "CC26": 1}


def test_the_crosswalk_relates_cc16_to_cfacc16() -> None:
    pairs: dict[str, list[str]] = {}
    for row in RelatedCriterion.objects.select_related("criterion", "related"):
        pairs.setdefault(row.criterion.number, []).append(row.related.number)
    assert pairs == {
        "1.1": ["1", "2"],
        "1.2": ["3", "4"],
        "1.3": ["5"],
        "2.1": ["7"],
        "2.2": ["7"],
        "2.3": ["8"],
        "2.4": ["9", "10"],
        "2.5": ["11"],
        "3.1": ["12"],
        "3.2": ["13", "14"],
        "3.3": ["15", "16"],
    }


def test_the_statement_of_competence_is_worded_as_on_the_form() -> None:
    for key in ("competence-candidate", "competence-assessor", "verify"):
        assert Statement.objects.get(key=key, variant="sqa").text == (
            "I confirm that all evidence (including Knowledge and Understanding), for the entire Unit has been met:"
        )


def test_the_leaves_of_a_tree_know_what_they_stand_below() -> None:
    unit = Unit.objects.get(key="sqa-h12e04")
    rows = requirement_trees([unit.pk]).values_list("pk", "unit_id", "parent_id", "path", "label", "text")
    leaves = leaves_by_unit(RequirementWords(*row) for row in rows)[unit.pk]
    assert [(leaf.path, leaf.number) for leaf in leaves] == [
        ("4.1", "4"), ("4.2", "4"), ("4.3", "4"), ("5.1", "5 (a)"), ("5.2.1", "5 (b)"), ("5.2.2", "5 (b)"),
        ("6.1", "6"), ("6.2", "6"),
    ]  # fmt: skip
    assert leaves[3].printed == "(a) formal audits of working practices and monitoring of work"
    assert leaves[5].words == "formal feedback eg customer surveys/questionnaires"
    assert leaves[5].heading.endswith("which include: gathering and recording information from:")
