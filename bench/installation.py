"""An installation to measure: importing this sets Django up on a data directory of its own, gone with the process.

Import it before anything of the house. Settings are those of production: no debug, hashed and compressed static files.
With NVQ_BENCH_DIRECTORY the directory stays, for an installation that is too large to be made every time (kept.py).
"""

import copy
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import override_settings, setup_databases, teardown_databases

HERE = Path(__file__).resolve().parent
STAYS = os.environ.get("NVQ_BENCH_DIRECTORY", "")
_gone_at_the_end = None if STAYS else tempfile.TemporaryDirectory(prefix="nvq-bench-")
DIRECTORY = Path(_gone_at_the_end.name if _gone_at_the_end else STAYS)

os.environ["NVQ_DATA_DIR"] = str(DIRECTORY)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portfolio.settings")
django.setup()


@contextmanager
def furnished() -> Iterator[None]:
    """The static files gathered, and the bare page beside ours."""
    templates: list[dict[str, Any]] = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(HERE / "templates")
    with override_settings(ROOT_URLCONF="bench.bare", TEMPLATES=templates, STATIC_ROOT=DIRECTORY / "static"):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield


@contextmanager
def standing() -> Iterator[None]:
    """A fresh database, empty but for its tables and walls.

    SQLite keeps the database in a file, as an installation does; PostgreSQL beside the one DATABASE_URL names.
    """
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(DIRECTORY / "measured.sqlite3")
    with furnished():
        made = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        try:
            yield
        finally:
            teardown_databases(made, verbosity=0)


def settle() -> None:
    """What PostgreSQL's own housekeeping would have done by now: look at how the rows are spread."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
