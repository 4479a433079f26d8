"""What is checked in a sample, as it is typed: yes, no or not applicable, with a word; and a centre's questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from assessments.actions.checks import MOST_QUESTIONS, Checked, Checks
from assessments.enums import CheckedFor, CheckResult
from assessments.models import SampleQuestion
from portfolio.forms import KeptForm

UNANSWERED = {"required": "Answer yes, no or not applicable."}
NO_WORD = "Say what is wrong."


@dataclass(frozen=True)
class CheckField:
    """A check or question with the field of its answer and the one of its word."""

    result: BoundField
    word: BoundField

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """Each answer, its label, and whether it is chosen."""
        chosen = self.result.value()
        return [(value, label, value == chosen) for value, label in CheckResult.choices]


class ChecksForm(KeptForm):
    """A form in which a sample is closed: it asks for every check and every question of the centre's."""

    kept_as = "checks"

    def ask(self, questions: Sequence[SampleQuestion]) -> None:
        """Add the fields."""
        self.asked = {f"check_{about.value}": (about.label, about.value) for about in CheckedFor}
        self.questions = {f"question_{question.pk}": (question.text, question.pk) for question in questions}
        for name, (label, _) in [*self.asked.items(), *self.questions.items()]:
            self.fields[name] = forms.ChoiceField(
                label=label, choices=CheckResult.choices, widget=forms.RadioSelect, error_messages=UNANSWERED
            )
            self.fields[f"{name}_word"] = forms.CharField(label=f"In words: {label}", required=False)

    @property
    def check_fields(self) -> list[CheckField]:
        return [CheckField(self[name], self[f"{name}_word"]) for name in self.asked]

    @property
    def question_fields(self) -> list[CheckField]:
        return [CheckField(self[name], self[f"{name}_word"]) for name in self.questions]

    def clean(self) -> dict[str, Any]:
        """The answers as the verb takes them, under `checks`."""
        values = super().clean() or self.cleaned_data
        said = {name: self._taken(values, name) for name in (*self.asked, *self.questions)}
        checks = {key: each for name, (_, key) in self.asked.items() if (each := said[name])}
        answers = {key: each for name, (_, key) in self.questions.items() if (each := said[name])}
        return {**values, "checks": Checks(checks, answers)}

    def _taken(self, values: dict[str, Any], name: str) -> Checked | None:
        result, word = values.pop(name, ""), values.pop(f"{name}_word", "")
        if result == CheckResult.NO and not word:
            self.add_error(None, f"{self.fields[name].label}: {NO_WORD[0].lower()}{NO_WORD[1:]}")
        return Checked(result, word) if result else None


class QuestionsForm(KeptForm):
    """A centre's list of questions: a line each."""

    kept_as = "sample questions"

    questions = forms.CharField(
        label="Questions, one on each line",
        required=False,
        help_text="Each is answered yes, no or not applicable in every sample from now on. Samples that were closed "
        f"keep what they were asked. {MOST_QUESTIONS} at most; none at all asks nothing any more.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput())

    def clean_questions(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]
