"""What a file is, told by its bytes. Its name only has to agree.

A name can lie and a browser can be tricked by a file that is two things at once, so a file is kept only when its
content is one of the kinds below and its ending is one that kind goes by. Whatever can carry a program into somebody
else's computer (web pages, drawings with script, macros, archives, executables) is refused with the reason.
"""

import codecs
import io
import os
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import filetype
from PIL import Image, UnidentifiedImageError

from portfolio.refusal import Refusal


class UploadRefused(Refusal):
    """A file that is not kept, and the sentence that says what happened and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__([sentence])


@dataclass(frozen=True)
class Kind:
    """A kind of file: what it is called on the wire and in a sentence, and the endings it goes by."""

    content_type: str
    noun: str
    endings: tuple[str, ...]


OOXML = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"

KINDS = (
    Kind("application/pdf", "a PDF", ("pdf",)),
    Kind("image/png", "a PNG image", ("png",)),
    Kind("image/jpeg", "a JPEG photograph", ("jpg", "jpeg")),
    Kind("image/gif", "a GIF image", ("gif",)),
    Kind("image/webp", "a WebP image", ("webp",)),
    Kind("image/heic", "an HEIC photograph", ("heic", "heif")),
    Kind("audio/mpeg", "an MP3 recording", ("mp3",)),
    Kind("audio/mp4", "an M4A recording", ("m4a",)),
    Kind("audio/wav", "a WAV recording", ("wav",)),
    Kind("audio/ogg", "an Ogg recording", ("ogg", "oga", "opus")),
    Kind("video/mp4", "an MP4 recording", ("mp4", "m4v", "3gp", "m4a")),
    Kind("video/quicktime", "a QuickTime video", ("mov",)),
    Kind("video/webm", "a WebM recording", ("webm",)),
    Kind(f"{OOXML}.wordprocessingml.document", "a Word document", ("docx",)),
    Kind(f"{OOXML}.spreadsheetml.sheet", "an Excel workbook", ("xlsx",)),
    Kind(f"{OOXML}.presentationml.presentation", "a PowerPoint presentation", ("pptx",)),
    Kind(f"{ODF}.text", "an OpenDocument text", ("odt",)),
    Kind(f"{ODF}.spreadsheet", "an OpenDocument spreadsheet", ("ods",)),
    Kind(f"{ODF}.presentation", "an OpenDocument presentation", ("odp",)),
)
BY_TYPE = {kind.content_type: kind for kind in KINDS}
TEXT_TYPES = {"txt": "text/plain", "csv": "text/csv", "md": "text/markdown", "eml": "message/rfc822"}
ENDINGS = sorted({ending for kind in KINDS for ending in kind.endings} | set(TEXT_TYPES))

ENDING_OF = {kind.content_type: kind.endings[0] for kind in KINDS} | {
    kind: ending for ending, kind in TEXT_TYPES.items()
}

# What `filetype` calls things, where the house says it otherwise.
SAME_AS = {"audio/x-wav": "audio/wav", "video/x-m4v": "video/mp4", "video/3gpp": "video/mp4"}
# Kinds that are recognised so that the refusal can name them, though they are never kept.
REFUSED_NOUNS = {
    "application/zip": "a ZIP archive",
    "application/x-msdownload": "a program",
    "application/x-executable": "a program",
    "application/rtf": "a rich text document",
    "application/msword": "an old Office document",
    "application/vnd.ms-excel": "an old Office document",
    "application/vnd.ms-powerpoint": "an old Office document",
}
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
WEB_PAGE_STARTS = ("<!doctype", "<html", "<head", "<body", "<svg", "<?xml", "<script", "<iframe", "<!--", "<?php")

BLOCK = 1024 * 1024
MOST_MEMBERS = 10_000
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_DIRECTORY = 2 * 1024 * 1024
MOST_PICTURE = 100 * 1024 * 1024
BOMB_RATIO = 200
BOMB_FROM = 10 * 1024 * 1024


def content_type_of(path: Path, name: str) -> str:
    """The content type of the file at `path`, which somebody called `name`. Raises UploadRefused.

    Text carries its character set, e.g. `text/plain; charset=utf-8`; everything else is a bare type.
    """
    ending = Path(name).suffix.lstrip(".").lower()
    found = recognised(path, name)
    if found is None:
        return text_type(path, name, ending)
    kind = BY_TYPE.get(found)
    if kind is None:
        raise UploadRefused(refused_kind(name, found))
    if ending not in kind.endings:
        raise UploadRefused(mislabelled(name, ending, kind))
    if found.startswith("image/") and found != "image/heic":
        check_picture(path, name)
    if ending == "m4a":
        return "audio/mp4"
    return found


def recognised(path: Path, name: str) -> str | None:
    """The type its first bytes and, for office documents, its members tell; None when they tell nothing."""
    with path.open("rb") as file:
        head = file.read(8192)
    if head.startswith(b"PK"):
        return packed_type(path, name)
    if head.startswith(OLE):
        return "application/msword"
    guess = filetype.guess(head)
    if guess is None:
        return None
    return SAME_AS.get(guess.mime, str(guess.mime))


def mislabelled(name: str, ending: str, kind: Kind) -> str:
    """The sentence for a name that does not agree with its content."""
    fits = " or ".join(f".{one}" for one in kind.endings)
    named = f"is named .{ending} but is {kind.noun}" if ending else f"has no ending in its name and is {kind.noun}"
    return (
        f"“{name}” {named}, so it was not kept. Give it a name that ends in {fits}, or save it again in the form you "
        "meant, and add it again."
    )


def refused_kind(name: str, content_type: str) -> str:
    """The sentence for a kind of file that is never kept."""
    if content_type == "application/zip":
        return f"“{name}” is a ZIP archive, so it was not kept. Unpack it and add the files that are in it."
    if content_type == "application/msword":
        return (
            f"“{name}” is in an old Office form or locked with a password, so it was not kept. Save it without a "
            "password as .docx, .xlsx, .pptx or PDF and add that."
        )
    noun = REFUSED_NOUNS.get(content_type, "of a kind that cannot be kept as evidence")
    return f"“{name}” is {noun}, so it was not kept. {what_can_be_kept()}"


def what_can_be_kept() -> str:
    """The sentence that lists what is taken, by what people call it."""
    pictures, recordings, documents = (
        ", ".join(kind.endings[0] for kind in KINDS if kind.content_type.startswith(family))
        for family in ("image/", ("audio/", "video/"), "application/")
    )
    return (
        f"Save it as a document ({documents}), a picture ({pictures}), a recording ({recordings}) or a text "
        f"({', '.join(TEXT_TYPES)}), and add that."
    )


# --- office documents ------------------------------------------------------------------------------------------------


def packed_type(path: Path, name: str) -> str:
    """The type of a ZIP container by the names of its members. Raises UploadRefused for bombs, macros and damage."""
    try:
        with SparingFile(path) as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            check_unpacked_size(members, name)
            check_macros(archive, members, name)
            return office_type(archive, {member.filename for member in members})
    except TooMuchAtOnceError as error:
        raise UploadRefused(unpacks_to_more(name)) from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise UploadRefused(
            f"“{name}” is damaged and cannot be opened, so it was not kept. Check that it opens on your own device, "
            "then save it again and add it again."
        ) from error


def check_unpacked_size(members: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse a container that unpacks to far more than it holds, told by its own directory before reading any of it."""
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    out_of_proportion = unpacked > BOMB_FROM and unpacked > BOMB_RATIO * packed
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or out_of_proportion:
        raise UploadRefused(unpacks_to_more(name))


