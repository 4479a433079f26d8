"""Signing in again where one was interrupted: on the page that keeps the form, or in a dialog of a page still open."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.decorators import rate_limit
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.views.csrf import csrf_failure as plain_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portfolio import interrupted
from portfolio.access import by_script, open_to_all

SOMEBODY_ELSE = "This page was opened by another person. What they typed is neither sent nor shown to you."


@open_to_all
@rate_limit(action="login")  # type: ignore[untyped-decorator]
@never_cache
@sensitive_post_parameters("password")
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
    if not request.user.is_authenticated:
        form = interrupted.sign_in_form(request, request.POST)
        if not signed_in_with(request, form):
            return interrupted.ask_to_sign_in(request, carried, form)
    return interrupted.offer_to_send(request, carried)


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


def how_it_stands(request: HttpRequest) -> HttpResponse:
    """Who is signed in, seen from a page: nobody, its own person (with a fresh token for its forms), or another."""
    handle = interrupted.handle_in(request.GET)
    if not request.user.is_authenticated:
        return JsonResponse({"signed_in": False, "csrf": get_token(request)})
    if handle != request.user.handle:
        return JsonResponse({"refused": [SOMEBODY_ELSE]}, status=409)
    return JsonResponse({"signed_in": True, "csrf": get_token(request)})


def from_a_dialog(request: HttpRequest) -> HttpResponse:
    """Sign in the person of the page, and nobody else; answer with a fresh token for its forms."""
    form = interrupted.sign_in_form(request, request.POST)
    if not form.is_valid():
        return JsonResponse({"refused": [sentence for found in form.errors.values() for sentence in found]}, status=422)
    if interrupted.handle_in(request.POST) != form.user.handle:
        return JsonResponse({"refused": [SOMEBODY_ELSE]}, status=409)
    if not signed_in_with(request, form):
        return JsonResponse({"refused": form.non_field_errors()}, status=422)
    return JsonResponse({"signed_in": True, "csrf": get_token(request)})
