"""Stored bytes on their way to a browser. The view has checked who is asking before it calls this.

A file that somebody uploaded is never trusted, however well it was judged on its way in: it is shown in place only if
its type is on the short list below, and always in a sandbox that runs nothing and may load nothing.
"""

import logging
import re
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header

from portfolio import stores, vault
from portfolio.models import StoredFile
from portfolio.photographs import without_location

log = logging.getLogger(__name__)

CHUNK = 256 * 1024

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
RECORDINGS = frozenset(
    {"audio/mpeg", "audio/mp4", "audio/wav", "audio/ogg", "video/mp4", "video/quicktime", "video/webm"}
)
# Shown as plain text whatever they are called, so that a browser has nothing to interpret.
TEXTS = frozenset({"text/plain", "text/csv", "text/markdown"})
INLINE = PICTURES | RECORDINGS | TEXTS

# Nothing may be loaded but what a browser's own page around a bare picture or recording needs: the thing itself, and
# its inline style. No form may be sent, no base address set, and no page may frame it.
MAY_LOAD = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    # A sandbox without permissions: no script, no forms, no pop-ups, and an origin of its own.
    "Content-Security-Policy": f"sandbox; {MAY_LOAD}",
    # The type is the one judged by content: a browser must not guess another.
    "X-Content-Type-Options": "nosniff",
    # No other site may show or measure it, signed in or not.
    "Cross-Origin-Resource-Policy": "same-origin",
    # It is about a person: no proxy keeps it, and none is left on a shared computer.
    "Cache-Control": "private, no-store",
    "Accept-Ranges": "bytes",
}

INTERNAL = "/stored/"
"""The address below which nginx, and nobody else, reaches the vault: `location /stored/ { internal; … }`."""

MOST_PICTURE_BYTES = 50 * 1024 * 1024

# A browser plays a recording in a tab of its own only if that tab keeps our origin; scripts stay forbidden.
PLAYS = f"sandbox allow-same-origin; {MAY_LOAD}"

ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def shows_inline(stored: StoredFile) -> bool:
    """Whether a browser may show the file in place."""
    return media_type(stored) in INLINE


def media_type(stored: StoredFile) -> str:
    """The content type without its character set."""
    return stored.content_type.partition(";")[0]


def serve(request: HttpRequest, stored: StoredFile, *, name: str, download: bool) -> HttpResponseBase:
    """The file, whole or the one range asked for, shown in place or to be kept under `name`.

    Whatever is not on the short list is to be kept, also when asked for in place. Photographs in place go without the
    place where they were taken; the download is the file as it was handed in. Raises Http404 when its bytes are gone;
    StoreAwayError.
    """
    try:
        picture = None if download else picture_to_show(stored)
        inline = picture is not None or (not download and shows_inline(stored) and not is_picture(stored))
        headers = headers_of(stored, name, inline)
        if picture is not None:
            return answered(request, BytesIO(picture), len(picture), headers | {"ETag": f'"{stored.sha256}-shown"'})
        if handed := handed_over(request, stores.vault(), vault.place_of(stored), headers, inline, below=INTERNAL):
            return handed
        return answered(request, vault.open_stored(stored), stored.size, headers)
    except FileNotFoundError as error:
        log.exception("The bytes of stored file %s are not in the vault", stored.pk)
        raise Http404("The bytes of this file are no longer kept.") from error


def serve_copy(
    request: HttpRequest, store: stores.Store, place: str, *, size: int, sha256: str, name: str
) -> HttpResponseBase:
    """A ZIP that was made here, whole or the one range asked for, to be kept under `name`. Raises FileNotFoundError."""
    named = content_disposition_header(True, vault.safe_name(name)) or "attachment"
    headers = HEADERS | {"Content-Type": "application/zip", "Content-Disposition": named, "ETag": f'"{sha256}"'}
    handed = handed_over(request, store, place, headers, inline=False)
    return handed or answered(request, store.open(place), size, headers)


def text_of(stored: StoredFile, limit: int = 100_000) -> str:
    """The beginning of a stored text, to be shown on a page."""
    charset = stored.content_type.partition("charset=")[2] or "utf-8"
    with vault.open_stored(stored) as file:
        return file.read(4 * limit).decode(charset, "ignore").removeprefix("\ufeff")[:limit]


