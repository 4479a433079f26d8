"""How a view passes on that an action said no."""

from django.forms.forms import BaseForm

from portfolio.refusal import Refusal


def show_refusal(form: BaseForm, refusal: Refusal) -> None:
    """Put the sentences above the form, which keeps what was typed."""
    for sentence in refusal.sentences:
        form.add_error(None, sentence)
