"""Photographs without what they tell about place, owner and camera.

A telephone writes into each photograph where it was taken, often somebody's home. What is shown on a page goes without
it: the pixels are copied as they are, and only the parts a picture needs to look right are kept beside them. Of the
metadata one fact stays, which way up the picture is. A picture that cannot be taken apart like this is not shown.
"""

import struct
from collections.abc import Iterator

from PIL import Image

# JPEG segments without a length: restart markers, start and end of image.
BARE = {0x01, *range(0xD0, 0xDA)}
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
ORIENTATION = 0x0112
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_TELLING = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
WEBP_TELLING = {b"EXIF", b"XMP "}


def without_location(content: bytes, content_type: str) -> bytes | None:
    """The picture as it may be shown: same pixels, same colours, same way up, and nothing told about it.

    None when it is not built as its kind is, so that nobody can say what it tells. A GIF tells nothing.
    """
    try:
        match content_type:
            case "image/jpeg":
                return clean_jpeg(content)
            case "image/png":
                return PNG_SIGNATURE + b"".join(png_chunks(content))
            case "image/webp":
                return clean_webp(content)
    except (IndexError, ValueError, struct.error):
        return None
    return content


# --- JPEG ------------------------------------------------------------------------------------------------------------


def clean_jpeg(content: bytes) -> bytes:
    """Start of image, which way up, then all segments that draw; whatever follows the end of the image is cut off."""
    return b"\xff\xd8" + way_up(content) + b"".join(drawing_segments(content))


def way_up(content: bytes) -> bytes:
    """An EXIF segment that holds the orientation and nothing else; empty when the picture is upright."""
    found = next((body for marker, body in segments(content) if marker == 0xE1 and body[4:10] == b"Exif\0\0"), b"")
    exif = Image.Exif()
    try:
        exif.load(found[4:])
        orientation = exif.get(ORIENTATION, 1)
    except (SyntaxError, KeyError, TypeError):
        return b""
    if orientation not in range(2, 9):
        return b""
    kept = Image.Exif()
    kept[ORIENTATION] = orientation
    payload = kept.tobytes()
    payload = payload if payload.startswith(b"Exif\0\0") else b"Exif\0\0" + payload
    return b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload


def drawing_segments(content: bytes) -> Iterator[bytes]:
    """All but application data and comments: of those only JFIF, the colour profile and Adobe's colour transform."""
    for marker, body in segments(content):
        told = 0xE0 <= marker <= 0xEF or marker == 0xFE
        needed = marker in {0xE0, 0xEE} or (marker == 0xE2 and body[4:15] == b"ICC_PROFILE")
        if needed or not told:
            yield body


def segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment after the start of the image, up to the end of the image and with it.

    A scan's segment includes its compressed pixels. A picture cut short ends where its bytes do. Raises ValueError or
    IndexError when it is not built like a JPEG.
    """
    at = 2
    while at < len(content):
        if content[at] != 0xFF:
            raise ValueError("A JPEG segment begins with FF.")
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        end = at + 2 if marker in BARE else at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if marker == START_OF_SCAN:
            end = end_of_scan(content, end)
        yield marker, content[at:end]
        if marker == END_OF_IMAGE:
            return
        at = end


def end_of_scan(content: bytes, at: int) -> int:
    """Where the compressed pixels end: at the next FF that neither stands for itself nor restarts the decoder."""
    while (at := content.find(b"\xff", at)) not in {-1, len(content) - 1}:
        follows = content[at + 1]
        if follows != 0 and follows not in range(0xD0, 0xD8):
            return at
        at += 2
    return len(content)


# --- PNG and WebP ----------------------------------------------------------------------------------------------------


def png_chunks(content: bytes) -> Iterator[bytes]:
    """All chunks up to the end of the image but those that tell about it."""
    at, name = len(PNG_SIGNATURE), b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if name not in PNG_TELLING:
            yield content[at:end]
        at = end


def clean_webp(content: bytes) -> bytes:
    """The same container without EXIF and XMP, and its header no longer promising them."""
    size = struct.unpack_from("<I", content, 4)[0]
    at, kept = 12, []
    while at + 8 <= min(size + 8, len(content)):
        name, length = struct.unpack_from("<4sI", content, at)
        end = at + 8 + length + length % 2
        if name == b"VP8X":
            kept.append(content[at : at + 8] + bytes([content[at + 8] & ~0x0C]) + content[at + 9 : end])
        elif name not in WEBP_TELLING:
            kept.append(content[at:end])
        at = end
    chunks = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks
