"""How gunicorn serves the pages: `gunicorn --config deploy/gunicorn.conf.py portfolio.wsgi`.

Where it listens is said by whoever starts it: systemd's socket, or --bind. How many processes, by WEB_CONCURRENCY.
"""

import gc
import os
import shutil
import tempfile
from typing import Any

from portfolio.logs import JsonLines, SaidOf

workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
threads = 4
# Enough for the longest page; a download may take as long as it takes.
timeout = 60
graceful_timeout = 30
keepalive = 75
worker_tmp_dir = "/dev/shm"  # noqa: S108  # memory: a slow disk never counts as a hung process
# Signals are enough; nobody steers it through a socket in somebody's home.
control_socket_disable = True
# Django says which request was answered and how; gunicorn what became of its processes.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"said_of": {"()": SaidOf}},
    "formatters": {"lines": {"()": JsonLines}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["said_of"], "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": [], "level": "ERROR", "propagate": False},
    },
}

# The processes add their numbers up through files; see portfolio/metrics.py. Said before any of them loads it.
FILES = os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix="nvq-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = FILES


def post_worker_init(worker: Any) -> None:
    """What every page needs is loaded, and stays: Python need not look through it for what is no longer used."""
    gc.collect()
    gc.freeze()


def on_exit(server: Any) -> None:
    shutil.rmtree(FILES, ignore_errors=True)
