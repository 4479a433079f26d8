"""Signing in again where one was interrupted: on the page that keeps the form, or in a dialog of a page still open."""

from typing import Any

from allauth.account.stages import LoginStageController
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.decorators import rate_limit
from allauth.mfa import app_settings
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from allauth.utils import get_form_class
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.csrf import csrf_failure as plain_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portfolio import interrupted, second_factor
from portfolio.access import by_script, open_to_all

FROM_THE_START = "That took too long. Give your password once more, then the code."
SOMEBODY_ELSE = "This page was opened by another person. What they typed is neither sent nor shown to you."


@open_to_all
@rate_limit(action="login")  # type: ignore[untyped-decorator]
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest) -> HttpResponseBase:
    """Sign in with the same checks, limits and locks as at the entrance, then go on with what was interrupted.

    GET tells a script whether that is needed: `page_of` is the mark of its page.
    """
    if request.method != "POST":
        return how_it_stands(request)
    if by_script(request):
        return from_a_dialog(request)
    try:
        carried = interrupted.read(request.POST.get("carried", ""))
    except signing.BadSignature:
        return redirect("account_login")
    if request.user.is_authenticated:
        return interrupted.offer_to_send(request, carried)
    if "code" in request.POST or "credential" in request.POST:
        return with_the_factor(request, carried)
    form = interrupted.sign_in_form(request, request.POST)
    if signed_in_with(request, form):
        return interrupted.offer_to_send(request, carried)
    if pending := half_way(request):
        return ask_for_factor(request, carried, pending)
    return interrupted.ask_to_sign_in(request, carried, form)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A form whose token is old, because somebody signed in or out in another tab: kept in the same way.

    Without a mark of ours nothing is known of where it comes from, and Django's own refusal stands.
    """
    carried = interrupted.carry(request)
    if by_script(request) or carried is None:
        return plain_failure(request, reason)
    if request.user.is_authenticated:
        return interrupted.offer_to_send(request, carried)
    return interrupted.ask_to_sign_in(request, carried)


# --- inside ----------------------------------------------------------------------------------------------------------


def signed_in_with(request: HttpRequest, form: Any) -> bool:
    """Sign in by allauth, which asks axes. False, with the sentences in the form, when that cannot be."""
    if not form.is_valid():
        return False
    try:
        form.login(request)
    except ImmediateHttpResponse:
        form.add_error(None, "You cannot sign in here. Ask your centre.")
    return bool(request.user.is_authenticated)


def half_way(request: HttpRequest) -> Any:
    """allauth's stage of somebody whose password was right and whose second factor is still to come; None otherwise."""
    return LoginStageController.enter(request, AuthenticateStage.key)


def code_form(pending: Any, typed: QueryDict | None = None) -> Any:
    return get_form_class(app_settings.FORMS, "authenticate", AuthenticateForm)(user=pending.login.user, data=typed)


def passkey_form(pending: Any, typed: QueryDict | None = None) -> Any:
    form = get_form_class(app_settings.FORMS, "authenticate_webauthn", AuthenticateWebAuthnForm)
    return form(user=pending.login.user, data=typed)


def signed_in_by_factor(request: HttpRequest, pending: Any, form: Any) -> bool:
    """Sign in whoever has given the password already. False, with the sentences in the form, when this is not right."""
    if not form.is_valid():
        return False
    form.save()
    pending.exit()
    return bool(request.user.is_authenticated)


def with_the_factor(request: HttpRequest, carried: interrupted.Carried) -> HttpResponse:
    """The second half of signing in on the page that keeps the form; from the start where the first is too long ago."""
    pending = half_way(request)
    if pending is None:
        return interrupted.ask_to_sign_in(request, carried)
    form = code_form(pending, request.POST) if "code" in request.POST else passkey_form(pending, request.POST)
    if signed_in_by_factor(request, pending, form):
        return interrupted.offer_to_send(request, carried)
    return ask_for_factor(request, carried, pending, form)


def ask_for_factor(request: HttpRequest, carried: interrupted.Carried, pending: Any, tried: Any = None) -> HttpResponse:
    """The page that keeps the form, for somebody whose password was right; with what was wrong with what they tried."""
    user = pending.login.user
    forms = {"form": code_form(pending), "webauthn_form": None, "js_data": None}
    if second_factor.has_passkey(user):
        forms |= {"webauthn_form": passkey_form(pending), "js_data": {"request_options": begin_authentication(user)}}
    if tried is not None:
        forms["webauthn_form" if "credential" in tried.fields else "form"] = tried
    return render(request, "portfolio/interrupted_code.html", {"carried": carried, **forms}, status=401)


def how_it_stands(request: HttpRequest) -> HttpResponse:
    """Who is signed in, seen from a page: nobody, its own person (with a fresh token for its forms), or another."""
    handle = interrupted.handle_in(request.GET)
    if not request.user.is_authenticated:
        return JsonResponse({"signed_in": False, "csrf": get_token(request)})
    if handle != request.user.handle:
        return JsonResponse({"refused": [SOMEBODY_ELSE]}, status=409)
    return JsonResponse({"signed_in": True, "csrf": get_token(request)})


def from_a_dialog(request: HttpRequest) -> HttpResponse:
    """Sign in the person of the page, and nobody else; answer with a fresh token for its forms.

    With a second factor the password is half the way: the answer says so, and the dialog asks for the code.
    """
    if "code" in request.POST:
        return code_from_a_dialog(request)
    form = interrupted.sign_in_form(request, request.POST)
    if not form.is_valid():
        return refused(form, status=422)
    if interrupted.handle_in(request.POST) != form.user.handle:
        return JsonResponse({"refused": [SOMEBODY_ELSE]}, status=409)
    if signed_in_with(request, form):
        return JsonResponse({"signed_in": True, "csrf": get_token(request)})
    if half_way(request):
        passkey = second_factor.has_passkey(form.user)
        return JsonResponse({"signed_in": False, "asks": "code", "passkey": passkey, "csrf": get_token(request)})
    return refused(form, status=422)


def code_from_a_dialog(request: HttpRequest) -> HttpResponse:
    """The code of the page's own person, who has just given the password."""
    pending = half_way(request)
    if pending is None or interrupted.handle_in(request.POST) != pending.login.user.handle:
        return JsonResponse({"refused": [FROM_THE_START], "asks": "password"}, status=422)
    form = code_form(pending, request.POST)
    if not signed_in_by_factor(request, pending, form):
        return refused(form, status=422)
    return JsonResponse({"signed_in": True, "csrf": get_token(request)})


def refused(form: Any, status: int) -> JsonResponse:
    return JsonResponse({"refused": [said for found in form.errors.values() for said in found]}, status=status)
