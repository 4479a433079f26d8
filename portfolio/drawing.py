"""Pages drawn from a file that nobody trusts, in a process of its own: `python -m portfolio.drawing`.

A decoder fed a hostile file may loop, swell or crash. So nothing that serves pages ever opens one: a worker starts this
program, which first binds itself to limits that the kernel holds, has no network where the kernel permits that, is told
no secret of the installation, writes pictures and texts into the one folder it was given, and ends. Django is not
loaded here.

What it drew is told by `drawn.json` in the folder: how many pages the file has, the size of each page drawn, and
whether the kernel took the network away.
"""

import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pi_heif
import pypdfium2
import pypdfium2.raw
from PIL import Image, ImageOps

MEMORY = 1536 * 1024 * 1024
OFFICE_MEMORY = 4 * 1024 * 1024 * 1024
CPU_SECONDS = 60
OFFICE_SECONDS = 90
LARGEST_OUTPUT = 256 * 1024 * 1024
MOST_OPEN_FILES = 256
NEW_USERS, NEW_NETWORK = 0x10000000, 0x40000000  # CLONE_NEWUSER and CLONE_NEWNET of sched.h

MOST_PAGES = 100
DRAWING_SECONDS = 40
"""A long document is drawn as far as this takes it: what is shown then says how many pages there are."""

PAGE_WIDTH = 1400
PICTURE_SIDE = 2000
LONGEST_SIDE = 16_000
MOST_PIXELS = 8_000_000
THUMBNAIL_SIDE = 320
QUALITY = 82
MOST_TEXT = 100_000

# No macro runs, and nothing that a document merely points at is fetched into it.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>1</value></prop>
</item>
</oor:items>
"""

Size = tuple[int, int]


class NotDrawn(Exception):  # an outcome, not an error
    """The file cannot be drawn: `locked`, `damaged` or `too_much`."""


def main(kind: str, source: Path, folder: Path, soffice: str, ending: str) -> None:
    """Draw the file into the folder as `kind` (picture, pdf or office), and write down what came of it."""
    cut_off = shut_in(OFFICE_MEMORY if kind == "office" else MEMORY)
    pi_heif.register_heif_opener()  # photographs as telephones take them
    try:
        if kind == "picture":
            told = draw_picture(source, folder)
        else:
            told = draw_pdf(as_pdf(source, folder, soffice, ending) if kind == "office" else source, folder)
    except NotDrawn as why:
        told = {"problem": str(why)}
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        told = {"problem": "too_much"}
    (folder / "drawn.json").write_text(json.dumps(told | {"cut_off": cut_off}))


def shut_in(memory: int) -> bool:
    """Bind this process, and whatever it starts, to limits; and cut it off from the network. Returns whether the kernel
    permitted the last: in a container it often does not."""
    bounds = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: LARGEST_OUTPUT,
        resource.RLIMIT_NOFILE: MOST_OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for what, bound in bounds.items():
        resource.setrlimit(what, (bound, bound))
    os.nice(10)
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    return bool(ctypes.CDLL(None).unshare(NEW_USERS | NEW_NETWORK) == 0)


# --- pictures --------------------------------------------------------------------------------------------------------


def draw_picture(source: Path, folder: Path) -> dict[str, object]:
    """The picture the right way up, no larger than a screen shows, with nothing of what it told about itself."""
    try:
        with Image.open(source) as picture:
            colours = picture.info.get("icc_profile") if picture.mode in {"RGB", "RGBA"} else None
            picture.draft("RGB", (PICTURE_SIDE, PICTURE_SIDE))
            picture.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
            upright = ImageOps.exif_transpose(picture)
        shown = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise NotDrawn("damaged") from error
    shown.info = {"icc_profile": colours} if colours else {}
    return {"pages": 1, "sizes": [saved(shown, folder, 1)]}


def saved(picture: Image.Image, folder: Path, number: int) -> Size:
    """The picture of a page, and of the first one also a small picture for lists."""
    picture.save(folder / f"page-{number}.webp", quality=QUALITY, method=2)
    size = picture.size
    if number == 1:
        picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        picture.save(folder / "thumbnail.webp", quality=QUALITY)
    return size


# --- pages -----------------------------------------------------------------------------------------------------------


def draw_pdf(source: Path, folder: Path) -> dict[str, object]:
    """Each page as a picture and as text, as many as there are or as the limits permit."""
    try:
        pdf = pypdfium2.PdfDocument(source)
        count = len(pdf)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        raise NotDrawn("locked" if locked else "damaged") from error
    sizes: list[Size | None] = []
    while len(sizes) < min(count, MOST_PAGES) and time.process_time() < DRAWING_SECONDS:
        sizes.append(draw_page(pdf, len(sizes) + 1, folder))
    if not any(sizes):
        raise NotDrawn("damaged")
    return {"pages": count, "sizes": sizes}


def draw_page(pdf: pypdfium2.PdfDocument, number: int, folder: Path) -> Size | None:
    """One page, counted from 1; None when this one is damaged, which does not keep the others back."""
    try:
        page = pdf[number - 1]
        across, down = page.get_size()
        if across <= 0 or down <= 0:
            return None
        scale = min(PAGE_WIDTH / across, LONGEST_SIDE / down, (MOST_PIXELS / (across * down)) ** 0.5)
        picture = page.render(scale=scale).to_pil()
        text: str = page.get_textpage().get_text_bounded()
        page.close()
    except pypdfium2.PdfiumError:
        return None
    words = text[:MOST_TEXT].replace("\r\n", "\n").replace("\x00", "").strip()
    (folder / f"page-{number}.txt").write_text(words, encoding="utf-8", errors="replace")
    return saved(picture, folder, number)


# --- office documents ------------------------------------------------------------------------------------------------


def as_pdf(source: Path, folder: Path, soffice: str, ending: str) -> Path:
    """The office document as a PDF, by a LibreOffice that keeps nothing from one document to the next.

    When it takes too long, this process ends with all that it started.
    """
    room = folder / "office"
    (room / "profile" / "user").mkdir(parents=True)
    (room / "profile" / "user" / "registrymodifications.xcu").write_text(PROFILE)
    copy = room / f"document.{ending}"
    shutil.copyfile(source, copy)
    command = [soffice, "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"]
    command += [f"-env:UserInstallation={(room / 'profile').as_uri()}", "--convert-to", "pdf"]
    try:
        subprocess.run([*command, "--outdir", str(room), str(copy)], timeout=OFFICE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        os.killpg(0, signal.SIGKILL)
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    made = room / "document.pdf"
    if not made.exists():
        raise NotDrawn("damaged")
    return made


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], sys.argv[5])
