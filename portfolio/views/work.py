"""Work in progress: saves that pages send while somebody types, and throwing away what was typed."""

import datetime
import json
import re
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from portfolio import work
from portfolio.access import SignedInRequest, signed_in, signed_in_or_401
from portfolio.views.answers import ours

LONGEST_KEY, LONGEST_TITLE = 200, 200
NO_TEXT = re.compile("[\0\ud800-\udfff]")
TOO_LONG = "This is too long to be saved as you type. Send it, or keep a copy."
UNREADABLE = "What this page sent cannot be read. Load the page again."
SOMEBODY_ELSE = "Somebody else has signed in meanwhile, so nothing of this page was saved."


@signed_in_or_401
@require_POST
def keep(request: SignedInRequest) -> HttpResponseBase:
    """Keep what a page sends as JSON; answer with the time, and with what was typed elsewhere meanwhile."""
    now = timezone.now()
    if len(request.body) > work.LONGEST * 2:
        return refused(413, TOO_LONG)
    try:
        sent = json.loads(request.body)
        subject = work.subject_of(sent["work"], by=request.user)
        kept = work.keep(subject, save_of(sent), at=now)
    except work.SomebodyElsesError:
        return refused(409, SOMEBODY_ELSE)
    except work.TooLongError:
        return refused(413, TOO_LONG)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, signing.BadSignature):
        return refused(400, UNREADABLE)
    at = timezone.localtime(now).strftime("%H:%M")
    return JsonResponse({"at": at, "revision": kept.revision, "elsewhere": kept.elsewhere, "gone": kept.gone})


@signed_in
@require_POST
def discard(request: SignedInRequest) -> HttpResponse:
    """Throw away what was typed into a form, and go back to it."""
    try:
        subject = work.subject_of(request.POST.get("work", ""), by=request.user)
    except (work.SomebodyElsesError, signing.BadSignature):
        messages.error(request, SOMEBODY_ELSE)
    else:
        work.forget(subject)
        messages.info(request, "What you had typed is thrown away. The form is as it was before.")
    return redirect(ours(request, request.POST.get("next", "")))


# --- inside ----------------------------------------------------------------------------------------------------------


def save_of(sent: dict[str, Any]) -> work.Save:
    """What a page sent. Raises ValueError, KeyError, TypeError, AttributeError or OverflowError when it is not that."""
    fields = {}
    for key, (values, age) in sent["fields"].items():
        if len(key) > LONGEST_KEY or not all(map(is_text, [key, *values])):
            raise ValueError(key)
        fields[key] = work.Typed(values, None if age is None else min(max(since(age), since(0)), work.KEPT_FOR))
    title = " ".join(str(sent.get("title", "")).split())[:LONGEST_TITLE]
    if not is_text(title + str(sent["page"])):
        raise ValueError(title)
    return work.Save(str(sent["page"])[:40], int(sent["turn"]), max(int(sent["seen"]), 0), fields, title)


def is_text(value: object) -> bool:
    """Whether it is text that the database can hold: half a sign and a zero are none."""
    return isinstance(value, str) and NO_TEXT.search(value) is None


def since(milliseconds: float) -> datetime.timedelta:
    return datetime.timedelta(milliseconds=milliseconds)


def refused(status: int, sentence: str) -> JsonResponse:
    return JsonResponse({"refused": [sentence]}, status=status)
