"""Where bytes lie: files below a folder, or objects in a bucket, by the same verbs.

There are four stores: the vault, what is drawn of its files, archives, and files of forms put together. Each keeps
bytes at a place, a path of our own making below it. Files are the default and need no setting; where a bucket is named,
all four lie there, so that any number of machines see the same (bucket.py). What is still on its way in, or being made,
is always a file on the machine that is at it.
"""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class StoreAwayError(OSError):
    """The object store cannot be reached, does not answer, or refuses us. Nothing is lost: it is asked again later."""


@dataclass(frozen=True)
class Found:
    """Bytes that lie in a store: at which place, how many, and when they were written, in seconds since 1970."""

    place: str
    size: int
    written_at: float


class Store(Protocol):
    """Bytes at places. Any of these verbs raises OSError where it fails, StoreAwayError for a bucket's faults."""

    def put(self, source: Path, place: str) -> None:
        """Show the bytes of a file at the place, in one step; once this ends no power cut takes them. The file stays,
        and is on the same disk as the store where that is a folder."""

    def send_ahead(self, source: Path, place: str) -> None:
        """What takes long of `put`, for bytes that are the same whenever they come to this place: done before a
        transaction, within which `put_sent` follows."""

    def put_sent(self, source: Path, place: str) -> None:
        """The rest of `put`; all of it, where somebody has removed meanwhile what was sent ahead."""

    def put_folder(self, source: Path, place: str) -> None:
        """Show the files of a folder below the place, instead of what lies there. The folder may be gone then."""

    def bring(self, source: Path, place: str) -> None:
        """A copy of the file, from whatever disk. Of many at once none is flushed by itself."""

    def open(self, place: str) -> BinaryIO:
        """The bytes, to be read from anywhere in them and closed. Raises FileNotFoundError."""

    def at_hand(self, place: str) -> AbstractContextManager[Path]:
        """The bytes as a file, to be read within by what can read nothing else. Raises FileNotFoundError."""

    def look(self, place: str) -> Found | None:
        """What lies there; None where nothing does."""

    def move(self, place: str, to: str) -> None:
        """Raises FileNotFoundError."""

    def delete(self, place: str) -> None:
        """Remove the bytes for good, with every earlier version of them. Harmless when repeated."""

    def delete_below(self, place: str) -> None:
        """Remove for good all that lies below the place. Harmless when repeated."""

    def found(self, below: str = "") -> Iterator[Found]:
        """What lies in the store, or below a place of it; nothing half-written."""

    def link(self, place: str, headers: dict[str, str]) -> str:
        """An address of a bucket's that gives the bytes for a minute to whoever has it, with these headers."""


def vault() -> Store:
    """Evidence and issued forms, under their digest."""
    return _named("vault", Path(settings.VAULT_DIR))


def renditions() -> Store:
    """What was drawn of files, to be shown."""
    return _named("renditions", Path(settings.RENDITIONS_DIR))


def archives() -> Store:
    """Archives that somebody asked for."""
    return _named("archives", Path(settings.DATA_DIR) / "archives")


def gathered() -> Store:
    """Forms put together as one file."""
    return _named("gathered", Path(settings.GATHERED_DIR))


def private_folder(path: Path) -> Path:
    """The folder, made for the owner only, with all folders of ours on the way to it."""
    if not path.is_dir():
        if path not in _roots():
            private_folder(path.parent)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


# --- files -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Folder:
    """A store of files: at every moment a path below it holds all of its bytes."""

    root: Path

    def path(self, place: str) -> Path:
        """Where that is on the disk. Raises ValueError for a place outside: no row of a record that came from elsewhere
        leads to other files of this machine."""
        if place.startswith("/") or ".." in place.split("/"):
            raise ValueError(f"{place!r} is no place in {self.root}.")
        return self.root / place

    def put(self, source: Path, place: str) -> None:
        """The file keeps its own name too, until the caller's row is safe: a process killed in between can do it again.

        The folder is flushed with it, so that a power cut loses neither.
        """
        target, aside = self.path(place), source.with_name(secrets.token_hex(16))
        private_folder(target.parent)
        os.link(source, aside)
        try:
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)  # still there where both names are of the same bytes already
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def send_ahead(self, source: Path, place: str) -> None:
        """Nothing takes long."""

    def put_sent(self, source: Path, place: str) -> None:
        self.put(source, place)

    def put_folder(self, source: Path, place: str) -> None:
        target = self.path(place)
        shutil.rmtree(target, ignore_errors=True)
        private_folder(target.parent)
        source.rename(target)

    def bring(self, source: Path, place: str) -> None:
        target = self.path(place)
        aside = private_folder(target.parent) / f"{target.name}.unfinished"
        shutil.copyfile(source, aside)
        aside.chmod(0o600)
        aside.replace(target)

    def open(self, place: str) -> BinaryIO:
        return self.path(place).open("rb")

    @contextlib.contextmanager
    def at_hand(self, place: str) -> Iterator[Path]:
        path = self.path(place)
        path.stat()
        yield path

    def look(self, place: str) -> Found | None:
        try:
            status = self.path(place).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Found(place, status.st_size, status.st_mtime)

    def move(self, place: str, to: str) -> None:
        private_folder(self.path(to).parent)
        self.path(place).replace(self.path(to))

    def delete(self, place: str) -> None:
        self.path(place).unlink(missing_ok=True)

    def delete_below(self, place: str) -> None:
        shutil.rmtree(self.path(place), ignore_errors=True)

    def found(self, below: str = "") -> Iterator[Found]:
        for folder, _, names in os.walk(self.path(below)):
            for name in sorted(names):
                if one := self.look(Path(folder, name).relative_to(self.root).as_posix()):  # else gone meanwhile
                    yield one

    def link(self, place: str, headers: dict[str, str]) -> str:
        raise NotImplementedError("Files have no address of their own.")


# --- inside ----------------------------------------------------------------------------------------------------------


def _named(name: str, folder: Path) -> Store:
    """The bucket's part of that name where there is one: boto3, which takes its time to load, is loaded only then."""
    if not settings.S3_BUCKET:
        return Folder(folder)
    store: Store = import_string("portfolio.bucket.part")(name)
    return store


def _roots() -> tuple[Path, ...]:
    """Folders that the operator gives, whose parents are no business of ours."""
    return Path(settings.DATA_DIR), Path(settings.VAULT_DIR), Path(settings.RENDITIONS_DIR), Path(settings.GATHERED_DIR)
