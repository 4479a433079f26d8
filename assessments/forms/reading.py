"""The form of a reading: the four rules, a word on each criterion and the places it rests on, feedback."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict

from assessments.actions.judgement import Judged, RulesOfEvidence
from assessments.actions.leaves import LeafTarget
from assessments.enums import HeldAt, MarkerKind, Verdict
from assessments.models import AgreedOutcome, Enrolment, EvidenceFile
from assessments.places import Markable, Places, places_in
from assessments.queries.reading import LeafToJudge, Reading, ToJudge, UnitToJudge, Worded
from assessments.queries.seen import Seen, seen_by
from assessments.workflow import WHAT_IS_MISSING, WHY_A_RULE_IS_NOT_MET
from portfolio import serving
from portfolio.enums import DocumentStatus
from portfolio.forms import KeptForm
from portfolio.models import User

RULES = ("valid", "authentic", "current", "sufficient")
RULE_HELP = {
    "valid": "It shows what the criteria ask for",
    "authentic": "It is the candidate's own work",
    "current": "It shows what they can do now",
    "sufficient": "There is enough of it",
}
WAIT = [("", "Later")]
SEEN = "page_of_seen"
"""The field that carries what the page showed. By its name it is never kept with what is typed."""
PARTS = ("verdict", "feedback", "places")
"""The fields of a criterion."""
TYPED = re.compile(r"(verdict|feedback|places)-([0-9]{1,18}-[0-9]{1,18})")


@dataclass(frozen=True)
class CriterionFields:
    """A criterion with what its fields hold. The page writes the fields out: it may show a hundred of them.

    One that the item was not mapped to has fields only once somebody wants to judge it as well: `added`.
    """

    row: ToJudge
    key: str
    verdict: str = ""
    feedback: str = ""
    places: str = ""
    errors: list[str] = field(default_factory=list)
    added: bool = False
    agreed: AgreedOutcome | None = None
    """What the centre agreed on it in standardisation."""


BLANK = CriterionFields(
    ToJudge(0, Worded(0, 0, "__number__", "__text__", "", ""), "", mapped=False, waiting=False, said=None, history=[]),
    "__key__",
)
"""What a script copies where a criterion is added."""


@dataclass(frozen=True)
class LeafFields:
    """Leaves below one heading of the evidence requirements, each with whether it is ticked."""

    heading: str
    rows: list[tuple[LeafToJudge, bool]]


class UnitFields(NamedTuple):
    """A unit with the fields of the criteria to judge, of all that could be judged as well, and of its leaves."""

    enrolment: Enrolment
    criteria: list[CriterionFields]
    others: list[CriterionFields]
    leaves: list[LeafFields]


class ReadingForm(KeptForm):
    """One reading of one item. Criteria left at "Later" wait in the queue."""

    kept_as = "reading"
    spoken_of: list[ToJudge]
    """The criteria that something was sent about."""
    is_told: bool
    """Whether it was refused with what happened meanwhile, so that a page made of it shows everything anew."""

    valid = forms.BooleanField(required=False)
    authentic = forms.BooleanField(required=False)
    current = forms.BooleanField(required=False)
    sufficient = forms.BooleanField(required=False)
    remarks = forms.CharField(
        label="Why a rule is not met",
        required=False,
        help_text=WHY_A_RULE_IS_NOT_MET,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen_at_location = forms.BooleanField(required=False)
    requirements = forms.MultipleChoiceField(required=False)
    shown = forms.MultipleChoiceField(required=False)
    feedback = forms.CharField(label="Feedback on the item", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, reading: Reading, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reading = reading
        self.places: dict[str, Places] = {}
        self.is_told = False
        version = reading.version
        if version.held == HeldAt.LOCATION:
            self.fields["seen_at_location"].label = f"I have seen the evidence at {version.location}"
        else:
            del self.fields["seen_at_location"]
        if not version.evidence.author_id:
            self.fields["feedback"].help_text = WHAT_IS_MISSING
        for rule, words in RULE_HELP.items():
            self.fields[rule].help_text = words
        for name in ("requirements", "shown"):
            leaves = [(leaf.value, leaf.value) for leaf in reading.leaves]
            self.fields[name].choices = leaves  # type: ignore[attr-defined]
        self.spoken_of = [row for row in reading.criteria if any(self.sent.get(f"{part}-{row.key}") for part in PARTS)]
        self._take_criteria()

    @property
    def sent(self) -> QueryDict:
        """What it was sent with."""
        return self.data if isinstance(self.data, QueryDict) else QueryDict()

    @property
    def looks_again(self) -> bool:
        """Sent to be shown with further criteria, or beside a newer version of the item, and not to be saved yet."""
        return "look" in self.sent

    def full_clean(self) -> None:
        if self.looks_again:
            self._errors = ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
        else:
            super().full_clean()

    def is_valid(self) -> bool:
        return not self.looks_again and super().is_valid()

    def seen(self, user: User) -> Seen | None:
        """What the page that sent this had shown."""
        return seen_by(self.sent.get(SEEN, ""), user, self.reading.version.pk)

    def _take_criteria(self) -> None:
        """Fields for the criteria that something was sent about: the page writes out a hundred by itself."""
        for row in self.spoken_of:
            number = row.criterion.number
            self.fields[f"verdict-{row.key}"] = forms.ChoiceField(
                label=f"Verdict on {number}", required=False, choices=[*Verdict.choices, *WAIT]
            )
            self.fields[f"feedback-{row.key}"] = forms.CharField(label=f"Feedback on {number}", required=False)
            self.fields[f"places-{row.key}"] = forms.CharField(label=f"Places for {number}", required=False)

    def fields_of(self, rows: list[ToJudge]) -> Iterator[CriterionFields]:
        """The fields of these criteria, for the page, as they were sent."""
        if not self.is_bound:
            yield from (CriterionFields(row, row.key) for row in rows)
            return
        also = set(self.sent.getlist("also"))
        for row in rows:
            verdict, feedback, places = (self.sent.get(f"{part}-{row.key}", "") for part in PARTS)
            errors = [str(error) for part in PARTS for error in self.errors.get(f"{part}-{row.key}", [])]
            added = row.key in also or bool(verdict or feedback or places)
            yield CriterionFields(row, row.key, verdict, feedback, places, errors, added)

    def leaves_of(self, unit: UnitToJudge) -> Iterator[LeafFields]:
        """The evidence requirements of a unit, for the page: what the item shows is ticked."""
        ticked = (
            set(self.data.getlist("requirements"))  # type: ignore[attr-defined]
            if self.is_bound
            else {leaf.value for leaf in unit.leaves if leaf.shown}
        )
        for heading, leaves in groupby(unit.leaves, lambda row: row.leaf.heading):
            yield LeafFields(heading, [(leaf, leaf.value in ticked) for leaf in leaves])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        files = markable(self.reading.files)
        for row in self.spoken_of:
            number = row.criterion.number
            verdict, feedback = cleaned.get(f"verdict-{row.key}"), cleaned.get(f"feedback-{row.key}")
            self.places[row.key] = places_in(cleaned.get(f"places-{row.key}") or "", files)
            for fault in self.places[row.key].faults:
                self.add_error(f"places-{row.key}", fault)
            if verdict and verdict != Verdict.MET and not feedback:
                self.add_error(f"feedback-{row.key}", f"Say what {number} still needs.")
            if not verdict and (feedback or self.places[row.key].found):
                kept = "Feedback and places are kept with a decision"
                self.add_error(f"verdict-{row.key}", f"{kept}: decide {number}, or take them out.")
        return cleaned

    def decisions(self) -> list[Judged]:
        """A word on each criterion that was not left for later."""
        cleaned = self.cleaned_data
        return [
            Judged(
                row.enrolment_id,
                row.criterion.pk,
                cleaned[f"verdict-{row.key}"],
                cleaned[f"feedback-{row.key}"],
                self.places[row.key].found,
            )
            for row in self.spoken_of
            if cleaned[f"verdict-{row.key}"]
        ]

    def shows(self) -> list[LeafTarget]:
        """Evidence requirements that the reader ticked."""
        ticked, before = self.cleaned_data["requirements"], self.cleaned_data["shown"]
        return self._targets(value for value in ticked if value not in before)

    def hides(self) -> list[LeafTarget]:
        """Those that were ticked when the page was opened, and are no longer."""
        ticked, before = self.cleaned_data["requirements"], self.cleaned_data["shown"]
        return self._targets(value for value in before if value not in ticked)

    def _targets(self, values: Iterable[str]) -> list[LeafTarget]:
        offered = {leaf.value: leaf for leaf in self.reading.leaves}
        return [LeafTarget(offered[value].enrolment_id, offered[value].leaf.pk) for value in values]

    def rules(self) -> RulesOfEvidence:
        """The four rules as ticked."""
        ticked = {rule: self.cleaned_data[rule] for rule in RULES}
        return RulesOfEvidence(**ticked, remarks=self.cleaned_data["remarks"])


def markable(files: Sequence[EvidenceFile]) -> list[Markable]:
    """The files that can be looked at, as places are named in them; numbered as the page numbers all of them."""
    return [
        Markable(file.pk, number, file.name, kind_of_place(file), pages_of(file))
        for number, file in enumerate(files, start=1)
        if not (file.destroyed_at or file.disposed_at or file.quarantined_at)
    ]


def kind_of_place(file: EvidenceFile) -> MarkerKind:
    """By what a place in the file is named: what is neither heard nor read as text has pages, if only one."""
    kind = serving.media_type(file.stored)
    if kind in serving.RECORDINGS:
        return MarkerKind.TIME
    return MarkerKind.PASSAGE if kind in serving.TEXTS else MarkerKind.PAGE


def pages_of(file: EvidenceFile) -> int:
    """How many pages the file has; 0 where nobody knows."""
    rendition = getattr(file.stored, "rendition", None)
    return rendition.page_count if rendition and rendition.status == DocumentStatus.READY else 0


def typed_on(sent: QueryDict, but: Sequence[str] = ()) -> list[tuple[str, str, str]]:
    """What was typed on criteria whose keys are not among `but`: key, which field, and the words."""
    found = ((TYPED.fullmatch(name), sent.get(name, "")) for name in sent)
    return [(match[2], match[1], words) for match, words in found if match and words and match[2] not in but]
