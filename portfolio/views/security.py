"""How somebody signs in: their password, a second factor, recovery codes. What is typed there is allauth's to check."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portfolio import actions, second_factor, sessions
from portfolio.access import SignedInRequest, View, open_to_all, signed_in_to_set_up
from portfolio.forms import PasskeyNameForm
from portfolio.queries import factors_of, recovery_codes_of, signing_in, single_sign_on_of
from portfolio.views.answers import done, form_page, typed

said_again: Callable[[Any], Any] = reauthentication_required(app="allauth.mfa")
"""The person says once more who they are, where they have not within the last minutes."""
STRONGER = ("add second factor", "move second factor")
"""After these nobody goes on elsewhere who came in without the new factor."""
ask = require_http_methods(["GET", "HEAD"])


def noted(view: View) -> View:
    """What a press changes of the person's second factors is in the book and in a letter, or not changed."""

    @wraps(view)
    def kept(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            before = factors_of(request.user)
            answer = view(request, *args, **kwargs)
            after = factors_of(request.user)
            verb = actions.note_factors(
                user=request.user, before=before, after=after, by=request.user, at=timezone.now()
            )
            if verb in STRONGER:
                sessions.end(request.user, besides=request.session.session_key)
        if verb:
            second_factor.remember(request, has=second_factor.has_factor(request.user))
        return answer

    return kept


@signed_in_to_set_up
@ask
def security(request: SignedInRequest) -> HttpResponse:
    """The password, the second factor, and where the person is signed in."""
    found = signing_in(request.user)
    held = frozenset[str]().union(*request.standing.roles.values())
    context = {
        "signing_in": found,
        "needed": second_factor.NEEDED if second_factor.is_asked_of(held) and not found.has_factor else "",
        "provider": settings.OIDC_NAME,
        "through_provider": single_sign_on_of(request.user) if settings.OIDC_ISSUER else None,
        "sign_ins": sessions.signed_in_at(request.user, request.session.session_key, timezone.now()),
    }
    return render(request, "mfa/index.html", context)


@signed_in_to_set_up
@require_POST
@said_again
def end_single_sign_on(request: SignedInRequest) -> HttpResponse:
    """The provider of identities vouches for the person no more."""
    name = settings.OIDC_NAME
    actions.remove_single_sign_on(user=request.user, provider=name, by=request.user, at=timezone.now())
    messages.success(request, f"Nobody is signed in as you through {name} any more.")
    return redirect("mfa_index")


@signed_in_to_set_up
@require_POST
def end_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign out in one other browser."""
    here = request.session.session_key
    ended = actions.end_sign_ins(user=request.user, only=pk, besides=here, by=request.user, at=timezone.now())
    messages.success(request, "You are signed out there." if ended else "That sign-in had ended already.")
    return redirect("mfa_index")


@signed_in_to_set_up
@require_POST
def end_other_sessions(request: SignedInRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    actions.end_sign_ins(user=request.user, besides=request.session.session_key, by=request.user, at=timezone.now())
    messages.success(request, "You are signed out everywhere else.")
    return redirect("mfa_index")


@signed_in_to_set_up
@never_cache
@ask
@said_again
def recovery_codes(request: SignedInRequest) -> HttpResponse:
    """The codes that are left, to print or keep as a file."""
    return render(request, "mfa/recovery_codes/index.html", {"codes": codes_left(request)})


@signed_in_to_set_up
@never_cache
@ask
@said_again
def recovery_codes_file(request: SignedInRequest) -> HttpResponse:
    """The same as a text to take away."""
    answer = render(
        request,
        "mfa/recovery_codes/download.txt",
        {"codes": codes_left(request)},
        content_type="text/plain; charset=utf-8",
    )
    answer["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return answer


def codes_left(request: SignedInRequest) -> list[str]:
    found = recovery_codes_of(request.user)
    if found is None:
        raise Http404("Recovery codes come with the first second factor.")
    return found


class MoveApp(totp.ActivateTOTPView):  # type: ignore[misc]  # allauth ships no types
    """The authenticator app on another device: the new one is in force before the old one is gone, or nothing is."""

    template_name = "mfa/totp/activate_form.html"

    @method_decorator(said_again)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        old = Authenticator.objects.filter(user=request.user.pk, type=Authenticator.Type.TOTP)
        if not old.exists():
            return redirect("mfa_activate_totp")
        answer: HttpResponseBase = super(totp.ActivateTOTPView, self).dispatch(request, *args, **kwargs)
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        Authenticator.objects.filter(user=self.request.user.pk, type=Authenticator.Type.TOTP).delete()
        answer: HttpResponse = super().form_valid(form)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "moving": True}


class RemovePasskey(passkeys.RemoveWebAuthnView):  # type: ignore[misc]
    """A passkey taken away; not the last factor of somebody whose role asks for one."""

    template_name = "mfa/webauthn/remove.html"
    success_url = reverse_lazy("mfa_index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        adapter = get_adapter()
        stays = not adapter.can_delete_authenticator(self.object)
        return {
            **super().get_context_data(**kwargs),
            "passkey": self.object.wrap().name,
            "refused": adapter.error_messages["cannot_delete_authenticator"] if stays else "",
        }

    def form_valid(self, form: Any) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.object):
            return render(self.request, self.template_name, self.get_context_data(), status=409)
        answer: HttpResponse = super().form_valid(form)
        return answer


@signed_in_to_set_up
@require_http_methods(["GET", "HEAD", "POST"])
def rename_passkey(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call a passkey something else."""
    mine = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN)
    passkey = get_object_or_404(mine, pk=pk)
    form = PasskeyNameForm(typed(request), initial={"name": passkey.wrap().name})
    act = partial(actions.rename_passkey, passkey=passkey, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The passkey has its new name.")
        return redirect("mfa_index")
    trail: list[tuple[str, str | None]] = [("Sign-in and security", reverse("mfa_index"))]
    return form_page(request, form, title="Rename a passkey", button="Rename it", trail=trail)


class Authenticate(mfa.AuthenticateView):  # type: ignore[misc]
    """The second half of signing in: by whichever factors the person has."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = set(factors_of(self.stage.login.user).values())
        has = {"has_app": Authenticator.Type.TOTP in kinds, "has_passkey": Authenticator.Type.WEBAUTHN in kinds}
        return {**super().get_context_data(**kwargs), **has}


authenticate = open_to_all(Authenticate.as_view())  # where nobody comes whose password was not right, says allauth
sign_in_by_passkey = open_to_all(passkeys.login_webauthn)
add_passkey = signed_in_to_set_up(noted(passkeys.add_webauthn))
remove_passkey = signed_in_to_set_up(noted(RemovePasskey.as_view()))
code_again = signed_in_to_set_up(mfa.reauthenticate)
set_up_app = signed_in_to_set_up(noted(totp.activate_totp))
move_app = signed_in_to_set_up(noted(MoveApp.as_view()))
remove_app = signed_in_to_set_up(noted(totp.deactivate_totp))
new_recovery_codes = signed_in_to_set_up(noted(codes.generate_recovery_codes))
