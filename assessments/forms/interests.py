"""What is typed about a conflict of interest."""

from typing import Any

from django import forms

from assessments.enums import InterestKind
from portfolio.forms import KeptForm, day
from portfolio.models import CandidateRecord, Centre, StaffRecord


class InterestForm(KeptForm):
    """Who is tied to which candidate, how, and since when.

    The candidate is named, not picked: staff see no list of candidates but their own.
    """

    kept_as = "conflict of interest"

    staff = forms.ModelChoiceField(label="Who", queryset=StaffRecord.objects.none(), empty_label="Choose…")
    candidate = forms.CharField(
        label="The candidate",
        max_length=200,
        help_text="The full name, or the centre's reference, exactly as the centre has it.",
    )
    kind = forms.ChoiceField(label="What it is", choices=[("", "Choose…"), *InterestKind.choices])
    words = forms.CharField(label="In your words", widget=forms.Textarea(attrs={"rows": 3}))
    from_on = day("Since")
    to_on = day("Last day", required=False, help_text="Leave it empty while it lasts.")

    def __init__(self, *args: Any, centre: Centre, own: bool, **kwargs: Any) -> None:
        """`own`: somebody declares it of themselves, so is not asked who."""
        super().__init__(*args, **kwargs)
        self.centre = centre
        if own:
            del self.fields["staff"]
        else:
            self.fields["staff"].queryset = StaffRecord.objects.filter(centre=centre).select_related("user")  # type: ignore[attr-defined]

    def clean_staff(self) -> Any:
        return self.cleaned_data["staff"].user

    def clean_candidate(self) -> CandidateRecord:
        """The one candidate of the centre who is called that."""
        typed = self.cleaned_data["candidate"].strip()
        candidates = CandidateRecord.objects.filter(centre=self.centre)
        found = list(candidates.filter(centre_reference=typed)[:2]) if typed else []
        found = found or list(
            (candidates.filter(legal_name__iexact=typed) | candidates.filter(known_as__iexact=typed))[:2]
        )
        if not found:
            raise forms.ValidationError(
                f"No candidate of {self.centre} is called that. Write the name in full, or ask the centre's office."
            )
        if len(found) > 1:
            raise forms.ValidationError("Several candidates are called that: give the centre's reference instead.")
        return found[0]

    def clean_kind(self) -> InterestKind:
        return InterestKind(self.cleaned_data["kind"])


class EndInterestForm(forms.Form):
    """The last day of a conflict of interest."""

    to_on = day("Last day", help_text="What was decided until then still waits for its countersignature.")
