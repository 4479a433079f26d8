"""What is shown where something broke that no view knew of."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from portfolio import logs, metrics, vault
from portfolio.access import by_script, open_to_all

AWAY = "The records cannot be reached just now."
FULL = "There is no room on the server to keep anything just now."
SAID_BY_SQLITE = "database or disk is full"
DISK_FULL = "53100"
"""PostgreSQL's code for it."""


@open_to_all
def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a fault, with the number that finds it in the log. It asks the database for nothing.

    A database that is away and a disk that is full pass: such a page says so, and a machine is told to come back.
    """
    why = reason(sys.exc_info()[1])
    context = {"number": logs.current_request(), "why": why, "standing": None}
    if by_script(request):
        said = why or "Something went wrong here; it is our fault, not yours."
        response = HttpResponse(f"{said} {context['number']}".strip(), content_type="text/plain")
    else:
        response = HttpResponse(render_to_string("503.html" if why else "500.html", context))
    response.status_code = 503 if why else 500
    if why:
        response["Retry-After"] = "60"
    return response


def reason(fault: BaseException | None) -> str:
    """The sentence for a fault that passes; empty for any other."""
    if isinstance(fault, OperationalError | InterfaceError):
        metrics.database_errors.inc()
        return FULL if is_full(fault) else AWAY
    return FULL if vault.has_no_room(fault) else ""


def is_full(fault: Exception) -> bool:
    """Whether it is the database that has no room."""
    return SAID_BY_SQLITE in str(fault) or getattr(fault.__cause__, "pgcode", "") == DISK_FULL
