"""The archive as a file: a ZIP that is a BagIt bag (RFC 8493), written from beginning to end in one go.

Whatever differs from one making to the next, its date, stands in bag-info.txt and nowhere below data/.
"""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO

CHUNK = 1024 * 1024
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ALL_THE_SAME = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: when a copy was made says nothing of the record."""
PACKED_ALREADY = ("image/", "video/", "audio/", "application/pdf", "application/vnd.")


class Bag:
    """A bag that is being packed into a file. `closed` only once everything is in; else the file is of no use.

    Payload paths are listed in a file beside it while they come, so that many of them need no memory.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.name, self.bytes, self.files = name, 0, 0
        path.touch(mode=0o600, exist_ok=False)
        self._zip = zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=6, allowZip64=True)
        self._manifest: IO[bytes] = TemporaryFile()  # noqa: SIM115  # closed with the bag
        self._tags: dict[str, bytes] = {}

    def __enter__(self) -> "Bag":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._manifest.close()
        self._zip.close()

    def add(self, path: str, content: Iterable[bytes], *, packed: bool = False) -> int:
        """A payload file, below data/. Returns its size. `packed`: its bytes would not get fewer."""
        digest, size = hashlib.sha256(), 0
        with self._entry(f"data/{path}", packed) as entry:
            for chunk in content:
                digest.update(chunk)
                size += len(chunk)
                entry.write(chunk)
        self._manifest.write(f"{digest.hexdigest()}  data/{escaped(path)}\n".encode())
        self.bytes, self.files = self.bytes + size, self.files + 1
        return size

    def close(self, info: Mapping[str, str]) -> None:
        """The bag's own files: what it is, what is in it, and the digests of those."""
        said = {**info, "Payload-Oxum": f"{self.bytes}.{self.files}"}
        self._tag("bagit.txt", [DECLARATION])
        self._tag("bag-info.txt", [f"{name}: {' '.join(value.split())}\n".encode() for name, value in said.items()])
        self._manifest.seek(0)
        self._tag("manifest-sha256.txt", iter(lambda: self._manifest.read(CHUNK), b""))
        lines = [b"%s  %s\n" % (digest, name.encode()) for name, digest in self._tags.items()]
        with self._entry("tagmanifest-sha256.txt", packed=False) as entry:
            entry.writelines(lines)

    def _tag(self, name: str, content: Iterable[bytes]) -> None:
        digest = hashlib.sha256()
        with self._entry(name, packed=False) as entry:
            for chunk in content:
                digest.update(chunk)
                entry.write(chunk)
        self._tags[name] = digest.hexdigest().encode()

    @contextmanager
    def _entry(self, path: str, packed: bool) -> Iterator[IO[bytes]]:
        info = zipfile.ZipInfo(f"{self.name}/{path}", ALL_THE_SAME)
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as entry:
            yield entry


def escaped(path: str) -> str:
    """A path as a manifest writes it: RFC 8493 wants these three encoded."""
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def is_packed(content_type: str) -> bool:
    """Whether files of this kind are compressed in themselves."""
    return content_type.startswith(PACKED_ALREADY)
