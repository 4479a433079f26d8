"""What the office types of a request for data."""

from django import forms

from portfolio.forms import KeptForm, day

ROWS = {"rows": 3}
TAKEN, GIVEN = "taken", "given"


class RecordRequestForm(KeptForm):
    """Who asks, since when, and how one knows that it is them."""

    kept_as = "request for data"

    address = forms.EmailField(
        label="E-mail address of the person",
        max_length=254,
        help_text="Under which they are on record: candidates, staff, external verifiers, and witnesses without a "
        "sign-in. They may have written from another.",
    )
    received_on = day("Received on", help_text="The day it came, by whatever way and to whomever at the centre.")
    asked = forms.CharField(
        label="What was asked, and how it came",
        widget=forms.Textarea(attrs=ROWS),
        help_text="Everything, or something in particular; by letter, by e-mail, in person.",
    )
    identity = forms.CharField(
        label="How you know that it is them",
        required=False,
        widget=forms.Textarea(attrs=ROWS),
        help_text="They asked in person, or from the address on record. Leave it empty while you have to ask: the "
        "month then counts from the day on which it was confirmed. Ask for no more than you need to be sure.",
    )


class IdentityForm(KeptForm):
    """How it was confirmed who asks."""

    kept_as = "identity of who asks for data"

    identity = forms.CharField(
        label="How it was confirmed",
        widget=forms.Textarea(attrs=ROWS),
        help_text="A document that was seen, a call to a number on record. No copy of a document is needed.",
    )
    confirmed_on = day("Confirmed on")


class MoreTimeForm(KeptForm):
    """Why it takes longer."""

    kept_as = "more time for a request for data"

    reason = forms.CharField(
        label="Why it takes longer",
        widget=forms.Textarea(attrs=ROWS),
        help_text="The person reads it in a letter. Requests that are complex, or many by one person, take more time.",
    )


class CopyForm(KeptForm):
    """What the copy holds, and who hands it over."""

    kept_as = "copy of data"

    way = forms.ChoiceField(
        label="How they get it",
        choices=[
            (TAKEN, "They sign in and download it; nobody else can"),
            (GIVEN, "The office downloads it and hands it over"),
        ],
        widget=forms.RadioSelect,
    )
    with_remarks = forms.BooleanField(
        label="What verifiers and the office noted to each other in their units is in it word for word",
        required=False,
        help_text="Such remarks are about other people’s work as well. Tick it where those agree, or where it is fair "
        "to all without asking them.",
    )
    left_out = forms.CharField(
        label="What else you leave out, and why",
        required=False,
        widget=forms.Textarea(attrs=ROWS),
        help_text="What you hold outside this system and do not send, under which exemption. It stands in the copy.",
    )


class HandOverForm(KeptForm):
    """How the office handed the copy over."""

    kept_as = "data handed over"

    how = forms.CharField(
        label="How it was handed over",
        widget=forms.Textarea(attrs=ROWS),
        help_text="To whom, where, and in which form.",
    )


class CloseForm(KeptForm):
    """Why a request is closed without an answer."""

    kept_as = "request for data closed"

    reason = forms.CharField(
        label="Why",
        widget=forms.Textarea(attrs=ROWS),
        help_text="It was taken back; it could not be confirmed who asks; it is manifestly unfounded or excessive. The "
        "person reads it in a letter, with how to complain.",
    )
