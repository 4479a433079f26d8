"""An object store for tests: moto's S3 server in a process of its own, with a part of a bucket for each test."""

import contextlib
import importlib.util
import itertools
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import urlsplit

from portfolio import stores

CHUNK = 64 * 1024
REGION, KEY, SECRET = "eu-west-2", "test", "test"
PREFIXES = (f"part-{number}" for number in itertools.count(1))


def is_here() -> bool:
    """Whether moto can be found: it is among the developer's packages."""
    return importlib.util.find_spec("moto") is not None and importlib.util.find_spec("flask") is not None


@contextmanager
def running() -> Iterator[str]:
    """The address of a server, which stops at the end."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            listens(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def listens(port: int) -> None:
    """Wait until somebody answers there."""
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"No object store listens on port {port}.")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def part_of_a_bucket(settings: Any, endpoint: str, *, name: str = "centre-files") -> str:
    """Set a bucket, made where it is not there yet, and a part of it that nobody used before. Returns its name.

    A client takes long to make, and is one for a bucket.
    """
    settings.S3_BUCKET, settings.S3_ENDPOINT, settings.S3_REGION = name, endpoint, REGION
    settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY, settings.S3_PUBLIC_ENDPOINT = KEY, SECRET, ""
    settings.S3_PREFIX = next(PREFIXES)
    with contextlib.suppress(client().exceptions.BucketAlreadyOwnedByYou):
        client().create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name


def client() -> Any:
    """The client of the settings' bucket."""
    return cast(Any, stores.vault()).client


def keys(settings: Any) -> list[str]:
    """Every object in the settings' part of the bucket."""
    found = client().list_objects_v2(Bucket=settings.S3_BUCKET, Prefix=f"{settings.S3_PREFIX}/")
    return sorted(one["Key"].removeprefix(f"{settings.S3_PREFIX}/") for one in found.get("Contents", []))


@contextmanager
def silent() -> Iterator[str]:
    """The address of a store that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for connection in taken:
            connection.close()
        thread.join(5)


@contextmanager
def slow(store: str, seconds: float) -> Iterator[str]:
    """The address of the same store, where each answer is so many seconds longer on its way."""
    there = urlsplit(store)

    def answer(line: socket.socket) -> None:
        with line, socket.create_connection((str(there.hostname), int(there.port or 80))) as onward:
            asking = threading.Event()
            threading.Thread(target=hand_on, args=(line, onward, asking), daemon=True).start()
            while answered := onward.recv(CHUNK):
                if asking.is_set():
                    asking.clear()
                    time.sleep(seconds)
                line.sendall(answered)

    def hand_on(line: socket.socket, onward: socket.socket, asking: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while asked := line.recv(CHUNK):
                asking.set()
                onward.sendall(asked)
            onward.shutdown(socket.SHUT_WR)

    def take() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def nobody() -> str:
    """The address of a store that is down."""
    return f"http://127.0.0.1:{free_port()}"
