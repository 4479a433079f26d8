"""The product as it is deployed, to be put to work: what bin/try-server starts, on a database that is there already.

nginx with the shipped configuration, gunicorn as deploy/ has it, two workers. And what these processes hold: memory by
`/proc`, connections as PostgreSQL counts them.
"""

import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from django.db import connection

HOUSE = Path(__file__).resolve().parent.parent
PROCESSES = 2
"""Of gunicorn, with four threads each."""


def try_server() -> Any:
    """bin/try-server as a module: how a server is started is written down there alone."""
    loader = SourceFileLoader("try_server", str(HOUSE / "bin" / "try-server"))
    spec = importlib.util.spec_from_loader("try_server", loader)
    if spec is None:
        raise ImportError("bin/try-server cannot be read.")
    module = importlib.util.module_from_spec(spec)
    sys.modules["try_server"] = module
    loader.exec_module(module)
    return module


@contextmanager
def served(given: dict[str, str]) -> Iterator[Any]:
    """The product behind nginx until this ends, with these settings beside the usual ones."""
    module = try_server()
    settings = {"WEB_CONCURRENCY": str(PROCESSES), "DJANGO_SETTINGS_MODULE": "bench.served", **given}
    with tempfile.TemporaryDirectory(prefix="nvq-served-") as folder:
        Path(folder).chmod(0o755)
        server = module.Server(Path(folder), given=settings)
        try:
            server.manage("collectstatic", "--no-input", "--verbosity", "0")
            server.start_pages()
            server.start_worker("worker-1")
            server.start_worker("worker-2")
            server.start_nginx()
            browser = module.Browser(server)
            module.until(lambda: module.listens(server) and browser.get("/healthz").status == 200, 60, "pages answer")
            yield server
        finally:
            server.end()


@dataclass
class Sample:
    """What was held at a moment: MiB of each process and of a session of PostgreSQL, and connections to it."""

    at: float
    memory: dict[str, float]
    connections: int


@dataclass
class Watch:
    """Looks every few seconds. A process is known by what it is and which of its kind."""

    server: Any
    samples: list[Sample] = field(default_factory=list)

    def look(self) -> None:
        memory = {}
        for name, process in self.server.running.items():
            family = [process.pid, *children(process.pid)]
            for place, pid in enumerate(family):
                memory[f"{name} {place}" if len(family) > 1 else name] = held(pid)
        found = sessions()
        memory["a session of PostgreSQL"] = sum(held(pid, "Pss_Anon:") for pid in found) / max(1, len(found))
        self.samples.append(Sample(time.time(), memory, len(found)))

    def processor(self) -> float:
        """Seconds of processor time that the server's processes have had, without PostgreSQL's."""
        pids = [process.pid for process in self.server.running.values()]
        return sum(taken(pid) for parent in pids for pid in (parent, *children(parent)))


def children(pid: int) -> list[int]:
    """The processes that a process started, those they started in turn, in the order of their numbers."""
    found = []
    for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        found += [child, *children(child)]
    return sorted(found)


def held(pid: int, what: str = "Pss:") -> float:
    """MiB of a process, what it shares with others counted in parts (PSS); none where it is gone or nobody may look."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(what):
                return int(line.split()[1]) / 1024
    return 0


def taken(pid: int) -> float:
    """Seconds of processor time."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def sessions() -> list[int]:
    """The processes of the database at hand, but for the one that asks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]
