"""The link in an invitation: signed, good for some days, used up by the password chosen with it."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from portfolio.models import Centre, RoleGrant, User

SALT = "portfolio.invitation"


@dataclass(frozen=True)
class Invitation:
    """That a centre has invited a person who has no password yet."""

    user: User
    centre: Centre


def fingerprint(user: User) -> str:
    """Changes as soon as the person has a password of their own: so each link opens once."""
    return salted_hmac(SALT, user.password).hexdigest()[:20]


def link_to(invitation: Invitation) -> str:
    """The full address at which the person chooses a password."""
    facts = [invitation.user.pk, invitation.centre.pk, fingerprint(invitation.user)]
    token = signing.dumps(facts, salt=SALT)
    return f"{settings.SITE_URL}{reverse('portfolio:invitation', args=[token])}"


def sign_in_link() -> str:
    """The full address of the sign-in page."""
    return f"{settings.SITE_URL}{reverse(settings.LOGIN_URL)}"


def read(token: str) -> Invitation | None:
    """The invitation behind a token, or None: forged, too old, used, or every role at the centre has ended."""
    try:
        user_id, centre_id, mark = signing.loads(token, salt=SALT, max_age=settings.INVITATION_DAYS * 24 * 60 * 60)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not constant_time_compare(mark, fingerprint(user)):
        return None
    grants = RoleGrant.objects.ending_from(timezone.localdate()).filter(user=user, centre=centre_id)
    grant = grants.select_related("centre").first()
    return Invitation(user, grant.centre) if grant else None
