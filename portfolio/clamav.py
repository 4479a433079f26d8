"""What clamd, ClamAV's daemon, says of a file: asked over its socket, so that it may run as somebody else.

Protocol: the INSTREAM and VERSION commands of clamd(8), each on a connection of its own.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from portfolio.enums import ScanResult

CHUNK = 256 * 1024
TO_CONNECT, TO_ANSWER = 10, 600  # seconds
LIMITS = "Heuristics.Limits.Exceeded"
"""What clamd with `AlertExceedsMax yes` says of what it did not look through."""


class ScannerAwayError(Exception):
    """The scanner could not be asked, or gave no answer: the file may be anything."""


@dataclass(frozen=True)
class Verdict:
    """What the scanner says, by which engine and database; the signature that matched, if one did."""

    result: ScanResult
    engine: str = ""
    signature: str = ""


def examine(content: BinaryIO, address: str) -> Verdict:
    """Have bytes scanned by the clamd at `address`: a socket's path, or host:port. Raises ScannerAwayError."""
    try:
        engine = version(address)
        with connected(address) as clamd:
            return verdict(streamed(clamd, content), engine)
    except OSError as error:
        raise ScannerAwayError(f"clamd at {address}: {error}") from error


# --- inside ----------------------------------------------------------------------------------------------------------


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit():
        clamd = socket.create_connection((host.strip("[]"), int(port)), TO_CONNECT)
    else:
        clamd = socket.socket(socket.AF_UNIX)
    with clamd:
        if clamd.family == socket.AF_UNIX:
            clamd.settimeout(TO_CONNECT)
            clamd.connect(address)
        clamd.settimeout(TO_ANSWER)
        yield clamd


def version(address: str) -> str:
    """Engine and database, e.g. `ClamAV 1.4.6/27812/Sun Nov 22`."""
    with connected(address) as clamd:
        clamd.sendall(b"zVERSION\0")
        return answer(clamd)[:100]


def streamed(clamd: socket.socket, content: BinaryIO) -> str:
    """Send the bytes; what clamd says. It stops listening in the middle when the file is larger than it takes."""
    try:
        clamd.sendall(b"zINSTREAM\0")
        while chunk := content.read(CHUNK):
            clamd.sendall(struct.pack("!I", len(chunk)) + chunk)
        clamd.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # the answer says why
    return answer(clamd)


def answer(clamd: socket.socket) -> str:
    """Its answer, up to the zero byte or the end. Raises ScannerAwayError when there is none."""
    said = b""
    while not said.endswith(b"\0") and (more := clamd.recv(4096)):
        said += more
    if not said:
        raise ScannerAwayError("clamd closed the connection without an answer.")
    return said.rstrip(b"\0\n").decode(errors="replace")


def verdict(said: str, engine: str) -> Verdict:
    """The verdict in clamd's words: `stream: OK`, `stream: <signature> FOUND`, or an error."""
    if said == "stream: OK":
        return Verdict(ScanResult.CLEAN, engine)
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        signature = said.removeprefix("stream: ").removesuffix(" FOUND")[:200]
        if signature.startswith(LIMITS):
            return Verdict(ScanResult.TOO_LARGE, engine)
        return Verdict(ScanResult.INFECTED, engine, signature)
    if "size limit exceeded" in said:
        return Verdict(ScanResult.TOO_LARGE, engine)
    raise ScannerAwayError(f"clamd said {said!r}.")
