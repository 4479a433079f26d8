"""A clamd of the tests' own: on a socket in a directory of its own, with signatures written here and no database."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portfolio.tests.programs import program

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless file every scanner calls infected, in two parts so that none calls this source so."""
LOCAL = b"Customer list of Example Ltd, not to leave the house."
"""What only a signature written by the operator finds."""
SIGNATURES = {"Eicar-Signature": EICAR, "Example.Leaked": LOCAL}
CONFIGURATION = """
LocalSocket {folder}/clamd.sock
TCPSocket {port}
TCPAddr 127.0.0.1
DatabaseDirectory {folder}/signatures
Foreground yes
AlertExceedsMax yes
StreamMaxLength 2M
"""


@contextmanager
def running(folder: Path) -> Iterator[tuple[str, str]]:
    """A clamd that knows EICAR and one local signature; its socket, and its address over TCP. It takes up to 2 MB."""
    clamd_here = program("clamd")
    (folder / "signatures").mkdir()
    lines = [f"{name}:0:*:{content.hex()}\n" for name, content in SIGNATURES.items()]
    (folder / "signatures" / "local.ndb").write_text("".join(lines))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (folder / "clamd.conf").write_text(CONFIGURATION.format(folder=folder, port=port))
    with subprocess.Popen([clamd_here, "--config-file", folder / "clamd.conf"], stdout=subprocess.DEVNULL) as clamd:
        try:
            listens(folder / "clamd.sock")
            yield str(folder / "clamd.sock"), f"127.0.0.1:{port}"
        finally:
            clamd.terminate()


def listens(path: Path) -> None:
    """Wait until somebody answers at the socket."""
    for _ in range(600):
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"clamd does not listen at {path}.")
