"""What a view makes a form of, and how it passes on what an action said."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any, TypeVar

from django.contrib import messages
from django.db import transaction
from django.forms.forms import BaseForm, Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from portfolio import work
from portfolio.access import SignedInRequest
from portfolio.forms import KeptForm, SignatureForm
from portfolio.refusal import Refusal
from portfolio.work import Work

LONGEST_ADDRESS = 500
Sent = TypeVar("Sent", bound=Form)


def typed(request: HttpRequest) -> QueryDict | None:
    """What was typed, for a form to be bound to; None while it is only being asked for."""
    return request.POST if request.method == "POST" else None


def asked_in(request: HttpRequest) -> str:
    """The filter of a list as it stands in the address, without which page of it is shown."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()


def with_file(form: type[Sent], request: HttpRequest) -> Sent:
    """The form of a file, bound to what was sent; empty while it is only being asked for."""
    return form(request.POST, request.FILES) if request.method == "POST" else form()


def in_progress(request: SignedInRequest, form: type[KeptForm], about: object = "new", *basis: object) -> Work:
    """The person's work in this form: what is sent now, else what they had typed. One query when it is asked for.

    `basis` are the facts of the record that the page shows: where they have changed since, the page says so.
    """
    address = request.get_full_path()
    known = address if len(address) <= LONGEST_ADDRESS else request.path
    subject = work.Subject(request.user, form.kept_as, str(about), work.basis_of(*basis), known)
    if request.method == "POST":
        return Work(subject, request.POST)
    return work.found(subject, timezone.now())


def ours(request: HttpRequest, address: str) -> str:
    """The address if it is one of this site, else the first page."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe else "/"


def show_refusal(form: BaseForm, refusal: Refusal) -> None:
    """Put the sentences above the form, which keeps what was typed."""
    for sentence in refusal.sentences:
        form.add_error(None, sentence)


def done(form: BaseForm, act: Callable[[dict[str, Any]], object]) -> bool:
    """Do the act with the form's clean values. False, with the reasons in the form, when it cannot be done.

    A signature is refused where the page that asked for it showed something else than what stands now.
    """
    if not form.is_bound or not form.is_valid():
        return False
    in_work = form.work if isinstance(form, KeptForm) else None
    signature = form if isinstance(form, SignatureForm) else None
    try:
        with in_work.finishing() if in_work else nullcontext(), transaction.atomic() if signature else nullcontext():
            if signature:
                signature.refuse_what_changed()
            act(form.cleaned_data)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True


def answered(request: HttpRequest, act: Callable[[], object], said: str, back: tuple[object, ...]) -> HttpResponse:
    """Do it, and say so, or why not, on the page one comes back to."""
    try:
        act()
    except Refusal as refusal:
        for sentence in refusal.sentences:
            messages.error(request, sentence)
    else:
        messages.success(request, said)
    name, *args = back
    return redirect(str(name), *args)


def form_page(
    request: HttpRequest,
    form: BaseForm,
    *,
    title: str,
    button: str,
    trail: list[tuple[str, str | None]],
    lead: str = "",
    template: str = "portfolio/form_page.html",
    more: Mapping[str, object] | None = None,
) -> HttpResponse:
    """A page that is one form, under the way back up: its last step but one is also where Not now leads.

    What was typed is kept; 409 says that nothing was done. `template`: one that adds to the usual page, and `more` what
    it shows.
    """
    context = {
        "form": form,
        "title": title,
        "button": button,
        "lead": lead,
        "trail": [*trail, (title, None)],
        "back": trail[-1][1],
        **(more or {}),
    }
    return render(request, template, context, status=409 if request.method == "POST" else 200)
