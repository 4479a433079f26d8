"""Small real files, made by the tests that need them."""

import base64
import io
import struct
import wave
import zipfile
import zlib

import pikepdf
from PIL import Image

JPEG_GPS = 0x8825
CONTENT_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
OFFICE_MAINS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
ODF_TYPES = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


def picture(form: str, *, size: tuple[int, int] = (24, 16), **options: object) -> bytes:
    content = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(content, form, **options)
    return content.getvalue()


def photograph_with_place(*, orientation: int = 6, form: str = "JPEG") -> bytes:
    """A photograph that says where it was taken, who took it and which way up it is."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = "Olwen Hughes"
    exif.get_ifd(JPEG_GPS).update({1: "N", 2: (53.0, 13.0, 12.0), 3: "W", 4: (4.0, 7.0, 48.0)})
    return picture(form, exif=exif)


def telephone_photograph() -> bytes:
    """An HEIC photograph, upright 16 by 24, that says where it was taken and who took it. Nothing here can make one."""
    return base64.b64decode(TELEPHONE)


def png_claiming(across: int, down: int) -> bytes:
    """A PNG of a few bytes whose header promises that many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", across, down, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def pdf(pages: int = 1, *, size: tuple[int, int] = (595, 842), password: str = "") -> bytes:
    document = pikepdf.new()
    for number in range(1, pages + 1):
        page = document.add_blank_page(page_size=size)
        page.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F1=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
                )
            )
        )
        page.Contents = document.make_stream(f"BT /F1 24 Tf 72 700 Td (Call log {number}) Tj ET".encode())
    content = io.BytesIO()
    locked = pikepdf.Encryption(owner=password, user=password) if password else False
    document.save(content, encryption=locked)
    return content.getvalue()


def archive(members: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as packed:
        for name, body in members.items():
            packed.writestr(name, body)
    return content.getvalue()


def office(ending: str, **more: bytes) -> bytes:
    """A Word, Excel or PowerPoint container with what makes it one; `more` members by name, `__` for a slash."""
    members: dict[str, bytes | str] = {"[Content_Types].xml": CONTENT_TYPES, OFFICE_MAINS[ending]: "<document/>"}
    members.update({name.replace("__", "/") + ".bin": body for name, body in more.items()})
    return archive(members)


def open_document(ending: str, **more: bytes) -> bytes:
    members: dict[str, bytes | str] = {
        "mimetype": f"application/vnd.oasis.opendocument.{ODF_TYPES[ending]}",
        "content.xml": "<content/>",
    }
    members.update({name.replace("__", "/"): body for name, body in more.items()})
    return archive(members)


def wav(seconds: float = 0.1) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(int(16000 * seconds)))
    return content.getvalue()


def media(brand: bytes, *compatible: bytes) -> bytes:
    """The beginning of an ISO media file of that brand, as telephones record."""
    brands = brand + b"\0\0\2\0" + b"".join(compatible)
    return struct.pack(">I", len(brands) + 8) + b"ftyp" + brands + struct.pack(">I", 8) + b"mdat"


TELEPHONE = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAcdtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAA"
    "AAAERAAAIAAQAAAAAB6wABAAAAAAAAAFQAAgAAAAACPwABAAAAAAAAALAAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVp"
    "bmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABBmlwcnAAAADlaXBjbwAAAHVodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGE"
    "ABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQApQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqrprm4CGgwIAAAAyAAAADAIRiAAEABkQBwXPBiQAA"
    "ABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAAChjbGFwAAAAGAAAAAEAAAAQAAAAAf///9gAAAAC////0AAAAAIAAAAQcG"
    "l4aQAAAAADCAgIAAAACWlyb3QDAAAAGWlwbWEAAAAAAAAAAQABBoECAwWEhgAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAABDG1kYXQAAABQ"
    "KAGvEyGtLGj5bNEf9UsYFYxuMzWf0Ll9XtNjzAvqNaE6n3mMbX4eehlxSZlB/6WzWrN/nLegtER9+Vu/BgkskiP0wKYQGoPX6LeB57oNpcAAAA"
    "AGRXhpZgAATU0AKgAAAAgAAwESAAMAAAABAAYAAAE7AAIAAAANAAAAMoglAAQAAAABAAAAQAAAAABPbHdlbiBIdWdoZXMAAAAEAAEAAgAAAAJO"
    "AAAAAAIABQAAAAMAAAB2AAMAAgAAAAJXAAAAAAQABQAAAAMAAACOAAAAAAAAADUAAAABAAAADQAAAAEAAAAMAAAAAQAAAAQAAAABAAAABwAAAA"
    "EAAAAwAAAAAQ=="
)
MP3 = b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\0" + bytes(100)
OGG = b"OggS\0\x02" + bytes(60)
WEBM = bytes.fromhex("1a45dfa3") + b"\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(40)
EVERY_KIND = {
    "report.pdf": (pdf(), "application/pdf"),
    "screen.png": (picture("PNG"), "image/png"),
    "desk.jpg": (picture("JPEG"), "image/jpeg"),
    "desk.JPEG": (picture("JPEG"), "image/jpeg"),
    "wave.gif": (picture("GIF"), "image/gif"),
    "desk.webp": (picture("WEBP"), "image/webp"),
    "phone.heic": (media(b"heic", b"mif1", b"heic"), "image/heic"),
    "call.mp3": (MP3, "audio/mpeg"),
    "memo.m4a": (media(b"M4A ", b"M4A ", b"mp42"), "audio/mp4"),
    "android memo.m4a": (media(b"mp42", b"isom", b"mp42"), "audio/mp4"),
    "call.wav": (wav(), "audio/wav"),
    "call.ogg": (OGG, "audio/ogg"),
    "screen.mp4": (media(b"isom", b"isom", b"avc1"), "video/mp4"),
    "clip.mov": (media(b"qt  ", b"qt  "), "video/quicktime"),
    "screen.webm": (WEBM, "video/webm"),
    "report.docx": (
        office("docx"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "figures.xlsx": (office("xlsx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "talk.pptx": (office("pptx"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "report.odt": (open_document("odt"), "application/vnd.oasis.opendocument.text"),
    "figures.ods": (open_document("ods"), "application/vnd.oasis.opendocument.spreadsheet"),
    "talk.odp": (open_document("odp"), "application/vnd.oasis.opendocument.presentation"),
    "notes.txt": ("Siaradais â Siân o Ŵyr".encode(), "text/plain; charset=utf-8"),
    "pounds.csv": ("name,fee\r\nAnn,£40\r\n".encode("windows-1252"), "text/csv; charset=windows-1252"),
    "notepad.txt": ("Łódź".encode("utf-16"), "text/plain; charset=utf-16"),
    "plan.md": (b"# Plan\n\n- ring back\n", "text/markdown; charset=utf-8"),
    "complaint.eml": (b"From: a@example.org\r\nSubject: Hello\r\n\r\nBody\r\n", "message/rfc822; charset=utf-8"),
}
