"""To the provider of identities and back. allauth speaks OpenID Connect with it."""

from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from requests import RequestException

from portfolio.access import open_to_all
from portfolio.single_sign_on import NO_ANSWER, refusal


class Provider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """The one provider of the settings. Its signature is checked, also where TLS alone would do."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, settings.OIDC_ID)

    def _decode_id_token(self, app: Any, id_token: str) -> Any:
        issuer = self.openid_config["issuer"]
        if issuer.rstrip("/") != settings.OIDC_ISSUER:
            raise ValueError(f"The provider calls itself {issuer}.")
        return jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=issuer,
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )


@open_to_all
@never_cache
@require_http_methods(["GET", "HEAD"])
def single_sign_on(request: HttpRequest) -> HttpResponseBase:
    """To the provider, which asks who it is."""
    return through(request, OAuth2LoginView)


@open_to_all
@never_cache
@require_http_methods(["GET", "HEAD"])
def single_sign_on_callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back with its answer. A GET that signs in, as the protocol has it: good once, in the browser that set out."""
    return through(request, OAuth2CallbackView)


def through(request: HttpRequest, view: Any) -> HttpResponseBase:
    if not settings.OIDC_ISSUER:
        raise Http404("No single sign-on is set up here.")
    try:
        answer: HttpResponseBase = view.adapter_view(Provider(request))(request)
    except (RequestException, KeyError, ValueError):  # it does not answer, or not as the protocol has it
        return refusal(request, NO_ANSWER)
    return answer
