"""What every template may say about the person signed in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from portfolio.access import with_standing


def signed_in(request: HttpRequest) -> dict[str, Any]:
    """`standing`: the person's roles, or None for somebody who is not signed in, or not even looked at: a request that
    names a host of somebody else's is refused before it is asked who sent it. `idle`: NVQ_IDLE_MINUTES."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"standing": None, "single_sign_on": settings.OIDC_ISSUER and settings.OIDC_NAME}
    return {"standing": with_standing(request), "idle": settings.IDLE_MINUTES}
