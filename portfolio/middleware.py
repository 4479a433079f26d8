"""The net under the views: a refusal that no view caught is still a page with sentences and a way back."""

import logging
from collections.abc import Callable

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from portfolio.refusal import Refusal
from portfolio.sentences import sentence_of
from portfolio.stores import StoreAwayError

RETRY_AFTER = "60"
"""Seconds."""

log = logging.getLogger(__name__)


class RefusalMiddleware:
    """Answers 409 where an action, or a wall of the database, refused. Views normally show the sentences themselves.

    And 503 where the object store is away: what asks for stored bytes may come back in a minute.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page that says why nothing was changed; None for what is no refusal."""
        if isinstance(exception, StoreAwayError):
            log.error("The object store is away.", exc_info=exception)
            return away(request)
        sentences = []
        if isinstance(exception, Refusal):
            sentences = exception.sentences
        elif isinstance(exception, IntegrityError) and (sentence := sentence_of(exception)):
            log.warning("The database refused at %s what no action did.", request.path, exc_info=exception)
            sentences = [sentence]
        if not sentences:
            return None
        context = {"sentences": sentences, "back": way_back(request)}
        return render(request, "portfolio/refused.html", context, status=409)


def away(request: HttpRequest) -> HttpResponse:
    """The page that says so, and when to ask again."""
    response = render(request, "portfolio/store_away.html", {"back": way_back(request)}, status=503)
    response["Retry-After"] = RETRY_AFTER
    return response


def way_back(request: HttpRequest) -> str:
    """The page of ours that the person came from, else their first page."""
    referrer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(referrer, {request.get_host()}, require_https=request.is_secure())
    return referrer if ours else "/"
