"""How a view passes on what an action said."""

from collections.abc import Callable
from typing import Any

from django.forms.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from portfolio.refusal import Refusal


def typed(request: HttpRequest) -> QueryDict | None:
    """What was typed, for a form to be bound to; None while it is only being asked for."""
    return request.POST if request.method == "POST" else None


def show_refusal(form: BaseForm, refusal: Refusal) -> None:
    """Put the sentences above the form, which keeps what was typed."""
    for sentence in refusal.sentences:
        form.add_error(None, sentence)


def done(form: BaseForm, act: Callable[[dict[str, Any]], object]) -> bool:
    """Do the act with the form's clean values. False, with the reasons in the form, when it cannot be done."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True


def form_page(
    request: HttpRequest,
    form: BaseForm,
    *,
    title: str,
    button: str,
    trail: list[tuple[str, str | None]],
    lead: str = "",
    template: str = "portfolio/form_page.html",
) -> HttpResponse:
    """A page that is one form, under the way back up: its last step but one is also where Not now leads.

    What was typed is kept; 409 says that nothing was done. `template`: one that adds to the usual page.
    """
    context = {
        "form": form,
        "title": title,
        "button": button,
        "lead": lead,
        "trail": [*trail, (title, None)],
        "back": trail[-1][1],
    }
    return render(request, template, context, status=409 if form.is_bound else 200)
