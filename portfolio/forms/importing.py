"""A table of people, and what is to be done with it."""

from django import forms


class TableForm(forms.Form):
    """A table to be sent."""

    table = forms.FileField(
        label="CSV or Excel file",
        max_length=255,
        help_text="Up to 5 MB and 10,000 rows. The first row has the headings. Nothing is written before you have "
        "seen what it would do.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )


class TakeForm(forms.Form):
    """Whether the invitations go at once."""

    send = forms.TypedChoiceField(
        label="Their invitations",
        coerce=lambda said: said == "now",
        choices=[("now", "go to them by e-mail at once"), ("later", "are held back until I send them from People")],
        widget=forms.RadioSelect,
        initial="now",
    )
