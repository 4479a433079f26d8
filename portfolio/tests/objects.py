"""An object store for tests: moto's S3 server in a process of its own, with a bucket for each test."""

import importlib.util
import itertools
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from portfolio import bucket

REGION, KEY, SECRET = "eu-west-2", "test", "test"
NAMES = (f"centre-files-{number}" for number in itertools.count(1))


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


def a_bucket(settings: Any, endpoint: str) -> str:
    """Set a new bucket. Returns its name."""
    settings.S3_BUCKET = next(NAMES)
    settings.S3_ENDPOINT, settings.S3_PUBLIC_ENDPOINT, settings.S3_REGION = endpoint, "", REGION
    settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY, settings.S3_PREFIX = KEY, SECRET, "centres"
    client().create_bucket(Bucket=settings.S3_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return str(settings.S3_BUCKET)


def client() -> Any:
    """The client of the settings' bucket."""
    return bucket.part("vault").client


def keys(name: str) -> list[str]:
    """Every object of a bucket."""
    return sorted(one["Key"] for one in client().list_objects_v2(Bucket=name).get("Contents", []))


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


def nobody() -> str:
    """The address of a store that is down."""
    return f"http://127.0.0.1:{free_port()}"
