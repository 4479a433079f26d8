"""Two gigabytes on their way up, with the server killed in the middle, and then the browser.

The server is gunicorn as docs/operations.md starts it, killed with SIGKILL with all its workers and started again. The
browser is Debian's Chromium, killed the same way; it is opened again on the same form, and signs in again. The digest
of what was kept is compared with the file's, and the most memory any worker ever held is read from the kernel.

    python -m bench.uploads [--size 2000000000]
"""

import argparse
import contextlib
import hashlib
import http.client
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.installation import DIRECTORY, HERE

# isort: split
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Error, Playwright, sync_playwright

from bench.measuring import high_water
from portfolio import transfers, vault
from portfolio.models import CandidateRecord, StoredFile, Upload
from portfolio.testing import a_candidate, a_centre

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps an event loop in the thread
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
PIECE = 8 * 1024 * 1024
BLOCK = 1024 * 1024
MOST_GROWTH = 64
"""MiB a worker may need more for a file of any size than for a page."""
MIDDLE = 0.5
PATIENCE = 1800  # seconds for the whole of one upload


@dataclass
class Server:
    """Gunicorn on a port of its own, and the most memory a worker of it ever held, in MiB, over all its lives."""

    port: int
    lives: int = 0
    peak: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    idle: int = 0
    """What a worker held after its first page."""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Begin a life, and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "portfolio.wsgi", "--workers", "2", "--threads", "4"]
        environment = os.environ | {"NVQ_DATA_DIR": str(DIRECTORY), "NVQ_SITE_URL": self.url}
        self.process = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{self.port}", "--log-level", "error"],
            cwd=settings.BASE_DIR,
            env=environment,
            start_new_session=True,
        )
        self.lives += 1
        wait_until(lambda: answers(self.port), "gunicorn answers")

    def kill(self) -> None:
        """End it as kill -9 does, workers and all."""
        assert self.process
        self.look()
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        wait_until(lambda: not answers(self.port), "the port is free")

    def look(self) -> None:
        """Read from the kernel the most memory each worker has held."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        found = [high_water(int(child)) for child in children]
        self.peak = max([self.peak, *found])
        self.idle = self.idle or max(found, default=0)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(true: Callable[[], object], what: str, patience: float = 60) -> None:
    """Look again and again. Raises TimeoutError naming what was waited for."""
    end = time.monotonic() + patience
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"Waited {patience:.0f} s until {what}.")
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- the file, and who sends it --------------------------------------------------------------------------------------


def recording(path: Path, size: int) -> str:
    """A sound recording of that size, whose every megabyte differs; its SHA-256."""
    digest = hashlib.sha256()
    head = b"RIFF" + (size - 8).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += bytes.fromhex("0100010044ac00008858010002001000") + b"data"
    with path.open("wb") as file:
        written = 0
        while written < size:
            block = head + os.urandom(BLOCK - len(head))
            head = b""
            block = block[: size - written]
            file.write(block)
            digest.update(block)
            written += len(block)
    return digest.hexdigest()


def session_of(record: CandidateRecord) -> str:
    """A session of the candidate."""
    visitor = Client()
    visitor.force_login(record.user)
    return visitor.cookies[settings.SESSION_COOKIE_NAME].value


def kept_digest() -> str:
    """SHA-256 of the bytes that lie in the vault, read again from the disk."""
    return vault.measured(vault.path_of(StoredFile.objects.latest("pk"))).sha256


def forget_it() -> None:
    """Make room for the next: the installation is gone with the process in any case."""
    Upload.objects.all().delete()
    for stored in StoredFile.objects.all():
        vault.destroy(stored)


# --- the server is killed --------------------------------------------------------------------------------------------


class Line:
    """A client of the tus protocol that knows nothing but the address of its upload."""

    def __init__(self, server: Server, cookie: str) -> None:
        self.server = server
        token = "a" * 32
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}; {settings.CSRF_COOKIE_NAME}={token}",
            "X-CSRFToken": token,
            "Tus-Resumable": "1.0.0",
        }

    def ask(self, method: str, address: str, body: bytes = b"", **more: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=600)
        headers = self.headers | {name.replace("_", "-"): value for name, value in more.items()}
        connection.request(method, address, body, headers | {"Host": f"localhost:{self.server.port}"})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response

    def begin(self, record: CandidateRecord, path: Path) -> str:
        name = "Y2FsbC53YXY="  # call.wav
        address = f"/centre/{record.centre.slug}/uploads/"
        size = str(path.stat().st_size)
        answer = self.ask("POST", address, Upload_Length=size, Upload_Metadata=f"filename {name}")
        return str(answer.headers["Location"])

    def offset(self, address: str) -> int:
        return int(self.ask("HEAD", address).headers["Upload-Offset"])

    def send(self, address: str, path: Path, offset: int, until: int) -> int:
        """Piece after piece from `offset` on; where it stands at the end."""
        with path.open("rb") as file:
            while offset < until:
                file.seek(offset)
                piece = file.read(PIECE)
                kind = "application/offset+octet-stream"
                answer = self.ask("PATCH", address, piece, Upload_Offset=str(offset), Content_Type=kind)
                if answer.status != 204:
                    raise RuntimeError(f"A piece was answered {answer.status}.")
                offset = int(answer.headers["Upload-Offset"])
        return offset

    def send_half_a_piece(self, address: str, path: Path, offset: int) -> socket.socket:
        """Leave the server in the middle of a piece: the line stays open."""
        with path.open("rb") as file:
            file.seek(offset)
            half = file.read(PIECE // 2)
        headers = self.headers | {
            "Host": f"localhost:{self.server.port}",
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(PIECE),
        }
        lines = [f"PATCH {address} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        line = socket.create_connection(("127.0.0.1", self.server.port))
        line.sendall("\r\n".join(lines).encode() + half)
        time.sleep(1)
        return line


@dataclass(frozen=True)
class Row:
    """What one upload came to."""

    killed: str
    went_on_at: float
    seconds: float
    same: bool
    peak: int


def with_the_server_killed(server: Server, record: CandidateRecord, path: Path, digest: str) -> Row:
    size, started = path.stat().st_size, time.monotonic()
    line = Line(server, session_of(record))
    address = line.begin(record, path)
    offset = line.send(address, path, 0, int(size * MIDDLE))
    with line.send_half_a_piece(address, path, offset):
        server.kill()
    server.start()
    went_on = line.offset(address)
    line.send(address, path, went_on, size)
    seconds = time.monotonic() - started
    server.look()
    return Row("the server, in the middle of a piece", went_on / size, seconds, kept_digest() == digest, server.peak)


# --- the browser is killed -------------------------------------------------------------------------------------------


class Browser:
    """Chromium with a profile of its own, on the form for evidence with the candidate signed in anew."""

    def __init__(self, playwright: Playwright, profile: Path, server: Server, record: CandidateRecord) -> None:
        self.profile = profile
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"], headless=True
        )
        name, value = settings.SESSION_COOKIE_NAME, session_of(record)
        context.add_cookies([{"name": name, "value": value, "url": server.url}])
        self.context, self.page = context, context.new_page()
        self.page.goto(f"{server.url}/evidence/add/")

    def choose(self, path: Path) -> None:
        self.page.set_input_files("input.drop", path)

    @property
    def state(self) -> str:
        """How the upload stands on the page; empty when there is none."""
        rows = self.page.locator("[data-upload-list] > li")
        return (rows.first.get_attribute("data-state") or "") if rows.count() else ""

    def kill(self) -> None:
        """End it as kill -9 does, with all its processes, which are known by their profile."""
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if str(self.profile).encode() in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)
        with contextlib.suppress(Error):
            self.context.close()


def with_the_browser_killed(server: Server, record: CandidateRecord, path: Path, digest: str, scratch: Path) -> Row:
    size, started = path.stat().st_size, time.monotonic()
    with sync_playwright() as playwright:
        first = Browser(playwright, scratch / "profile", server, record)
        first.choose(path)
        wait_until(lambda: bytes_here() > size * MIDDLE, "half of it is here", PATIENCE)
        first.kill()
    time.sleep(2)
    went_on = bytes_here()
    with sync_playwright() as playwright:
        again = Browser(playwright, scratch / "profile", server, record)
        wait_until(lambda: again.state in ("going", "missing", "done"), "the form shows the upload")
        by_itself = again.state != "missing"
        if not by_itself:
            again.choose(path)
        wait_until(lambda: again.state == "done", "it is kept", PATIENCE)
        again.context.close()
    seconds = time.monotonic() - started
    server.look()
    what = "the browser, which went on by itself" if by_itself else "the browser, which asked for the file again"
    return Row(what, went_on / size, seconds, kept_digest() == digest, server.peak)


def bytes_here() -> int:
    """How much of the newest upload has come."""
    upload = Upload.objects.order_by("pk").last()
    return transfers.offset_of(upload) if upload else 0


# --- all of it -------------------------------------------------------------------------------------------------------


def table(rows: list[Row], size: int, idle: int) -> str:
    lines = [
        "# Uploads",
        "",
        f"{size:,} bytes each, to gunicorn with two workers of four threads, on {platform.machine()} with "
        f"{os.cpu_count()} cores; SQLite. Printed by `python -m bench.uploads`.",
        "",
        "| killed with SIGKILL | went on at | seconds in all | same SHA-256 | most memory of a worker |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        same = "yes" if row.same else "NO"
        lines.append(f"| {row.killed} | {row.went_on_at:.1%} | {row.seconds:.0f} | {same} | {row.peak} MiB |")
    return "\n".join([*lines, "", f"A worker that has answered one page holds {idle} MiB.", ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=2_000_000_000, help="bytes of the file")
    size = parser.parse_args().size
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", verbosity=0)
    record = a_candidate(a_centre())
    server = Server(free_port())
    server.start()
    try:
        with tempfile.TemporaryDirectory(prefix="nvq-bench-") as folder:
            path = Path(folder) / "call.wav"
            digest = recording(path, size)
            Line(server, "nobody").ask("GET", "/accounts/login/")
            server.look()
            rows = [with_the_server_killed(server, record, path, digest)]
            forget_it()
            rows.append(with_the_browser_killed(server, record, path, digest, Path(folder)))
    finally:
        server.kill()
    printed = table(rows, size, server.idle)
    (HERE / "results" / "uploads.md").write_text(printed)
    print(printed)
    grown = max(row.peak for row in rows) - server.idle
    return int(not all(row.same for row in rows) or grown > MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
