"""A form sent after the sign-in ended, or after somebody signed in elsewhere: it is carried over the next sign-in.

Why this does not undo Django's protection against forged requests (CSRF). Each form of a page that somebody signed in
has opened says whose page it is: a mark signed by us, which no other site can read or make. Only a form with the mark
of a person is carried, only to that person once they have signed in, and it is never sent by itself: the page shows a
button, and its form has a token of the new sign-in. What is carried is signed as a whole with the address it was sent
to, so that nobody can put other words into it or lead it elsewhere. A form that came from another site (its Origin
says so) is not carried at all.

Passwords are not carried, nor is anything sent to the pages of signing in. Files that came with the form cannot be:
their names are, so that the page can say which to choose again. Uploads stay, by the tokens the form holds of them.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from allauth.account import app_settings
from allauth.account.forms import LoginForm
from allauth.utils import get_form_class
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from portfolio.models import User

MARK = "page_of"
MARKS = signing.Signer(salt="portfolio.page-of")
SALT = "portfolio.interrupted"
CARRIED_FOR = datetime.timedelta(hours=12)
OF_SIGNING_IN = ("account_", "mfa_")
LEFT_BEHIND = ("csrfmiddlewaretoken", MARK, "carried")


@dataclass(frozen=True)
class Carried:
    """A form as it was sent: whose, where to, what it said, and the names of files that could not be kept."""

    handle: str
    path: str
    fields: list[tuple[str, str]]
    files: list[str]

    @property
    def token(self) -> str:
        """All of it, signed and small enough to travel in a page."""
        return signing.dumps([self.handle, self.path, self.fields, self.files], salt=SALT, compress=True)

    def is_of(self, user: User) -> bool:
        return self.handle == user.handle


def mark_of(user: User) -> str:
    """What a form says of whose page it stands on."""
    return MARKS.sign(user.handle)


def handle_in(data: Any) -> str:
    """The handle of the person whose page a form stood on; empty when it does not say, or nobody of ours says it."""
    try:
        return MARKS.unsign(data.get(MARK, ""))
    except signing.BadSignature:
        return ""


def carry(request: HttpRequest) -> Carried | None:
    """The form that was sent, if it may be carried over a sign-in."""
    handle = handle_in(request.POST)
    if not handle or is_from_elsewhere(request) or is_about_signing_in(request):
        return None
    fields = [(key, value) for key, values in request.POST.lists() if is_carried(key) for value in values]
    files = [file.name or "" for _, uploads in request.FILES.lists() for file in uploads]
    return Carried(handle, request.get_full_path(), fields, files)


def read(token: str) -> Carried:
    """What a page carries. Raises signing.BadSignature when it is not ours or too old."""
    handle, path, fields, files = signing.loads(token, salt=SALT, max_age=CARRIED_FOR)
    return Carried(handle, path, [(key, value) for key, value in fields], files)


def sign_in_form(request: HttpRequest, typed: QueryDict | None = None) -> Any:
    """The form of the entrance, empty or with what was typed into it."""
    return get_form_class(app_settings.FORMS, "login", LoginForm)(typed, request=request)


def ask_to_sign_in(request: HttpRequest, carried: Carried, form: Any = None) -> HttpResponse:
    """The page that keeps the form and asks its person to sign in."""
    context = {"carried": carried, "form": form or sign_in_form(request)}
    return render(request, "portfolio/interrupted.html", context, status=401)


def offer_to_send(request: HttpRequest, carried: Carried) -> HttpResponse:
    """The page with the button that sends the form again, or that says it is another person's."""
    mine = carried.is_of(request.user)  # type: ignore[arg-type]
    return render(
        request, "portfolio/send_again.html", {"carried": carried if mine else None}, status=200 if mine else 403
    )


# --- inside ----------------------------------------------------------------------------------------------------------


def is_carried(key: str) -> bool:
    return key not in LEFT_BEHIND and "password" not in key


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether the browser says that the form stood on another site's page."""
    origin = request.headers.get("Origin")
    return origin is not None and origin != f"{request.scheme}://{request.get_host()}"


def is_about_signing_in(request: HttpRequest) -> bool:
    return request.resolver_match is None or (request.resolver_match.url_name or "").startswith(OF_SIGNING_IN)
