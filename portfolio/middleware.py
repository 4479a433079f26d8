"""What stands around every view: each request has a number, and a refusal that no view caught is still a page."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, MiddlewareNotUsed
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from portfolio import logs, metrics
from portfolio.refusal import Refusal
from portfolio.sentences import sentence_of
from portfolio.stores import StoreAwayError

RETRY_AFTER = "60"
"""Seconds."""
NOT_KEPT = "private, no-store"
"""Of a page, unless it says something else: on a shared computer nobody goes back into what was shown before."""

ASKED_AT, ASKED_EACH = "asked_at", 30
"""When somebody signed in asked for something, in the session; written down again after so many seconds."""
IDLE = "You were signed out, as nothing was asked for in {} minutes. Sign in again to go on where you were."

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

log = logging.getLogger(__name__)
answered = logging.getLogger("portfolio.requests")

WATCHING = frozenset({"portfolio:alive", "portfolio:ready", "portfolio:ready_for_pages", "portfolio:metrics"})
"""Asked every few seconds by machines: said in the log only where it goes wrong."""
ASKED_DIRECTLY = frozenset({"/healthz", "/readyz", "/readyz/pages", "/metrics"})
"""By the address of the process, whatever it is: nothing that they say depends on the host."""


class RequestMiddleware:
    """Gives the request its number, the proxy's where that is sane, and writes down how it was answered.

    What is written names the address as urls.py does: never the path or query, which may hold a secret or a name.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = logs.number_of(request)
        if request.path_info in ASKED_DIRECTLY:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0].lstrip(".*") or "localhost"
        started = time.perf_counter()
        with logs.of_request(number):
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            route, method = logs.route_of(request), metrics.known(request.method)
            metrics.answered(route, method, response.status_code, seconds)
            said = {"method": method, "route": route, "status": response.status_code, "ms": round(seconds * 1000)}
            level = logging.DEBUG if route in WATCHING and response.status_code < 400 else logging.INFO
            answered.log(level, "Answered", extra=said)
        response["X-Request-ID"] = number
        response.setdefault("Cache-Control", NOT_KEPT)
        return response


class IdleMiddleware:
    """Ends the sign-in of whoever asked for nothing for `NVQ_IDLE_MINUTES`; not there where that says nothing.

    For computers that several people use. It ends as by its age: what a page sends that stood open meanwhile is kept
    over the next one. Source: OWASP ASVS 5, V7.3.1.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.IDLE_MINUTES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session:
            now = int(time.time())
            idle = now - request.session.get(ASKED_AT, now)
            if idle > settings.IDLE_MINUTES * 60:
                request.session.flush()
                request.user = AnonymousUser()
                messages.info(request, IDLE.format(settings.IDLE_MINUTES))
            elif idle >= ASKED_EACH or ASKED_AT not in request.session:
                request.session[ASKED_AT] = now
        return self.get_response(request)


class RefusalMiddleware:
    """Answers 409 where an action, or a wall of the database, refused. Views normally show the sentences themselves.

    And 503 where the object store is away: what asks for stored bytes may come back in a minute. What no browser of
    anybody's sends goes no further: another method than a page has, and a zero, which no text of the database can hold.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info:
            raise BadRequest("The address holds a zero.")
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
            log.warning("The database refused at %s what no action did.", logs.route_of(request), exc_info=exception)
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
