"""Another installation, for tests: the same database emptied, with other rows in it, and a vault of its own."""

import datetime
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from assessments.archive.pages import add_pages
from assessments.testing import a_house
from portfolio import walls
from portfolio.archive import catalogue
from portfolio.archive.packing import pack
from portfolio.archive.selection import Selection
from portfolio.models import Centre
from units.for_good import forget


def moved_house(settings: Any, vault: Path) -> None:
    """Everything is gone, and somebody else is here: numbers that were used are used for other rows, or never again."""
    with walls.lifted(), connection.cursor() as cursor:
        for model in catalogue.every_model():
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')  # noqa: S608  # tables of ours
    settings.VAULT_DIR = vault
    forget()
    call_command("load_standard", verbosity=0)
    a_house("Harbour College")


def exported(centre: Centre, path: Path, at: datetime.datetime) -> dict[str, str]:
    """The archive of a centre, written to the path. Returns the digest of each of its payload files."""
    pack(Selection(centre), path, at=at, adds=add_pages)
    return digests(path)


def digests(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        found = {name.partition("/")[2]: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    return {name: digest for name, digest in found.items() if name.startswith("data/")}


def rows(path: Path, kind: str) -> list[dict[str, Any]]:
    """The lines of a kind in an archive."""
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(f"data/record/{kind}.jsonl"))
        return [json.loads(line) for line in archive.read(name).splitlines()]


def rewritten(path: Path, to: Path, change: Callable[[str, bytes], bytes | None], *, seal: bool = False) -> Path:
    """The archive with some of its files changed, or taken out where the change gives None; with `seal` its manifests
    say so."""
    with zipfile.ZipFile(path) as before:
        content = {name: change(name.partition("/")[2], before.read(name)) for name in before.namelist()}
    files = {name: data for name, data in content.items() if data is not None}
    folder = next(iter(files)).partition("/")[0]
    if seal:
        for manifest, below in (("manifest-sha256.txt", True), ("tagmanifest-sha256.txt", False)):
            listed = {
                name.partition("/")[2]: hashlib.sha256(data).hexdigest()
                for name, data in files.items()
                if name.partition("/")[2].startswith("data/") is below and "tagmanifest" not in name
            }
            files[f"{folder}/{manifest}"] = "".join(f"{digest}  {name}\n" for name, digest in listed.items()).encode()
    with zipfile.ZipFile(to, "w") as after:
        for name, data in files.items():
            after.writestr(name, data)
    return to
