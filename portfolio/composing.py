"""Many documents set at once, by processes of their own: one for each core, warmed, and kept while there is work.

Pages are set in Python and hold its lock, so threads would not help. Each process (compositor.py) is driven by a thread
here over a line of its own: so it is known which document one died of, one that hangs is ended, and one whose worker is
killed sees its line closed and ends too. None of them has a connection to the database, or a secret of ours.
"""

import atexit
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

from django.conf import settings

from portfolio.compositor import CANNOT, MADE
from portfolio.pdf import HOUSE, CannotRender, Manuscript, typeset

LONGEST = 120.0
"""Seconds: a document that takes longer hangs."""
IDLE = 60.0
"""Seconds that processes are kept for what comes next."""
FEWEST = 8
"""Documents for which processes are started."""
MOST_EACH = 2000
"""Documents that one process sets before another takes its place."""
TOLD = ("PATH", "LANG", "HOME", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
"""All of the environment that they see."""

Finish = Callable[[bytes], bytes]


def as_set(content: bytes) -> bytes:
    """Nothing more is done to it."""
    return content


class CompositorLostError(RuntimeError):
    """The process that set a document was killed, or hung."""


class Compositor:
    """A process that sets pages, and the line to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.line: Connection[Any, Any] = Connection(ours.detach())
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portfolio.compositor", str(theirs.fileno())],
                cwd=HOUSE,
                env={name: os.environ[name] for name in TOLD if name in os.environ},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # whoever ends the worker lets it finish its job
            )
        self.set_so_far = 0

    def typeset(self, manuscript: Manuscript) -> bytes:
        """Raises CannotRender; CompositorLostError where nobody answers, and the process is of no use any more."""
        self.set_so_far += 1
        try:
            self.line.send(manuscript)
            if not self.line.poll(LONGEST):
                raise CompositorLostError(f"A document was not set in {LONGEST:.0f} seconds.")
            how, what = self.line.recv()
        except (EOFError, OSError) as error:
            raise CompositorLostError("The process that set a document was killed.") from error
        if how == CANNOT:
            raise CannotRender(what)
        if how != MADE:
            raise RuntimeError(what)
        return bytes(what)

    def dismiss(self) -> None:
        with suppress(OSError):
            self.line.close()
        self.process.kill()
        self.process.wait()


class Room:
    """So many processes that set pages. With one place there is none: the caller sets them itself."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.ahead = 2 * places if places > 1 else 0
        """How many documents are worth asking for before the first is there."""
        self.threads = ThreadPoolExecutor(places, thread_name_prefix="sets pages") if places > 1 else None
        self.own = threading.local()
        self.compositors: set[Compositor] = set()

    def typeset(self, manuscript: Manuscript, finish: Finish = as_set) -> "Future[bytes]":
        """The PDF that is to come, with what is done to it at the end."""
        if self.threads:
            return self.threads.submit(self._set, manuscript, finish)
        made: Future[bytes] = Future()
        try:
            made.set_result(finish(typeset(manuscript)))
        except Exception as error:
            made.set_exception(error)
        return made

    def close(self) -> None:
        """Waits for what is under way."""
        if self.threads:
            self.threads.shutdown()
        for compositor in self.compositors:
            compositor.dismiss()
        self.compositors.clear()

    def _set(self, manuscript: Manuscript, finish: Finish) -> bytes:
        """Set by this thread's process. One that is lost has a successor, which tries once more."""
        try:
            made = self._mine().typeset(manuscript)
        except CompositorLostError:
            self._dismiss_mine()
            try:
                made = self._mine().typeset(manuscript)
            except CompositorLostError:
                self._dismiss_mine()
                raise
        if self._mine().set_so_far >= MOST_EACH:
            self._dismiss_mine()
        return finish(made)

    def _mine(self) -> Compositor:
        compositor: Compositor | None = getattr(self.own, "compositor", None)
        if compositor is None:
            compositor = self.own.compositor = Compositor()
            self.compositors.add(compositor)
        return compositor

    def _dismiss_mine(self) -> None:
        compositor = self._mine()
        self.compositors.discard(compositor)
        self.own.compositor = None
        compositor.dismiss()


class Kept:
    """The room of this process, while somebody uses it and for a while after."""

    def __init__(self) -> None:
        self.door = threading.RLock()
        self.room: Room | None = None
        self.users = 0
        self.closing: threading.Timer | None = None

    def enter(self) -> Room:
        with self.door:
            if self.closing:
                self.closing.cancel()
            if self.room and self.room.places != settings.PDF_PROCESSES:
                self.close()
            self.room = self.room or Room(settings.PDF_PROCESSES)
            self.users += 1
            return self.room

    def leave(self) -> None:
        with self.door:
            self.users -= 1
            self.closing = threading.Timer(IDLE, self.close)
            self.closing.daemon = True
            self.closing.start()

    def close(self) -> None:
        """Unless somebody has come back meanwhile."""
        with self.door:
            if self.room and not self.users:
                self.room.close()
                self.room = None


kept = Kept()
atexit.register(kept.close)


@contextmanager
def room_for(documents: int) -> Iterator[Room]:
    """Room to set so many documents: a few are not worth starting processes for."""
    if settings.PDF_PROCESSES < 2 or documents < FEWEST:
        yield Room(1)
        return
    room = kept.enter()
    try:
        yield room
    finally:
        kept.leave()
