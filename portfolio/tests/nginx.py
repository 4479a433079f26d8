"""nginx, run by a test with a server of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portfolio.tests import objects
from portfolio.tests.programs import program

CONFIGURATION = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port}{listens};
        {server}
    }}
}}
"""


@contextmanager
def running(folder: Path, server: str, *, tls: bool = False) -> Iterator[int]:
    """The port of a server with these lines, which stops at the end."""
    folder.mkdir()
    port = objects.free_port()
    told = CONFIGURATION.format(folder=folder, port=port, listens=" ssl" if tls else "", server=server)
    (folder / "nginx.conf").write_text(told)
    command = [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            objects.listens(port)
            yield port
        finally:
            process.terminate()
