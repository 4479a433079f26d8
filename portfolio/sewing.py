"""Many tagged PDFs written into one, as they come: the file grows, the memory does not.

Libraries that join PDFs hold all objects of all of them until the end, and leave the tags behind, by which a screen
reader knows a heading from a cell. Here each document is read, its objects are written under new numbers, and it is
forgotten. What is kept of each is a place in the lists of pages, tags and bookmarks; the table of where each object
lies waits in a file of its own.

Of a document come its pages with all they use, their tags, and the way from the one to the other. Left behind is what
speaks of the whole file: its metadata, what is attached, its form fields and their signatures, and its bookmarks.
"""

import itertools
import re
import struct
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, NumberTree, Object, Stream, String

TOGETHER = 200
"""How many objects are compressed as one."""
COPIED = 1024 * 1024
REFERENCE = re.compile(rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f]*>(?!>)|\b([0-9]+) 0 R\b", re.S)
"""A reference to another object, and the strings in which one might only seem to stand."""
ENTRY = struct.Struct(">BQH")  # of the table: in the file, or within another object; where, or in which; which of it


@contextmanager
def sewn(target: BinaryIO, title: str) -> Iterator["Sewing"]:
    """A PDF of many, to be filled within."""
    with tempfile.TemporaryFile() as table:
        sewing = Sewing(target, table)
        yield sewing
        sewing.finish(title)


class Sewing:
    """The file so far."""

    def __init__(self, target: BinaryIO, table: BinaryIO) -> None:
        self.target, self.table = target, table
        self.at = 0
        self.numbers = itertools.count(1)
        self.catalogue, self.pages, self.tags, self.all_tags, self.outline = (next(self.numbers) for _ in range(5))
        self.page_nodes: list[int] = []
        self.parts: list[int] = []
        self.ways: list[int] = []
        self.bookmarks = Bookmarks()
        self.page_count = 0
        self.next_way = 0
        self.waiting: list[tuple[int, bytes]] = []
        self.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, path: Path, title: str) -> None:
        """All pages of a document, with a bookmark."""
        with pikepdf.open(path) as document:
            Added(self, document, title).write()

    # --- writing -----------------------------------------------------------------------------------------------------

    def write(self, content: bytes) -> None:
        self.target.write(content)
        self.at += len(content)

    def note(self, number: int, kind: int, where: int, which: int = 0) -> None:
        """Where an object lies."""
        self.table.seek(number * ENTRY.size)
        self.table.write(ENTRY.pack(kind, where, which))

    def put(self, number: int, content: bytes) -> None:
        """An object that is no stream: it waits for others to be compressed with."""
        self.waiting.append((number, content))
        if len(self.waiting) >= TOGETHER:
            self.put_waiting()

    def put_waiting(self) -> None:
        if not self.waiting:
            return
        holder, places, bodies, at = next(self.numbers), [], [], 0
        for which, (number, content) in enumerate(self.waiting):
            self.note(number, 2, holder, which)
            places.append(b"%d %d" % (number, at))
            bodies.append(content)
            at += len(content) + 1
        head = b" ".join(places) + b"\n"
        packed = zlib.compress(head + b"\n".join(bodies))
        told = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(bodies), len(head))
        self.waiting.clear()
        self.put_stream(holder, b"<< %s /Length %d >>" % (told, len(packed)), packed)

    def put_stream(self, number: int, dictionary: bytes, content: bytes) -> None:
        self.note(number, 1, self.at)
        self.write(b"%d 0 obj\n%s\nstream\n" % (number, dictionary))
        self.write(content)
        self.write(b"\nendstream\nendobj\n")

    def finish(self, title: str) -> None:
        """What speaks of the whole."""
        information = next(self.numbers)
        whole, ways = next(self.numbers), next(self.numbers)
        self.put(self.pages, b"<< /Type /Pages /Count %d /Kids %s >>" % (self.page_count, listed(self.page_nodes)))
        self.put(whole, b"<< /Type /StructElem /S /Document /P %s /K %s >>" % (to(self.tags), to(self.all_tags)))
        self.put(self.all_tags, listed(self.parts))
        self.put(ways, b"<< /Kids %s >>" % listed(self.ways))
        told = b"/K %s /ParentTree %s /ParentTreeNextKey %d" % (to(whole), to(ways), self.next_way)
        self.put(self.tags, b"<< /Type /StructTreeRoot %s >>" % told)
        self.put_outline()
        self.put(information, b"<< /Title %s >>" % String(title).unparse())
        self.put(
            self.catalogue,
            b"<< /Type /Catalog /Pages %s /StructTreeRoot %s /Outlines %s /Lang (en-GB) /MarkInfo << /Marked true >> "
            b"/ViewerPreferences << /DisplayDocTitle true >> >>" % (to(self.pages), to(self.tags), to(self.outline)),
        )
        self.put_waiting()
        self.put_table(information)

    def mark(self, number: int, page: int, title: str) -> None:
        """A bookmark, which is written once it is known what comes after it."""
        marks = self.bookmarks
        if marks.last:
            self.put(marks.last, marks.body + b" /Next %s >>" % to(number))
        before = b"/Prev %s " % to(marks.last) if marks.last else b""
        said = (to(self.outline), before, to(page), String(title).unparse())
        marks.body = b"<< /Parent %s %s/Dest [ %s /Fit ] /Title %s" % said
        marks.first, marks.last, marks.count = marks.first or number, number, marks.count + 1

    def put_outline(self) -> None:
        marks, ends = self.bookmarks, b""
        if marks.last:
            self.put(marks.last, marks.body + b" >>")
            ends = b"/First %s /Last %s " % (to(marks.first), to(marks.last))
        self.put(self.outline, b"<< /Type /Outlines %s/Count %d >>" % (ends, marks.count))

    def put_table(self, information: int) -> None:
        """Where every object lies, this table among them."""
        number, begins = next(self.numbers), self.at
        self.note(number, 1, begins)
        with tempfile.TemporaryFile() as packed:
            packer = zlib.compressobj()
            self.table.seek(0)
            while chunk := self.table.read(COPIED):
                packed.write(packer.compress(chunk))
            packed.write(packer.flush())
            told = b"/Type /XRef /Size %d /W [ 1 8 2 ] /Root %s /Info %s /Filter /FlateDecode /Length %d" % (
                number + 1,
                to(self.catalogue),
                to(information),
                packed.tell(),
            )
            self.write(b"%d 0 obj\n<< %s >>\nstream\n" % (number, told))
            packed.seek(0)
            while chunk := packed.read(COPIED):
                self.write(chunk)
        self.write(b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % begins)


