"""Forty files made to do harm, to be taken for another, or to be misread: each with what becomes of it.

A row is the name and content sent, and the words its sender is told; or, for what is kept after all because nothing
can come of it, the name and the type under which it is kept.
"""

import struct
import zlib
from typing import NamedTuple

from portfolio.tests import small_files
from portfolio.tests.small_files import archive, media, office, open_document, pdf, picture, png_claiming

SCRIPT = b"<script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
WEB_PAGE = "is a web page, drawing or script that could run a program"
UNPACKS = "would unpack to far more than its size"
MACROS = "contains macros, which are programs"
NO_EVIDENCE = "is damaged or of a kind that is not taken as evidence"
DAMAGED = "is damaged"
PIXELS = "has more pixels than can be shown"
BILLION = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>'
RIGHT_TO_LEFT, ISOLATE, ZERO_WIDTH = "\u202e", "\u2066", "\u200b"


class Hostile(NamedTuple):
    """A file and what its sender is told, or as what it is kept."""

    what: str
    name: str
    content: bytes
    told: str = ""
    kept_as: str = ""
    type: str = ""


def huge_directory() -> bytes:
    """A ZIP whose directory claims three gigabytes, to be read into memory at once."""
    entries = b"PK\x03\x04" + bytes(60)
    return entries + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 3_000_000_000, 0, 0)


def zip_bomb(ending: str = "docx") -> bytes:
    """Forty megabytes of zeros in forty kilobytes, dressed as a document."""
    return office(ending, word__media=bytes(40_000_000))


def png_with_tail(tail: bytes) -> bytes:
    return picture("PNG") + tail


def png_with_comment(text: bytes) -> bytes:
    """A picture whose comment holds the text."""
    body = b"tEXt" + b"Comment\0" + text
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    whole = picture("PNG")
    return whole[:33] + chunk + whole[33:]


