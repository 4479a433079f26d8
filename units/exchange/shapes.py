"""The format of this product as one table: which fields a unit has, how long they may be, what may stand in them.

checking.py goes by it, and docs/units-format.schema.json is printed from it. Lengths are those of the columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from units.enums import CriterionKind, Marked, SkillSubject, SpecificationStyle, WordingStatus
from units.keys import KEY_PATTERN, LONGEST_KEY
from units.models import Criterion, EvidenceRequirement, FunctionalSkill, LearningOutcome, NosReference, Unit

FORMAT, FORMAT_VERSION = "nvq-portfolio-unit", 1
LONGEST_TEXT = 20_000
MOST_OF_A_LIST = 500
MOST_UNITS = 50
DEEPEST_REQUIREMENT = 6


@dataclass(frozen=True)
class Text:
    """Words. What is left out is empty."""

    name: str
    help: str
    longest: int = LONGEST_TEXT
    required: bool = False
    pattern: str = ""
    pattern_says: str = ""


@dataclass(frozen=True)
class Number:
    """A whole number. What is left out is not known."""

    name: str
    help: str
    least: int = 0
    most: int = 9_999
    required: bool = False


@dataclass(frozen=True)
class Switch:
    """Yes or no. What is left out is `usual`."""

    name: str
    help: str
    usual: bool = True


@dataclass(frozen=True)
class Choice:
    """One of a few words. What is left out is `usual`."""

    name: str
    help: str
    of: type[models.TextChoices]
    required: bool = False
    usual: str = ""


@dataclass(frozen=True)
class Listed:
    """A list of things of one shape, by the name of the shape."""

    name: str
    help: str
    shape: str
    required: bool = False
    most: int = MOST_OF_A_LIST


Field = Text | Number | Switch | Choice | Listed


def text(model: type[models.Model], name: str, help: str, *, key: str = "", required: bool = False) -> Text:
    """A text as long as the column of that name."""
    longest = getattr(model._meta.get_field(name), "max_length", None) or LONGEST_TEXT
    return Text(key or name, help, longest, required)


WORDING = (
    Choice("wording", "how sure the wording is, against its source", WordingStatus, usual=WordingStatus.SOUND),
    Text("wording_note", "what was repaired or cannot be read; only where `wording` says so"),
)
CRITERION = (
    text(Criterion, "number", "as printed: 1.1, 16, a. No two of a unit are the same", required=True),
    Text("text", "what is to be shown, as the source words it", required=True),
    Choice("kind", "where it is another than that of its outcome", CriterionKind),
    *WORDING,
)
SHAPES: dict[str, tuple[Field, ...]] = {
    "unit": (
        Text(
            "key",
            "the specification, whatever its version",
            LONGEST_KEY,
            required=True,
            pattern=KEY_PATTERN,
            pattern_says="small letters and digits, with single hyphens between them, as ocr-d20",
        ),
        Number("version", "of the specification", least=1, most=999, required=True),
        Text("awarding_body", "its code in this installation, as ocr", 20, required=True),
        Choice("style", "how the specification is laid out", SpecificationStyle, required=True),
        text(Unit, "short_code", "what people call the unit, as CC16", required=True),
        text(Unit, "title", "empty where the source has none"),
        text(Unit, "public_title", "a title from public lists, not in the source"),
        text(Unit, "body_unit_number", "the awarding body’s number"),
        text(Unit, "sector_unit_number", "the sector’s number"),
        text(Unit, "unit_reference_number", "of the register, as J/503/0426"),
        text(Unit, "public_reference_number", "the same from public lists, not in the source"),
        Number("level", "as the source gives it"),
        Number("credit_value", "as the source gives it"),
        Number("guided_learning_hours", "as the source gives it"),
        text(Unit, "overview_heading", "the heading above the purpose"),
        text(Unit, "purpose", "what the unit is about; paragraphs are separated by an empty line"),
        text(Unit, "outcomes_intro", "the line above the outcomes"),
        text(Unit, "criteria_intro", "the line above the criteria"),
        text(Unit, "teaching_heading", "the heading above what may be taught"),
        text(Unit, "teaching_intro", "the line below it"),
        text(Unit, "knowledge_intro", "the line above the knowledge items"),
        text(Unit, "assessment", "what is said of assessment"),
        text(Unit, "evidence_intro", "what stands above the evidence requirements"),
        text(Unit, "guidance_on_assessment", "guidance on assessment and evidence"),
        text(Unit, "nos_text", "what is said of national occupational standards"),
        text(Unit, "functional_skills_intro", "what stands above the functional skills"),
        text(Unit, "functional_skills_note", "what stands below them"),
        text(Unit, "resources", "resources"),
        text(Unit, "additional_information", "additional information"),
        text(Unit, "copyright_note", "as printed in the source"),
        text(Unit, "completeness_note", "what the source may lack"),
        Switch("simulation_allowed", "whether evidence may be simulated"),
        Switch("realistic_working_environment_allowed", "whether it may come from a realistic working environment"),
        Switch("work_placement_allowed", "whether it may come from a work placement"),
        Listed("outcomes", "learning outcomes, or headed sections of performance criteria", "outcome"),
        Listed("knowledge", "knowledge items that belong to the unit as a whole", "criterion"),
        Listed("evidence_requirements", "a tree; what stands below a heading can be ticked off", "requirement"),
        Listed("nos_references", "national occupational standards that the unit maps to", "nos_reference"),
        Listed("functional_skills", "the cells of the functional-skills table, in order", "functional_skill"),
        Listed("related_criteria", "criteria of other units that share a national standard", "related_criterion"),
    ),
    "outcome": (
        text(LearningOutcome, "number", "as printed; empty for a headed section"),
        Choice("kind", "which criteria it holds", CriterionKind, usual=CriterionKind.ASSESSMENT),
        Text("text", "as the source words it", required=True),
        Listed("criteria", "in reading order", "criterion"),
        Listed("teaching", "what may be taught for it; never assessed", "teaching_point"),
    ),
    "criterion": CRITERION,
    "teaching_point": (
        Text("intro", "the line above the first item it introduces", 200),
        Text("text", "as the source words it", required=True),
    ),
    "requirement": (
        text(EvidenceRequirement, "label", "as printed: 1, (a); empty for bullets"),
        Text("text", "as the source words it", required=True),
        *WORDING,
        Listed("items", "what stands below it", "requirement"),
    ),
    "nos_reference": (
        text(NosReference, "occupational_standards", "the suite", required=True),
        text(NosReference, "unit_number", "its number there", required=True),
        text(NosReference, "title", "its title there"),
    ),
    "functional_skill": (
        Choice("subject", "which subject", SkillSubject, required=True),
        text(FunctionalSkill, "name", "as printed", required=True),
        Choice("marked", "whether the source ticks it", Marked, required=True),
    ),
    "related_criterion": (
        Text("number", "of the unit’s own criterion", 10, required=True),
        Text("key", "of the other specification", LONGEST_KEY, required=True),
        Number("version", "of the other specification", least=1, most=999, required=True),
        Text("related_number", "of its criterion", 10, required=True),
    ),
}


def columns_of_unit() -> Iterator[Text | Number | Switch | Choice]:
    """The fields of a unit that are columns of its row under the same name."""
    for found in SHAPES["unit"]:
        if not isinstance(found, Listed) and found.name not in ("key", "awarding_body"):
            yield found


# --- JSON Schema -----------------------------------------------------------------------------------------------------


def json_schema() -> dict[str, Any]:
    """The table as JSON Schema, for editors and for those who write such files."""
    definitions = {name: object_schema(fields) for name, fields in SHAPES.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "NVQ Portfolio unit specifications, version 1",
        "type": "object",
        "required": ["format", "format_version", "units"],
        "additionalProperties": False,
        "properties": {
            "format": {"const": FORMAT},
            "format_version": {"const": FORMAT_VERSION},
            "units": {"type": "array", "minItems": 1, "maxItems": MOST_UNITS, "items": {"$ref": "#/$defs/unit"}},
        },
        "$defs": definitions,
    }


def object_schema(fields: tuple[Field, ...]) -> dict[str, Any]:
    required = [found.name for found in fields if not isinstance(found, Switch) and found.required]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": {found.name: {"description": found.help, **field_schema(found)} for found in fields},
    }


def field_schema(found: Field) -> dict[str, Any]:
    match found:
        case Text():
            written: dict[str, Any] = {"type": "string", "maxLength": found.longest}
            if found.required:
                written["minLength"] = 1
            if found.pattern:
                written["pattern"] = f"^{found.pattern}$"
            return written
        case Number():
            return {"type": "integer", "minimum": found.least, "maximum": found.most}
        case Switch():
            return {"type": "boolean", "default": found.usual}
        case Choice():
            usual = {"default": str(found.usual)} if found.usual else {}
            return {"enum": list(found.of.values), **usual}
        case Listed():
            return {"type": "array", "maxItems": found.most, "items": {"$ref": f"#/$defs/{found.shape}"}}
