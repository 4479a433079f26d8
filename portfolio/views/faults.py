"""What is shown where something broke that no view knew of."""

import errno
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from portfolio import logs, metrics
from portfolio.access import by_script, open_to_all

AWAY = "The records cannot be reached just now."
FULL = "There is no room on the server to keep anything just now."
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


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
        return AWAY
    return FULL if isinstance(fault, OSError) and fault.errno in NO_ROOM else ""