def unpacks_to_more(name: str) -> str:
    """The sentence for a container made to exhaust whoever opens it."""
    return f"“{name}” would unpack to far more than its size, so it was not kept. Save it as a PDF and add that."


class TooMuchAtOnceError(Exception):
    """A container whose directory alone would fill the memory."""


class SparingFile(io.FileIO):
    """A file never read in large parts: a ZIP's directory is read whole, and may be made as long as the file."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            size = os.fstat(self.fileno()).st_size - self.tell()
        if size > MOST_DIRECTORY:
            raise TooMuchAtOnceError
        return super().read(size) or b""


def check_macros(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse a document that carries a program: VBA, Excel 4 macro sheets, ActiveX, or Basic in OpenDocument."""
    for member in members:
        parts = member.filename.lower().replace("\\", "/").split("/")
        if parts[-1] == "vbaproject.bin" or {"macrosheets", "activex"} & set(parts) or parts[0] in {"basic", "scripts"}:
            raise UploadRefused(with_macros(name))
    if "[Content_Types].xml" in archive.namelist():
        with archive.open("[Content_Types].xml") as listing:
            if b"macroenabled" in listing.read(BLOCK).lower():
                raise UploadRefused(with_macros(name))


def with_macros(name: str) -> str:
    """The sentence for a document that carries a program."""
    return (
        f"“{name}” contains macros, which are programs, so it was not kept. Save it without macros (.docx, .xlsx, "
        ".pptx) or as a PDF and add that."
    )


