"""How signing in behaves in this house: nobody signs up, people are invited by a centre.

django-allauth shows the pages and checks the password, django-axes counts the wrong tries per address and network
address in the database, so that the count holds across workers and restarts.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from axes.utils import reset
from django.http import HttpRequest
from django.utils import timezone

from portfolio import post
from portfolio.models import User


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth's door, without a sign-up and with our own post office."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This address and this password do not go together. Check both, or choose a new "
        "password by “Forgot your password?” below.",
        "too_many_login_attempts": "Too many wrong passwords for this address. Wait some minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand the mail in rather than wait for the mail server: known and unknown addresses take equally long."""
        message = self.render_mail(template_prefix, email, {"email": email, **context})
        post.hand_in(
            centre=None, to=email, subject=str(message.subject), body=str(message.body) + "\n", at=timezone.now()
        )

    def set_password(self, user: User, password: str) -> None:
        """Forget the wrong tries as well: whoever could choose a new password need not wait out a lock."""
        super().set_password(user, password)
        reset(username=user.email.lower())


def address_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The address somebody tries to sign in with, for counting: however it was typed, it is one address."""
    tried = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(tried).strip().lower()
