"""The form of a set of questions, and the words with which one is handed back or withdrawn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from assessments.actions.question_sets import Asked
from assessments.queries.question_sets import Asking
from portfolio.forms import KeptForm
from units.models import Criterion

ROW = re.compile(r"(?:text|expected|shows)-([0-9]{1,6})")


@dataclass(frozen=True)
class QuestionRow:
    """A question as it is typed."""

    number: int
    text: str = ""
    expected: str = ""
    shows: frozenset[int] = frozenset()

    @property
    def empty(self) -> bool:
        return not (self.text or self.expected or self.shows)


class SetForm(KeptForm):
    """A set of questions on one unit. Rows left empty are left out."""

    kept_as = "question set"

    title = forms.CharField(max_length=200, required=False, help_text="Such as “Handling complaints, oral questions”.")

    def __init__(
        self, *args: Any, criteria: Sequence[Criterion], title: str = "", before: Sequence[Asking] = (), **kwargs: Any
    ) -> None:
        """`criteria` are the unit's, `before` the questions as the draft has them."""
        super().__init__(*args, **kwargs)
        self.criteria, self.before, self.initial = list(criteria), before, {"title": title}

    @property
    def looking(self) -> bool:
        """Whether only one more question was asked for."""
        return self.is_bound and self.data.get("then") == "row"

    def full_clean(self) -> None:
        if self.looking:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    @property
    def typed(self) -> list[QuestionRow]:
        """The questions as they were typed, or as the draft has them."""
        if not self.is_bound:
            return [
                QuestionRow(number, row.text, row.expected, frozenset(criterion.pk for criterion in row.criteria))
                for number, row in enumerate(self.before, start=1)
            ]
        numbers = {int(found[1]) for name in self.data if (found := ROW.fullmatch(name))}
        rows = [self._row(number) for number in sorted(numbers)]
        return [row for row in rows if not row.empty]

    @property
    def rows(self) -> list[QuestionRow]:
        """The same for the page, with an empty one where there is none, or where one more was asked for."""
        rows = self.typed
        if self.looking or not rows:
            rows.append(QuestionRow(0))
        return [QuestionRow(number, row.text, row.expected, row.shows) for number, row in enumerate(rows, start=1)]

    @property
    def blank(self) -> QuestionRow:
        """What a script copies for one more question."""
        return QuestionRow(0)

    def _row(self, number: int) -> QuestionRow:
        known = {str(criterion.pk): criterion.pk for criterion in self.criteria}
        shows = self.data.getlist(f"shows-{number}")  # type: ignore[attr-defined]
        return QuestionRow(
            number,
            str(self.data.get(f"text-{number}", "")).replace("\r\n", "\n").strip(),
            str(self.data.get(f"expected-{number}", "")).replace("\r\n", "\n").strip(),
            frozenset(known[value] for value in shows if value in known),
        )

    @property
    def questions(self) -> list[Asked]:
        """What was typed, for the action."""
        order = [criterion.pk for criterion in self.criteria]
        return [Asked(row.text, row.expected, [pk for pk in order if pk in row.shows]) for row in self.typed]


class SetWordsForm(KeptForm):
    """Why a set is handed back, or withdrawn."""

    kept_as = "question set words"

    words = forms.CharField(
        label="In words",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What has to change, or why nobody is to ask these questions any more.",
    )