def office_type(archive: zipfile.ZipFile, names: set[str]) -> str:
    """Which office document the container is; a plain ZIP when it is none."""
    if "[Content_Types].xml" in names:
        for main, family in (
            ("word/document.xml", "wordprocessingml.document"),
            ("xl/workbook.xml", "spreadsheetml.sheet"),
            ("ppt/presentation.xml", "presentationml.presentation"),
        ):
            if main in names:
                return f"{OOXML}.{family}"
    if "mimetype" in names:
        with archive.open("mimetype") as declared:
            content_type = declared.read(200).decode("ascii", "replace").strip()
        if content_type in BY_TYPE and content_type.startswith(ODF):
            return content_type
    return "application/zip"


# --- pictures --------------------------------------------------------------------------------------------------------


def check_picture(path: Path, name: str) -> None:
    """Refuse a picture that cannot be read, or that is so large that showing it would exhaust a computer.

    Only its header is read, never its pixels; but some forms are read whole for that, so the file itself has a limit.
    """
    if path.stat().st_size > MOST_PICTURE:
        raise UploadRefused(
            f"“{name}” is a picture of more than 100 MB, so it was not kept. Save it smaller and add it again."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=("PNG", "JPEG", "GIF", "WEBP")) as picture:
                picture.size  # noqa: B018  # opening has read it
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UploadRefused(
            f"“{name}” has more pixels than can be shown, so it was not kept. Save it smaller than 80 megapixels and "
            "add it again."
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UploadRefused(
            f"“{name}” is damaged and cannot be shown, so it was not kept. Check that it opens on your own device, "
            "then save it again and add it again."
        ) from error


# --- text ------------------------------------------------------------------------------------------------------------


def text_type(path: Path, name: str, ending: str) -> str:
    """The type of a text with its character set. Raises UploadRefused for anything that is not plain text."""
    charset = charset_of(path)
    if charset is None:
        raise UploadRefused(
            f"“{name}” is damaged or of a kind that is not taken as evidence, so it was not kept. {what_can_be_kept()}"
        )
    if looks_like_a_web_page(path, charset):
        raise UploadRefused(
            f"“{name}” is a web page, drawing or script that could run a program, so it was not kept. Print it to "
            "PDF, or take a picture of the screen, and add that."
        )
    if ending not in TEXT_TYPES:
        named = f"is named .{ending} but is plain text" if ending else "has no ending in its name and is plain text"
        raise UploadRefused(
            f"“{name}” {named}, so it was not kept. Give it a name that ends in .txt, or save it again in the form you "
            "meant, and add it again."
        )
    return f"{TEXT_TYPES[ending]}; charset={charset}"


def charset_of(path: Path) -> str | None:
    """UTF-8, UTF-16 with its mark, or Windows-1252 (what Excel writes a pound sign in); None if it is not text."""
    with path.open("rb") as file:
        start = file.read(2)
    marked = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    candidates = ["utf-16"] if marked else ["utf-8", "windows-1252"]
    return next((charset for charset in candidates if reads_as(path, charset)), None)


def reads_as(path: Path, charset: str) -> bool:
    """Whether the whole file is text in that character set, with no control characters but line ends and tabs."""
    try:
        return not any(control in text for text in decoded(path, charset) for control in CONTROLS)
    except UnicodeDecodeError:
        return False


CONTROLS = frozenset(chr(code) for code in range(32)) - set("\t\n\r\f") | {"\x7f"}


def decoded(path: Path, charset: str) -> Iterator[str]:
    """The file as text, a block at a time."""
    decoder = codecs.getincrementaldecoder(charset)()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def looks_like_a_web_page(path: Path, charset: str) -> bool:
    """Whether a browser that guesses might take the text for a page or a drawing, or a system run it as a script."""
    start = next(decoded(path, charset))[:4096].lstrip("\ufeff \t\r\n\f").lower()
    return start.startswith((*WEB_PAGE_STARTS, "#!"))


def ending_of(content_type: str) -> str:
    """The ending by which a computer knows this kind of file."""
    return ENDING_OF.get(content_type.partition(";")[0], "bin")