HOSTILE = [
    # one thing and another at once
    Hostile("a page that is a PDF further in", "report.pdf", SCRIPT + pdf(), told=NO_EVIDENCE),
    Hostile("a GIF that is a script", "cat.gif", b"GIF89a/*" + SCRIPT + b"*/=1;", told=DAMAGED),
    Hostile("a picture with a page behind it", "cat.png", png_with_tail(SCRIPT), kept_as="cat.png", type="image/png"),
    Hostile(
        "a picture with a page in its comment", "cat.png", png_with_comment(SCRIPT), kept_as="cat.png", type="image/png"
    ),
    Hostile(
        "a picture that is an archive too",
        "cat.png",
        png_with_tail(archive({"a.exe": b"MZ"})),
        kept_as="cat.png",
        type="image/png",
    ),
    Hostile(
        "a PDF that is an archive too",
        "report.pdf",
        pdf() + archive({"a.js": b"x"}),
        kept_as="report.pdf",
        type="application/pdf",
    ),
    Hostile("an archive that begins as a program", "report.docx", b"MZ" + office("docx"), told="is a program"),
    Hostile("a film that is a page", "film.mp4", b"\0\0\0\x18ftypxxxx" + SCRIPT, told=NO_EVIDENCE),
    # another than its name says
    Hostile("a program called a PDF", "invoice.pdf", b"MZ\x90\0" + bytes(300), told="is a program"),
    Hostile("a program for Linux", "run.txt", b"\x7fELF\x02\x01\x01" + bytes(300), told="is a program"),
    Hostile("a PDF called a picture", "photo.jpg", pdf(), told="is named .jpg but is a PDF"),
    Hostile("a document called a PDF", "report.pdf", office("docx"), told="is named .pdf but is a Word document"),
    Hostile("a page called a text", "notes.txt", b"<!doctype html><title>x</title>", told=WEB_PAGE),
    Hostile(
        "a page in capitals behind a mark", "notes.txt", b"\xef\xbb\xbf \n<HTML><BODY ONLOAD=alert(1)>", told=WEB_PAGE
    ),
    Hostile("a page in UTF-16", "notes.txt", "<html><script>alert(1)</script>".encode("utf-16"), told=WEB_PAGE),
    Hostile(
        "a page in UTF-7",
        "notes.txt",
        b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
        kept_as="notes.txt",
        type="text/plain; charset=utf-8",
    ),
    Hostile("a picture called a page", "cat.html", picture("PNG"), told="is named .html but is a PNG image"),
    Hostile("two endings", "invoice.pdf.exe", b"MZ\x90\0" + bytes(300), told="is a program"),
    Hostile("a zero in its name", "invoice.pdf\0.exe", b"MZ\x90\0" + bytes(300), told="“invoice.pdf.exe” is a program"),
    # with a program in it
    Hostile("SVG with script", "logo.svg", SVG, told=WEB_PAGE),
    Hostile("SVG with script, called a picture", "logo.png", SVG, told=WEB_PAGE),
    Hostile("HTML with script", "page.html", b"<html>" + SCRIPT, told=WEB_PAGE),
    Hostile("a shell script", "run.txt", b"#!/bin/sh\nrm -rf ~\n", told=WEB_PAGE),
    Hostile("PHP", "shell.txt", b"<?php system($_GET['c']); ?>", told=WEB_PAGE),
    Hostile("an XML bomb", "feed.txt", BILLION, told=WEB_PAGE),
    Hostile("a document with macros", "plan.docx", office("docx", word__vbaProject=b"x"), told=MACROS),
    Hostile("an OpenDocument with Basic", "plan.odt", open_document("odt", Basic__run=b"x"), told=MACROS),
    Hostile(
        "an old document", "plan.doc", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), told="is in an old Office form"
    ),
    Hostile(
        "a formula that calls",
        "sums.csv",
        b"=cmd|' /C calc'!A0,1\r\n",
        kept_as="sums.csv",
        type="text/csv; charset=utf-8",
    ),
    # made to exhaust
    Hostile("a bomb in a document", "plan.docx", zip_bomb(), told=UNPACKS),
    Hostile("a directory of three gigabytes", "plan.docx", huge_directory(), told=DAMAGED),
    Hostile(
        "an archive in an archive",
        "plan.zip",
        archive({"b.zip": archive({"c.zip": bytes(1000)})}),
        told="is a ZIP archive",
    ),
    Hostile("a picture of 900 megapixels", "wall.png", png_claiming(30_000, 30_000), told=PIXELS),
    Hostile("a picture of 120 megapixels", "wall.png", png_claiming(12_000, 10_000), told=PIXELS),
    # nothing, or half of it
    Hostile("zero bytes", "empty.pdf", b"", told="is empty"),
    Hostile("a document cut short", "plan.docx", office("docx")[:200], told=DAMAGED),
    Hostile("a picture of one header", "cat.png", b"\x89PNG\r\n\x1a\n", told=DAMAGED),
    # names
    Hostile(
        "a name of 255 characters and more",
        "n" * 300 + ".txt",
        b"words",
        kept_as="n" * 251 + ".txt",
        type="text/plain; charset=utf-8",
    ),
    Hostile(
        "a name that reads backwards",
        f"invoice{RIGHT_TO_LEFT}fdp.exe",
        b"MZ\x90\0" + bytes(300),
        told="“invoicefdp.exe” is a program",
    ),
    Hostile(
        "a name with marks nobody sees",
        f"{ISOLATE}no{ZERO_WIDTH}tes.txt",
        b"words",
        kept_as="notes.txt",
        type="text/plain; charset=utf-8",
    ),
    Hostile(
        "a name that climbs",
        "../../../etc/cron.d/run.txt",
        b"words",
        kept_as="run.txt",
        type="text/plain; charset=utf-8",
    ),
    Hostile(
        "a name that is script",
        '"><img src=x onerror=alert(1)>.txt',
        b"words",
        kept_as='"><img src=x onerror=alert(1)>.txt',
        type="text/plain; charset=utf-8",
    ),
    Hostile(
        "a name of two lines",
        "notes\r\nSet-Cookie: a=b.txt",
        b"words",
        kept_as="notes Set-Cookie: a=b.txt",
        type="text/plain; charset=utf-8",
    ),
    Hostile("a recording that is none", "call.mp3", media(b"isom", b"isom"), told="is named .mp3 but is"),
    Hostile(
        "an archive of sound",
        "call.wav",
        small_files.wav() + archive({"a": b"b"}),
        kept_as="call.wav",
        type="audio/wav",
    ),
]
