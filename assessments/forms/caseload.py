"""What narrows a list of candidates' units, and how it is sorted."""

from collections.abc import Iterable
from typing import Any

from django import forms

from assessments.enums import EndedAs, Pace, UnitStatus
from assessments.queries.caseload import NO_COHORT, REACHED, SORTS, UNPACED, Wanted

ANY_UNIT, ANYWHERE, ANY_PACE, ANYBODY, ANY_COHORT = "Any unit", "Anywhere", "Any", "Anybody", "Any cohort"
LONGEST_WAIT = 3650
MOVED = [(how.value, how.label) for how in EndedAs if how != EndedAs.WITHDRAWN]
STANDS = [("", ANYWHERE), *UnitStatus.choices, *MOVED, *((value, words) for value, (words, _) in REACHED.items())]
PACES = [("", ANY_PACE), *Pace.choices, (UNPACED, "No target date")]


class CaseFilterForm(forms.Form):
    """Which units to list. A filter that cannot be read says so, and the others hold."""

    search = forms.CharField(label="Candidate or unit", required=False, max_length=100)
    unit = forms.TypedChoiceField(label="Unit", required=False, coerce=int, empty_value=None)
    status = forms.ChoiceField(label="Where it stands", required=False, choices=STANDS)
    pace = forms.ChoiceField(label="Against target", required=False, choices=PACES)
    waiting_days = forms.IntegerField(
        label="Waiting longer than (days)", required=False, min_value=0, max_value=LONGEST_WAIT
    )
    assessor = forms.TypedChoiceField(label="Assessor", required=False, coerce=int, empty_value=None)
    cohort = forms.ChoiceField(label="Cohort", required=False)
    sort = forms.ChoiceField(label="Sorted by", required=False, choices=list(SORTS.items()))

    def __init__(
        self,
        *args: Any,
        units: Iterable[tuple[int, str]],
        assessors: Iterable[tuple[int, str]] = (),
        cohorts: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        """Without `assessors` or `cohorts` to choose from, that is not asked."""
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", ANY_UNIT), *units]  # type: ignore[attr-defined]
        offered = list(assessors)
        self.fields["assessor"].choices = [("", ANYBODY), *offered]  # type: ignore[attr-defined]
        if not offered:
            del self.fields["assessor"]
        named = list(cohorts)
        cohorts_offered = [("", ANY_COHORT), *((name, name) for name in named), (NO_COHORT, "No cohort")]
        self.fields["cohort"].choices = cohorts_offered  # type: ignore[attr-defined]
        if not named:
            del self.fields["cohort"]
        self.is_valid()

    @property
    def wanted(self) -> Wanted:
        """What is asked for, as far as it could be read."""
        return Wanted(**{**self.cleaned_data, "search": self.cleaned_data.get("search", "").strip()})

    @property
    def narrows(self) -> bool:
        """Whether anything but the order is asked for."""
        return any(value not in ("", None) for name, value in self.cleaned_data.items() if name != "sort")
