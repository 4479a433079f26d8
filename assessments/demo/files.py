"""Small real files for demonstration evidence: a PDF, a chart, a photograph, a recording, a text."""

import io
import math
import struct
import textwrap
import wave

import pikepdf
from PIL import Image, ImageDraw, ImageFilter

INK, PAPER, BAR = (32, 38, 52), (252, 251, 247), (58, 96, 140)
A4 = (595, 842)
LINE = 16
RATE = 8000


def pdf(title: str, text: str) -> bytes:
    """A one-page report in Helvetica: a title and paragraphs separated by an empty line."""
    document = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    page = document.add_blank_page(page_size=A4)
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.obj.Contents = document.make_stream(_drawn(title, text))
    document.docinfo["/Title"] = title
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


def _drawn(title: str, text: str) -> bytes:
    lines = [(20, title), (11, "")]
    for paragraph in text.split("\n\n"):
        lines += [(11, line) for line in textwrap.wrap(paragraph, 84)] + [(11, "")]
    commands, y = [b"BT"], A4[1] - 80
    for size, line in lines:
        words = line.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        commands.append(b"/F1 %d Tf 1 0 0 1 64 %d Tm (%s) Tj" % (size, y, words))
        y -= LINE if size == 11 else 2 * LINE
    return b"\n".join([*commands, b"ET"])


def chart(title: str, values: list[int]) -> bytes:
    """A bar chart as PNG."""
    image = Image.new("RGB", (900, 520), PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((40, 28), title, fill=INK, font_size=28)
    width, top = 760 // len(values), max(values)
    for place, value in enumerate(values):
        left, height = 70 + place * width, value * 330 // top
        draw.rectangle((left, 450 - height, left + width - 24, 450), fill=BAR)
        draw.text((left, 420 - height), str(value), fill=INK, font_size=20)
    draw.line((60, 450, 860, 450), fill=INK, width=2)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def photograph(words: str) -> bytes:
    """A photograph, as far as a drawing goes, of a whiteboard with a few words, as JPEG."""
    image = Image.new("RGB", (1200, 800), (196, 198, 194))
    draw = ImageDraw.Draw(image)
    draw.rectangle((110, 90, 1090, 680), fill=(246, 247, 246), outline=(120, 122, 124), width=14)
    for place, line in enumerate(textwrap.wrap(words, 34)):
        draw.text((170, 150 + place * 74), line, fill=(30, 52, 120), font_size=46)
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.8)).save(out, "JPEG", quality=80)
    return out.getvalue()


def recording(seconds: int = 3) -> bytes:
    """A short recording as WAV: the tones a caller hears before the call."""
    frames = bytearray()
    for place in range(RATE * seconds):
        at = place / RATE
        loud = 0.3 if at % 1 < 0.4 else 0
        tone = math.sin(2 * math.pi * 400 * at) + math.sin(2 * math.pi * 450 * at)
        frames += struct.pack("<h", int(loud * 8000 * tone))
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(bytes(frames))
    return out.getvalue()
