"""The form in which a verifier says why a change after a sample makes no difference."""

from django import forms

from portfolio.forms import KeptForm


class NoteForm(KeptForm):
    """A note on what changed; `seen` is how many changes the page showed."""

    kept_as = "alarm"

    note = forms.CharField(label="Why it makes no difference", widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput())

    def show_seen(self, number: int) -> None:
        """Send along what the page shows now, so that the next press is about that."""
        self.data = {**self.data.dict(), "seen": str(number)}  # type: ignore[attr-defined]  # what was sent