# --- inside ----------------------------------------------------------------------------------------------------------


def picture_to_show(stored: StoredFile) -> bytes | None:
    """A picture as it is shown in place; None for what is none, or cannot be shown."""
    if not is_picture(stored) or stored.size > MOST_PICTURE_BYTES:
        return None
    with vault.open_stored(stored) as file:
        return without_location(file.read(), media_type(stored))


def is_picture(stored: StoredFile) -> bool:
    return media_type(stored) in PICTURES


def headers_of(stored: StoredFile, name: str, inline: bool) -> dict[str, str]:
    """What is told with the bytes of a file, whoever sends them."""
    headers = HEADERS | {
        "Content-Type": type_to_send(stored, inline),
        "Content-Disposition": content_disposition_header(not inline, vault.safe_name(name)) or "attachment",
        "ETag": f'"{stored.sha256}"',
    }
    if inline and media_type(stored) in RECORDINGS:
        headers["Content-Security-Policy"] = PLAYS
    return headers


def handed_over(
    request: HttpRequest, store: stores.Store, place: str, headers: dict[str, str], inline: bool, below: str = ""
) -> HttpResponseBase | None:
    """The answer that has somebody else send the bytes, by the setting; None where it is for us to send them.

    nginx sends files of its disk that it knows `below` an address, and says what we say. A bucket says neither our
    policy nor `nosniff`: so it sends what is kept, never what is shown in place. Raises FileNotFoundError.
    """
    links = settings.HANDOVER == "links" and not inline and request.method == "GET"
    by_nginx = settings.HANDOVER == "nginx" and below
    if not links and not by_nginx:
        return None
    if store.look(place) is None:
        raise FileNotFoundError(place)
    if by_nginx:
        ours = {name: value for name, value in headers.items() if name != "Accept-Ranges"}  # which it says itself
        return HttpResponse(headers=ours | {"X-Accel-Redirect": f"{below}{place}"})
    told = {name: headers[name] for name in ("Content-Type", "Content-Disposition", "Cache-Control")}
    said = {name: headers[name] for name in ("Content-Disposition", "Cache-Control")}
    return HttpResponseRedirect(store.link(place, told), headers=said | {"Referrer-Policy": "no-referrer"})


def type_to_send(stored: StoredFile, inline: bool) -> str:
    """The type judged by content; any text in place is plain text."""
    if inline and media_type(stored) in TEXTS:
        return f"text/plain;{stored.content_type.partition(';')[2]}"
    return stored.content_type


def range_of(request: HttpRequest, size: int, etag: str) -> range | None:
    """The one range of bytes asked for, empty when there are no such bytes; None when all are asked for.

    RFC 9110, section 14: a range that cannot be read, several ranges, or a range of another version mean all.
    """
    match = ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or not any(match.groups()) or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    everything = range(size)
    if not first:
        return everything[-int(last) :] if int(last) else range(0)
    if last and int(last) < int(first):
        return None
    return everything[int(first) : int(last) + 1 if last else None]


def answered(request: HttpRequest, content: BinaryIO, size: int, headers: dict[str, str]) -> HttpResponseBase:
    """The bytes, or the one range of them that was asked for, with these headers."""
    response = body(request, content, size, range_of(request, size, headers["ETag"]))
    for header, value in headers.items():
        if header != "Content-Type" or response.status_code != 416:
            response[header] = value
    return response


def body(request: HttpRequest, content: BinaryIO, size: int, span: range | None) -> HttpResponseBase:
    """The response with that range of the bytes, with all of them for None, and with none of them for HEAD."""
    if span is not None and not span:
        content.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    status = 200 if span is None else 206
    sent = range(size) if span is None else span
    response: HttpResponseBase
    if request.method == "HEAD":
        content.close()
        response = HttpResponse(status=status)
    else:
        response = StreamingHttpResponse(part(content, sent), status=status)
        response._resource_closers.append(content.close)  # type: ignore[attr-defined]
    response["Content-Length"] = str(len(sent))
    if span is not None:
        response["Content-Range"] = f"bytes {sent.start}-{sent.stop - 1}/{size}"
    return response


def part(content: BinaryIO, span: range) -> Iterator[bytes]:
    """Those bytes, a chunk at a time."""
    content.seek(span.start)
    left = len(span)
    while left and (chunk := content.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk
