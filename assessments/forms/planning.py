"""What is typed of an assessment plan: what it is for, its activities, a review, and the signatures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from django import forms

from assessments.actions.claims import Target
from assessments.actions.follow_up import Held
from assessments.actions.planning import ActivityWords, PlanWords
from assessments.enums import EvidenceKind
from assessments.models import Enrolment, Evidence, PlannedActivity
from assessments.queries.mapping import UnitToMap, value_of
from portfolio.forms import KeptForm, SignatureForm, day


def lines(label: str, rows: int = 3, *, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


class PlanForm(KeptForm):
    """What a plan is for."""

    kept_as = "plan"

    title = forms.CharField(
        label="What the plan is for", max_length=200, help_text="For example: complaint handling in spring."
    )
    units = forms.TypedMultipleChoiceField(
        label="Units it is for",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose one unit at least."},
    )
    review_on = day("We look at it together on", required=False, help_text="The day of the next review.")
    needs = lines(
        "Language and special needs",
        2,
        required=False,
        help_text="What the candidate needs: language of assessment, more time, another format. No health details.",
    )
    expert_witnesses = lines(
        "Expert witnesses agreed beforehand",
        2,
        required=False,
        help_text="Who they are, what they know of the work and of the standards.",
    )

    def __init__(self, *args: Any, units: Iterable[Enrolment], **kwargs: Any) -> None:
        """`units`: those of the candidate that the person assesses."""
        super().__init__(*args, **kwargs)
        self.offered = {unit.pk: unit for unit in units}
        choices = [(pk, str(unit.unit)) for pk, unit in self.offered.items()]
        self.fields["units"].choices = choices  # type: ignore[attr-defined]

    @property
    def words(self) -> PlanWords:
        clean = self.cleaned_data
        return PlanWords(clean["title"], clean["needs"], clean["expert_witnesses"], clean["review_on"])

    @property
    def chosen(self) -> list[Enrolment]:
        return [self.offered[pk] for pk in self.cleaned_data["units"]]


class Row(NamedTuple):
    """A criterion to tick. There are dozens on a page: templates take it apart."""

    value: str
    number: str
    text: str
    ticked: bool
    covered: bool


@dataclass(frozen=True)
class UnitBranch:
    """A unit of the plan with its outcomes; open where something is ticked, or where it is the only one."""

    name: str
    opened: bool
    branches: list[tuple[str, list[Row]]]


class ActivityForm(KeptForm):
    """What will be done, how it is shown, where, when, and what it is to show."""

    kept_as = "activity"

    what = forms.CharField(
        label="What will be done", max_length=200, help_text="It becomes the title of the evidence it leads to."
    )
    kind = forms.ChoiceField(label="How it is shown", choices=EvidenceKind.choices)
    due_on = day("On, or by")
    place = forms.CharField(label="Where", max_length=200, required=False)
    resources = lines("What is needed for it", 2, required=False, help_text="Equipment, access, people, permission.")
    criteria = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": "One of the criteria is not of this plan's units any more."}
    )

    def __init__(
        self, *args: Any, units: Sequence[UnitToMap], activity: PlannedActivity | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        self.there: set[str] = set()
        if activity:
            self.initial = {name: getattr(activity, name) for name in ("what", "kind", "due_on", "place", "resources")}
            self.there = {value_of(row.enrolment_id, row.criterion_id) for row in activity.criteria.all()}
        self.offered = {row.value: row for unit in units for row in unit.criteria}
        self.fields["criteria"].choices = [(value, value) for value in self.offered]  # type: ignore[attr-defined]

    @property
    def tree(self) -> list[UnitBranch]:
        """The plan's units with what is ticked."""
        ticked = set(self.data.getlist("criteria")) if self.is_bound else self.there  # type: ignore[attr-defined]
        found = []
        for unit in self.units:
            rows = []
            for row in unit.criteria:
                found_row = Row(row.value, row.criterion.number, row.criterion.text, row.value in ticked, row.covered)
                rows.append((row.criterion.heading, found_row))
            branches = [(head, [row for _, row in group]) for head, group in groupby(rows, lambda pair: pair[0])]
            opened = len(self.units) == 1 or any(row.ticked for _, row in rows)
            found.append(UnitBranch(str(unit.enrolment.unit), opened, branches))
        return found

    @property
    def words(self) -> ActivityWords:
        clean = self.cleaned_data
        return ActivityWords(clean["what"], clean["kind"], clean["due_on"], clean["place"], clean["resources"])

    @property
    def targets(self) -> list[Target]:
        rows = [self.offered[value] for value in dict.fromkeys(self.cleaned_data["criteria"])]
        return [Target(row.enrolment.pk, row.criterion.pk) for row in rows]


class PlanReasonForm(KeptForm):
    """What is to be changed, or why the plan is closed."""

    kept_as = "reason of a plan"

    reason = lines("Why")


class LinkForm(forms.Form):
    """An item that is there already."""

    evidence = forms.ModelChoiceField(queryset=Evidence.objects.none(), empty_label="Choose an item")

    def __init__(self, *args: Any, items: Iterable[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {item.pk: item for item in items}
        field = self.fields["evidence"]
        field.queryset = Evidence.objects.filter(pk__in=self.items)  # type: ignore[attr-defined]
        named = [(pk, f"{item}: {getattr(item, 'title', '')}") for pk, item in self.items.items()]
        field.choices = [("", "Choose an item"), *named]  # type: ignore[attr-defined]


class ReviewForm(KeptForm, SignatureForm):
    """What was said in a review, and the assessor's signature."""

    kept_as = "review of a plan"

    held_on = day("Held on")
    present = forms.CharField(label="Who else was there", max_length=200, required=False)
    discussed = lines("What was discussed", 4)
    next_steps = lines("Agreed next steps", 3)
    next_on = day("Next review on", required=False)
    field_order = ("held_on", "present", "discussed", "next_steps", "next_on", "password")

    @property
    def held(self) -> Held:
        clean = self.cleaned_data
        said = {name: clean[name].strip() for name in ("discussed", "next_steps", "present")}
        return Held(held_on=clean["held_on"], next_on=clean["next_on"], **said)


class AgreeReviewForm(KeptForm, SignatureForm):
    """The candidate's signature to a review."""

    kept_as = "word on a review"

    comment = lines("What you want to add", 2, required=False)
    field_order = ("comment", "password")
