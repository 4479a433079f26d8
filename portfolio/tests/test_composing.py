"""Many documents set at once: by warmed processes of their own, one of which may die, and none of which knows much."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
import pytest_django

from portfolio import composing, compositor
from portfolio.composing import Compositor, CompositorLostError, Room
from portfolio.pdf import DOCUMENTS, HOUSE, ISSUED, CannotRender, Manuscript, typeset
from portfolio.tests.processes import lives, until


def saying(words: str) -> Manuscript:
    return Manuscript(
        f"<html lang='en-GB'><title>Letter</title><h1>{words}</h1></html>", (DOCUMENTS / "base.css",), ISSUED
    )


FETCHES = saying("<img src='https://example.org/logo.png' alt=''>")


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    """Two processes for all of these tests: each takes a second to warm."""
    room = Room(2)
    yield room
    room.close()


def title_of(content: bytes) -> str:
    with pikepdf.open(io.BytesIO(content)) as document:
        return str(document.docinfo["/Title"])


def test_documents_are_set_by_several_processes_and_come_back_in_the_order_asked_for(room: Room) -> None:
    asked = [room.typeset(saying(f"No. {number}"), lambda content: content + b"%sealed") for number in range(8)]
    assert all(one.result().endswith(b"%sealed") for one in asked)
    assert len(room.compositors) == 2
    assert title_of(asked[0].result()) == "Letter"


def test_what_cannot_be_set_says_why_and_a_fault_of_ours_is_told_with_its_traceback(room: Room) -> None:
    with pytest.raises(CannotRender, match="only files of its own"):
        room.typeset(FETCHES).result()
    with pytest.raises(RuntimeError, match="FileNotFoundError"):
        room.typeset(Manuscript("<p>A</p>", (HOUSE / "nothing.css",), ISSUED)).result()


def test_one_that_is_killed_has_a_successor_and_the_document_is_set_after_all(room: Room) -> None:
    room.typeset(saying("One")).result()
    killed = list(room.compositors)
    for one in killed:
        os.kill(one.process.pid, signal.SIGKILL)
    assert [title_of(one.result()) for one in [room.typeset(saying("Two")), room.typeset(saying("Three"))]] == [
        "Letter"
    ] * 2
    assert not room.compositors & set(killed)


def test_a_document_that_takes_each_process_with_it_is_given_up_and_the_others_are_not(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Compositor.typeset

    def killed_by_one(compositor: Compositor, manuscript: Manuscript) -> bytes:
        if "deadly" in manuscript.html:
            compositor.process.kill()
        return real(compositor, manuscript)

    monkeypatch.setattr(Compositor, "typeset", killed_by_one)
    deadly, other = room.typeset(saying("deadly")), room.typeset(saying("harmless"))
    assert title_of(other.result()) == "Letter"
    with pytest.raises(CompositorLostError, match="was killed"):
        deadly.result()


def test_one_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composing, "LONGEST", 0.05)
    hung = Compositor()
    try:
        hung.process.send_signal(signal.SIGSTOP)
        with pytest.raises(CompositorLostError, match=r"was not set in"):
            hung.typeset(saying("One"))
    finally:
        hung.dismiss()
    assert not lives(hung.process.pid)


def test_they_are_told_no_secret_and_end_with_whoever_started_them(tmp_path: Path) -> None:
    """Also where that one is killed: the line is closed by the kernel."""
    starting = f"""
import os, pathlib, time
os.environ["SECRET_KEY"] = "a secret of ours"
from portfolio.composing import Compositor
one = Compositor()
pathlib.Path({str(tmp_path / "pid")!r}).write_text(str(one.process.pid))
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", starting], cwd=HOUSE) as worker:
        until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "", 20)
        pid = int((tmp_path / "pid").read_text())
        until(lambda: b"portfolio.compositor" in Path(f"/proc/{pid}/cmdline").read_bytes(), 20)
        told = Path(f"/proc/{pid}/environ").read_bytes()
        worker.kill()
    assert b"secret" not in told
    assert b"DATABASE" not in told
    until(lambda: not lives(pid), 20)


def test_a_few_documents_are_set_by_whoever_asks(settings: pytest_django.Settings) -> None:
    settings.PDF_PROCESSES = 4
    with composing.room_for(composing.FEWEST - 1) as room:
        assert (room.places, room.ahead) == (1, 0)
        assert room.typeset(saying("One")).result() == typeset(saying("One"))


def test_processes_are_kept_for_the_next_and_end_when_nobody_comes(
    settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PDF_PROCESSES = 2
    monkeypatch.setattr(composing, "IDLE", 0.2)
    with composing.room_for(20) as first:
        first.typeset(saying("One")).result()
        (process,) = [one.process for one in first.compositors]
    with composing.room_for(20) as again:
        assert again is first
        time.sleep(0.3)
        assert lives(process.pid)
    until(lambda: not lives(process.pid), 20)
    assert composing.kept.room is None


def test_a_process_says_the_same_of_a_fault_as_it_would_here() -> None:
    how, why = compositor.answer(FETCHES)
    assert (how, "only files of its own" in str(why)) == (compositor.CANNOT, True)