@dataclass
class Bookmarks:
    """The first, the last, and what the last says so far."""

    first: int = 0
    last: int = 0
    count: int = 0
    body: bytes = b""


class Added:
    """One document on its way into the file."""

    def __init__(self, sewing: Sewing, document: pikepdf.Pdf, title: str) -> None:
        self.sewing, self.document, self.title = sewing, document, title
        self.node, self.part, self.way, self.bookmark = (next(sewing.numbers) for _ in range(4))
        self.number_of: dict[int, int] = {}
        self.found: list[int] = []

    def write(self) -> None:
        pages = [page.obj for page in self.document.pages]
        tags = self.document.Root.get("/StructTreeRoot")
        self.number_of |= {page.Parent.objgen[0]: self.node for page in pages}
        for page in pages:
            self.prepare(page)
        numbers = [self.number(page.objgen[0]) for page in pages]
        told = b"/Parent %s /Count %d /Kids %s" % (to(self.sewing.pages), len(pages), listed(numbers))
        self.sewing.put(self.node, b"<< /Type /Pages %s >>" % told)
        if tags is not None:
            self.number_of[tags.objgen[0]] = self.part
            self.put_tags(tags)
        while self.found:
            self.put(self.document.get_object(self.found.pop(), 0))
        self.sewing.mark(self.bookmark, numbers[0], self.title)
        self.sewing.page_count += len(pages)
        self.sewing.page_nodes.append(self.node)

    def prepare(self, page: Object) -> None:
        """The page's ways to the tags under keys of their own, and without fields of a form that stays behind."""
        if "/StructParents" in page:
            page.StructParents = int(page.StructParents) + self.sewing.next_way
        shown = [one for one in page.get("/Annots", []) if one.get("/Subtype") != Name.Widget]
        for one in shown:
            if "/StructParent" in one:
                one.StructParent = int(one.StructParent) + self.sewing.next_way
        if "/Annots" in page:
            del page.Annots
        if shown:
            page.Annots = Array(shown)

    def put_tags(self, tags: Object) -> None:
        """The document's tags as a part of the whole, and the way from each place on a page to its tag."""
        kids = tags.K if isinstance(tags.K, Array) else Array([tags.K])
        below = self.renumbered(kids.unparse(resolved=True))
        told = b"/P %s /T %s /K %s" % (to(self.sewing.tags), String(self.title).unparse(), below)
        self.sewing.put(self.part, b"<< /Type /StructElem /S /Part %s >>" % told)
        self.sewing.parts.append(self.part)
        ways = sorted(NumberTree(tags.ParentTree).items())
        if not ways:
            return
        first = self.sewing.next_way
        pairs = (b"%d %s" % (first + key, self.renumbered(tag.unparse())) for key, tag in ways)
        limits = b"[ %d %d ]" % (first + ways[0][0], first + ways[-1][0])
        self.sewing.put(self.way, b"<< /Limits %s /Nums [ %s ] >>" % (limits, b" ".join(pairs)))
        self.sewing.ways.append(self.way)
        self.sewing.next_way = first + ways[-1][0] + 1

    def put(self, found: Object) -> None:
        number = self.number_of[found.objgen[0]]
        if isinstance(found, Stream):
            raw = found.read_raw_bytes()
            told = Dictionary({**dict(found.stream_dict.items()), "/Length": len(raw)})
            self.sewing.put_stream(number, self.renumbered(told.unparse()), raw)
            return
        if isinstance(found, Dictionary) and found.get("/Type") == Name.StructElem:
            self.rename(found)
        self.sewing.put(number, self.renumbered(found.unparse(resolved=True)))

    def rename(self, tag: Object) -> None:
        """Cells name the cells that head them: by names that no other document has."""
        if "/ID" in tag:
            tag.ID = String(f"{self.part}:{tag.ID}")
        looks: Any = tag.get("/A", [])
        for look in [looks] if isinstance(looks, Dictionary) else looks:
            if isinstance(look, Dictionary) and "/Headers" in look:
                look.Headers = Array(String(f"{self.part}:{name}") for name in look.Headers)

    def number(self, old: int) -> int:
        """The new number of an object, which is written in its turn."""
        if old not in self.number_of:
            self.number_of[old] = next(self.sewing.numbers)
            self.found.append(old)
        return self.number_of[old]

    def renumbered(self, written: bytes) -> bytes:
        """Every object that it refers to, by its new number."""
        return REFERENCE.sub(lambda match: to(self.number(int(match[1]))) if match[1] else match[0], written)


def to(number: int) -> bytes:
    """A reference to an object."""
    return b"%d 0 R" % number


def listed(numbers: Sequence[int]) -> bytes:
    return b"[ %s ]" % b" ".join(to(number) for number in numbers)
