"""An archive that came, looked through before anything of it is believed: whole, unchanged, of a format known here."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from portfolio.archive import catalogue
from portfolio.archive.bag import CHUNK, escaped
from portfolio.archive.packing import FORMAT, VERSION
from portfolio.archive.selection import WHOLE
from portfolio.archive.shape import shape_of
from portfolio.refusal import Refusal

MANIFEST, TAGS = "manifest-sha256.txt", "tagmanifest-sha256.txt"
LONGEST = 64 * 1024 * 1024
"""Bytes of a line, and of a file that is read at once."""
BAG_FILES = ("bagit.txt", "bag-info.txt", MANIFEST)


class NotAnArchive(Refusal):
    """What came is not read, and the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__([sentence])


@dataclass
class Opened:
    """An archive that is open to be read. `look_through` first."""

    path: Path
    index: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> "Opened":
        try:
            self._zip = zipfile.ZipFile(self.path)
        except FileNotFoundError:
            raise NotAnArchive(f"There is no file {self.path}.") from None
        except (zipfile.BadZipFile, OSError) as error:
            raise NotAnArchive(f"{self.path.name} is no ZIP file, or a part of it is missing.") from error
        names = self._zip.namelist()
        folders = {name.partition("/")[0] for name in names}
        self.folder = folders.pop() if len(folders) == 1 else ""
        self.paths = {name.partition("/")[2] for name in names}
        if not self.folder or "bagit.txt" not in self.paths or MANIFEST not in self.paths:
            self._zip.close()
            raise NotAnArchive(f"{self.path.name} is a ZIP file, but no bag: it holds no {MANIFEST} in its one folder.")
        if len(names) != len(self.paths):
            self._zip.close()
            raise NotAnArchive(f"{self.path.name} holds a file twice.")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    def open(self, path: str) -> IO[bytes]:
        return self._zip.open(f"{self.folder}/{path}")

    def has(self, path: str) -> bool:
        return path in self.paths

    def lines(self, kind: str) -> Iterator[dict[str, Any]]:
        """The rows of a kind."""
        with self.open(f"data/record/{kind}.jsonl") as file:
            for line in in_lines(file):
                yield json.loads(line)

    # --- looked through ----------------------------------------------------------------------------------------------

    def look_through(self) -> None:
        """Raises NotAnArchive for a bag that is not whole, was changed, or is none that can be read back here."""
        self._digests()
        if not self.has("data/record/index.json"):
            raise NotAnArchive("The bag is whole, but it holds no record: data/record/index.json is not in it.")
        try:
            self.index = self._json("data/record/index.json")
        except (ValueError, RecursionError) as error:
            raise NotAnArchive("The bag is whole, but its data/record/index.json is no JSON.") from error
        self._format()

    def _digests(self) -> None:
        """Every file is what the manifests say, and there is none beside."""
        listed = {*BAG_FILES, TAGS}
        for manifest in (TAGS, MANIFEST):
            if not self.has(manifest):
                raise NotAnArchive(f"The bag is not whole: {manifest} is missing.")
            with self.open(manifest) as file:
                for number, line in enumerate(in_lines(file), start=1):
                    digest, _, name = line.decode("utf-8", "replace").rstrip("\n").partition("  ")
                    path = name.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
                    if not name or escaped(path) != name:
                        raise NotAnArchive(f"Line {number} of {manifest} is none of a manifest’s.")
                    if not self.has(path):
                        raise NotAnArchive(f"The bag is not whole: {path} is missing.")
                    if self._digest(path) != digest:
                        raise NotAnArchive(f"The bag was changed or damaged: {path} is not as it was packed.")
                    listed.add(path)
        beside = sorted(self.paths - listed)
        if beside:
            raise NotAnArchive(f"The bag was changed: {beside[0]} is in it, and no manifest says so.")

    def _digest(self, path: str) -> str:
        digest = hashlib.sha256()
        try:
            with self.open(path) as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
        except (zipfile.BadZipFile, OSError, EOFError):
            return ""
        return digest.hexdigest()

    def _json(self, path: str) -> Any:
        with self.open(path) as file:
            return json.loads(b"".join(in_lines(file, whole=True)))

    def _format(self) -> None:
        index = self.index
        if index.get("format") != FORMAT:
            raise NotAnArchive("The bag is whole, but it is no archive of this software.")
        if index.get("version") != VERSION:
            raise NotAnArchive(
                f"The archive is of format version {index.get('version')}; this software reads version {VERSION}."
            )
        if index.get("cut") != WHOLE.name:
            raise NotAnArchive(
                "This is a copy for somebody to keep and read, not the whole record of a centre. What can be read back "
                "is what the command export_archive writes."
            )
        self._shape()

    def _shape(self) -> None:
        """The record holds the kinds of rows that are known here, with the same columns."""
        told = self._json("data/record/schema.json")["$defs"]
        kinds = catalogue.by_label()
        for name in sorted(told.keys() ^ kinds.keys()):
            where = "in the archive, and not here" if name in told else "here, and not in the archive"
            raise NotAnArchive(f"The archive was made by another version of this software: {name} is {where}.")
        for name, model in kinds.items():
            here, there = shape_of(model)["properties"].keys(), told[name]["properties"].keys()
            if here != there:
                columns = ", ".join(sorted(here ^ there))
                raise NotAnArchive(
                    f"The archive was made by another version of this software: {name} differs in {columns}."
                )


def in_lines(file: IO[bytes], *, whole: bool = False) -> Iterator[bytes]:
    """The lines of a file within an archive, none longer than any of ours: kilobytes can unpack to gigabytes. Of the
    `whole` file no more than that either."""
    room = LONGEST
    while line := file.readline(room + 1):
        if len(line) > room:
            raise NotAnArchive(f"{file.name} unpacks to a line longer than any of this software’s.")
        room -= len(line) if whole else 0
        yield line
