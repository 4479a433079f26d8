"""Photographs as they are shown: the same picture, the same way up, and nothing told about place or owner."""

import io
import struct

import pytest
from PIL import Image

from portfolio.photographs import segments, without_location
from portfolio.tests import small_files

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def shown(content: bytes, form: str = "JPEG") -> bytes:
    cleaned = without_location(content, TYPES[form])
    assert cleaned is not None
    return cleaned


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("form", TYPES)
def test_the_place_goes_and_the_pixels_stay(form: str) -> None:
    taken = small_files.photograph_with_place(form=form)
    assert opened(taken).getexif().get_ifd(small_files.JPEG_GPS)
    cleaned = shown(taken, form)
    assert not opened(cleaned).getexif().get_ifd(small_files.JPEG_GPS)
    assert b"Olwen" not in cleaned
    assert opened(cleaned).tobytes() == opened(taken).tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stays_the_same_way_up(orientation: int) -> None:
    cleaned = shown(small_files.photograph_with_place(orientation=orientation))
    assert opened(cleaned).getexif().get(0x0112, 1) == orientation


def test_a_nonsensical_orientation_goes() -> None:
    assert not opened(shown(small_files.photograph_with_place(orientation=77))).getexif()


@pytest.mark.parametrize(
    "options", [{"progressive": True}, {"subsampling": 2, "quality": 30}, {"restart_marker_rows": 1}]
)
def test_every_way_of_compressing_stays_whole(options: dict[str, object]) -> None:
    taken = small_files.picture("JPEG", size=(300, 200), **options)
    assert opened(shown(taken)).tobytes() == opened(taken).tobytes()


def test_its_colours_stay() -> None:
    profile = b"a colour profile of some length"
    taken = small_files.picture("JPEG", icc_profile=profile)
    assert opened(shown(taken)).info["icc_profile"] == profile
    grey = io.BytesIO()
    Image.new("CMYK", (16, 16), (10, 20, 30, 40)).save(grey, "JPEG")
    assert opened(shown(grey.getvalue())).tobytes() == opened(grey.getvalue()).tobytes()


def test_what_follows_the_picture_goes() -> None:
    """Telephones append a film, or a second photograph with a place of its own."""
    cleaned = shown(small_files.picture("JPEG") + small_files.photograph_with_place())
    assert cleaned.endswith(b"\xff\xd9")
    assert cleaned.count(b"\xff\xd8") == 1
    png = shown(small_files.picture("PNG") + b"secret", "PNG")
    assert b"secret" not in png


def test_notes_and_thumbnails_go() -> None:
    taken = small_files.picture("JPEG")
    for marker in (0xE1, 0xE2, 0xED, 0xFE):
        note = bytes([0xFF, marker]) + struct.pack(">H", 8) + b"secret"
        assert b"secret" not in shown(taken[:2] + note + taken[2:])


def test_a_picture_cut_short_is_cleaned_too() -> None:
    taken = small_files.photograph_with_place()
    cut = taken[: len(taken) - 40]
    assert b"Olwen" not in shown(cut)
    assert b"".join(body for _, body in segments(cut)) == cut[2:]


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("JPEG", b"\xff\xd8no segment"),
        ("JPEG", b"\xff\xd8\xff"),
        ("JPEG", b"\xff\xd8\xff\xe1\0"),
        ("PNG", b"\x89PNG\r\n\x1a\n\0\0"),
        ("WEBP", b"RIFF"),
    ],
)
def test_what_is_not_built_like_a_picture_is_not_shown(form: str, content: bytes) -> None:
    assert without_location(content, TYPES[form]) is None


def test_a_gif_tells_nothing() -> None:
    assert without_location(b"GIF89a", "image/gif") == b"GIF89a"
