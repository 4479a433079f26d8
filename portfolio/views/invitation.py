"""Taking up an invitation."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portfolio.access import open_to_all
from portfolio.actions import accept_invitation
from portfolio.forms import ChoosePasswordForm
from portfolio.invitation import read
from portfolio.views.answers import done, typed

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
    user = invitation.user
    form = ChoosePasswordForm(user, typed(request))
    if done(
        form,
        lambda clean: accept_invitation(
            invitation=invitation, password=clean["new_password1"], by=user, at=timezone.now()
        ),
    ):
        user.refresh_from_db()
        login(request, user, backend=ALLAUTH)
        UserSession.objects.create_from_request(request)
        messages.success(request, f"Welcome. You are signed in, and your place at {invitation.centre} is ready.")
        return redirect("home")
    return render(request, "portfolio/invitation.html", {"invitation": invitation, "form": form})


@open_to_all
@require_http_methods(["GET", "HEAD"])
def by_invitation_only(request: HttpRequest) -> HttpResponse:
    """Where allauth would have people sign up: says that a centre invites them."""
    return render(request, "portfolio/by_invitation_only.html")
