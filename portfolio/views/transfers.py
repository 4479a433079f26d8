"""Uploads that can be resumed: the tus protocol, version 1.0 (https://tus.io/protocols/resumable-upload).

Core, creation, termination and expiration. A client that is not sure what happened asks, and goes on from there. What
is refused comes as JSON with the sentences; a GET tells how an upload stands, and of one that is kept the receipt.
"""

import base64
import binascii

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.http import require_http_methods

from portfolio import transfers
from portfolio.access import SignedInRequest, signed_in_or_401
from portfolio.enums import Role
from portfolio.models import Centre, Upload
from portfolio.refusal import Refusal
from portfolio.rules import STAFF_ROLES
from portfolio.vault import NotReachedError, NotWrittenError
from portfolio.whole import whole

PIECE = "application/offset+octet-stream"
RETRY_AFTER = "60"
"""Seconds."""
TUS = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}
SPOKEN = {"Tus-Version": "1.0.0", "Tus-Extension": "creation,termination,expiration"}


@signed_in_or_401
@require_http_methods(["OPTIONS", "POST"])
def uploads(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """Announce a file to a centre where one is a candidate, or on the staff: its bytes go to Location."""
    own = request.standing.centres(Role.CANDIDATE, *STAFF_ROLES)
    centre = get_object_or_404(Centre, slug=slug, pk__in=own)
    if request.method == "OPTIONS":
        return answered(204, **SPOKEN, **{"Tus-Max-Size": str(settings.UPLOAD_LIMIT)})
    size = number_in(request, "Upload-Length")
    if size is None:
        return refused(400, ["Upload-Length says how many bytes the file has."])
    name = metadata(request.headers.get("Upload-Metadata", "")).get("filename", "")
    try:
        begun = transfers.begin(centre=centre, by=request.user, name=name, size=size, at=timezone.now())
    except Refusal as refusal:
        return refused(413 if size > settings.UPLOAD_LIMIT else 422, refusal.sentences)
    return answered(201, **expiry(begun), Location=reverse("portfolio:upload", args=[begun.token]))


@signed_in_or_401
@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
def upload(request: SignedInRequest, token: str) -> HttpResponseBase:
    """An upload of one's own: where it stands, its next piece, or that it is given up."""
    found = get_object_or_404(Upload.objects.visible_to(request.user).select_related("centre", "stored"), token=token)
    match request.method:
        case "PATCH":
            return piece(request, found)
        case "DELETE":
            return given_up(found)
        case "HEAD":
            return position(found)
    return JsonResponse(receipt(found), headers=TUS)


# --- inside ----------------------------------------------------------------------------------------------------------


def piece(request: SignedInRequest, found: Upload) -> HttpResponseBase:
    """Append the body. 409 when it does not go on where the file ends, 422 when the whole file is not taken; 507 when
    the disk fails and 503 when the object store is away, and the same piece may be sent again."""
    offset = number_in(request, "Upload-Offset")
    if request.content_type != PIECE or offset is None:
        return refused(415, [f"A piece is sent as {PIECE}, with Upload-Offset."])

    def read(size: int) -> bytes:
        try:
            return request.read(size)
        except UnreadablePostError:  # the line was cut: what came before it counts
            return b""

    try:
        end = transfers.receive(upload=found, offset=offset, read=read, at=timezone.now())
    except transfers.OutOfStepError as problem:
        return answered(409, **{"Upload-Offset": str(problem.offset)})
    except NotReachedError as refusal:
        return refused(503, refusal.sentences, **{"Retry-After": RETRY_AFTER})
    except NotWrittenError as refusal:
        return refused(507, refusal.sentences)
    except Refusal as refusal:
        return refused(422, refusal.sentences)
    except Upload.DoesNotExist:
        return answered(410)
    return answered(204, **expiry(found), **{"Upload-Offset": str(end)})


def position(found: Upload) -> HttpResponse:
    """How far it is; 410 when it is refused and its bytes are gone."""
    if found.refusal:
        return answered(410)
    length = {"Upload-Offset": str(transfers.offset_of(found)), "Upload-Length": str(found.size)}
    return answered(200, **expiry(found), **length)


def given_up(found: Upload) -> HttpResponseBase:
    """Forget it; 409 once it is part of an item."""
    try:
        transfers.give_up(upload=found, at=timezone.now())
    except Refusal as refusal:
        return refused(409, refusal.sentences)
    return answered(204)


def receipt(found: Upload) -> dict[str, object]:
    """Name and size; how far it is; and digest and time once it is kept, or the sentence why it is not."""
    return {
        "name": found.name,
        "size": found.size,
        "offset": transfers.offset_of(found),
        "sha256": found.stored.sha256 if found.stored else None,
        "at": found.finished_at.isoformat() if found.finished_at else None,
        "saved": found.claimed_at is not None,
        "refused": [found.refusal] if found.refusal else [],
    }


def expiry(found: Upload) -> dict[str, str]:
    return {"Upload-Expires": http_date(transfers.expires_at(found).timestamp())}


def answered(status: int, **headers: str) -> HttpResponse:
    return HttpResponse(status=status, headers=TUS | headers)


def refused(status: int, sentences: list[str], **headers: str) -> JsonResponse:
    return JsonResponse({"refused": sentences}, status=status, headers=TUS | headers)


def number_in(request: SignedInRequest, header: str) -> int | None:
    """The whole number in a header, if one is there."""
    return whole(request.headers.get(header, ""))


def metadata(header: str) -> dict[str, str]:
    """What the client tells of the file: `key base64,key base64`. What cannot be read is left out."""
    found = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found
