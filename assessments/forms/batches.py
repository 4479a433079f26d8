"""Forms of claims at once: what is claimed, under which reference, and the certificates that come of it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from assessments.actions.batches import Recorded
from assessments.queries.batches import ClaimLine
from portfolio.forms import KeptForm, day

UNITS = "Units"
UNIT, AWARD = "unit", "award"
TOO_LATE = (
    "Number {} is of a claim that has its certificate by now, or was taken back: look at the batch. Nothing is "
    "recorded yet; send again what is still here."
)


class ClaimFilterForm(forms.Form):
    """What to claim: units, or a whole award; and of whom."""

    search = forms.CharField(label="Candidate, unit or place of work", required=False, max_length=100)
    what = forms.TypedChoiceField(label="What is claimed", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, awards: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", UNITS), *((pk, f"Whole award: {title}") for pk, title in awards)]
        self.fields["what"].choices = choices  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def award(self) -> int | None:
        """The whole award that is asked for; None for units."""
        return self.cleaned_data.get("what")

    @property
    def wanted(self) -> str:
        return str(self.cleaned_data.get("search", "")).strip()

    @property
    def narrows(self) -> bool:
        return any(value not in ("", None) for value in self.cleaned_data.values())


class BatchForm(forms.Form):
    """Under which reference, and on whose word."""

    reference = forms.CharField(
        label="Your reference for this batch", max_length=100, help_text="For example the day and the awarding body."
    )
    authorisation = forms.CharField(
        label="External verifier's authorisation",
        required=False,
        max_length=100,
        help_text="The reference of the report that authorises these claims. Left empty, each unit rests on its own "
        "direct claim status, or on what the external verifier authorised here.",
    )

    def __init__(self, *args: Any, direct: str, **kwargs: Any) -> None:
        """`direct`: the report on which direct claim status for all units of the body rests; empty without one."""
        super().__init__(*args, **kwargs)
        if direct:
            self.fields["authorisation"].help_text = (
                f"Left empty, what is claimed rests on direct claim status, {direct}. Otherwise give the reference of "
                "the report that authorises these claims."
            )


class CertificatesForm(KeptForm):
    """A number and a day for each claim that waits for its certificate; what is left empty is left out."""

    kept_as = "certificates"

    issued_on = day("Issued on", required=False, help_text="For all below that say no day of their own.")

    def __init__(self, *args: Any, lines: Sequence[ClaimLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            number = forms.CharField(label=f"Certificate number: {line.candidate}, {line.what}", max_length=50)
            when = day(f"Issued on: {line.candidate}, {line.what}")
            for name, field in ((f"number-{line.key}", number), (f"day-{line.key}", when)):
                field.required = False
                field.widget.attrs |= {"class": "form-control", "aria-label": str(field.label)}
                self.fields[name] = field

    def rows(self) -> Iterable[tuple[ClaimLine, BoundField, BoundField]]:
        for line in self.lines:
            yield line, self[f"number-{line.key}"], self[f"day-{line.key}"]

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        found = []
        for line in self.lines:
            number = (clean.get(f"number-{line.key}") or "").strip()
            issued_on = clean.get(f"day-{line.key}") or clean.get("issued_on")
            if number and issued_on is None and f"day-{line.key}" not in self.errors and "issued_on" not in self.errors:
                self.add_error(None, f"Say on which day certificate {number} was issued.")
            elif number and issued_on:
                found.append(Recorded(line.claim.pk, line.is_award, number, issued_on))
            elif clean.get(f"day-{line.key}"):
                self.add_error(None, f"Give the number of the certificate of {line.candidate}, {line.what}.")
        for number in self.too_late():
            self.add_error(None, TOO_LATE.format(number))
        return {"certificates": found}

    def too_late(self) -> list[str]:
        """Numbers typed for claims that waited when the page was opened, and wait no more."""
        waiting = {f"number-{line.key}" for line in self.lines}
        typed = {name: str(value).strip() for name, value in self.data.items() if name.startswith("number-")}
        return [value for name, value in typed.items() if value and name not in waiting]


class ReplaceForm(KeptForm):
    """The certificate that the awarding body issued in place of another."""

    kept_as = "replaced certificate"

    number = forms.CharField(label="Number of the new certificate", max_length=50)
    issued_on = day("Issued on")
    reason = forms.CharField(label="Why it was replaced", widget=forms.Textarea(attrs={"rows": 3}))


class RevokeAwardForm(KeptForm):
    """That the awarding body revoked the certificate of a whole award."""

    kept_as = "revoked certificate"

    reason = forms.CharField(label="Why it was revoked", widget=forms.Textarea(attrs={"rows": 3}))
    revoked_on = day("Revoked on")


class TakeBackForm(KeptForm):
    """Why a claim is taken back."""

    kept_as = "claim taken back"

    reason = forms.CharField(label="Why the claim is taken back", widget=forms.Textarea(attrs={"rows": 3}))
