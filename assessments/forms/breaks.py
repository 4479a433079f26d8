"""What an office types of a break in learning."""

from django import forms

from portfolio.forms import KeptForm, day


class BeginBreakForm(KeptForm):
    """From when a candidate pauses, until when, and why."""

    kept_as = "break in learning"

    starts_on = day("First day of the break")
    expected_on = day("Expected back on", help_text="You can change it later.")
    reason = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept in the audit book. No details of health are needed.",
    )


class ReturnForm(KeptForm):
    """The day a candidate came back."""

    kept_as = "return from a break"

    returned_on = day("Back on")


class ExpectBackForm(KeptForm):
    """Another day on which a candidate is expected back."""

    kept_as = "expected back from a break"

    expected_on = day("Expected back on")
