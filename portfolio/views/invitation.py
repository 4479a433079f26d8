"""Taking up an invitation."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portfolio.access import open_to_all
from portfolio.actions import accept_invitation
from portfolio.invitation import read
from portfolio.models import User
from portfolio.refusal import Refusal
from portfolio.views.answers import show_refusal

ALLAUTH = settings.AUTHENTICATION_BACKENDS[-1]


@open_to_all
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites me, and the password I want. Choosing it signs me in and uses the link up."""
    invitation = read(token)
    if invitation is None:
        return render(request, "portfolio/invitation_void.html", status=404)
    form: SetPasswordForm[User] = SetPasswordForm(invitation.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = accept_invitation(
                invitation=invitation,
                password=form.cleaned_data["new_password1"],
                by=invitation.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            login(request, user, backend=ALLAUTH)
            messages.success(request, f"Welcome. You are signed in, and your place at {invitation.centre} is ready.")
            return redirect("home")
    return render(request, "portfolio/invitation.html", {"invitation": invitation, "form": form})


@open_to_all
@require_http_methods(["GET", "HEAD"])
def by_invitation_only(request: HttpRequest) -> HttpResponse:
    """Where allauth would have people sign up: says that a centre invites them."""
    return render(request, "portfolio/by_invitation_only.html")
