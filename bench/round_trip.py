"""The whole demonstration centre into an archive, read back elsewhere, and from there once more: the same each time.

    python -m bench.round_trip                                          three installations on SQLite
    python -m bench.round_trip --other postgres://user@host/database    the second of them on PostgreSQL, empty before

Each step is the operator's own command in a process of its own. Exits with 1 where anything below data/ differs: every
row of the record, every file, every page.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SLUG = "harbour"
SQLITE = ""


class Installation:
    """Another one, with a directory and a database of its own."""

    def __init__(self, place: Path, database: str = SQLITE) -> None:
        place.mkdir()
        self.environment = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "NVQ_MODE")
        }
        self.environment["NVQ_DATA_DIR"] = str(place)
        if database:
            self.environment["DATABASE_URL"] = database
        self.run("migrate", "--verbosity", "0")
        self.run("load_standard")

    def run(self, *command: str) -> None:
        done = subprocess.run(  # our own commands
            [sys.executable, str(HERE.parent / "manage.py"), *command],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{command[0]} failed.\n{done.stdout}{done.stderr}")


def digests(path: Path) -> dict[str, str]:
    """The digest of everything below data/."""
    with zipfile.ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if "/data/" in name)
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in names}


def of_all(found: dict[str, str]) -> str:
    """One digest of them."""
    return hashlib.sha256("\n".join(f"{digest}  {name}" for name, digest in found.items()).encode()).hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--other", default=SQLITE, help="the database of the second installation; without it, SQLite")
    other = parser.parse_args().other
    kinds = ["sqlite", "postgresql" if other else "sqlite", "sqlite"]
    found: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory(prefix="nvq-round-trip-") as scratch:
        folder = Path(scratch)
        archives = [folder / f"{number}.zip" for number in range(3)]
        for number, database in enumerate((SQLITE, other, SQLITE)):
            begun = time.perf_counter()
            installation = Installation(folder / str(number), database)
            if number:
                installation.run("import_archive", str(archives[number - 1]))
            else:
                installation.run("demo")
            installation.run("export_archive", SLUG, str(archives[number]))
            installation.run("verify_audit")
            found.append(digests(archives[number]))
            print(
                f"{'demonstrated' if not number else 'read back'} and written on {kinds[number]}: "
                f"{len(found[-1])} files, {archives[number].stat().st_size / 2**20:.1f} MiB, "
                f"{of_all(found[-1])}, {time.perf_counter() - begun:.0f} s",
                flush=True,
            )
    differing = sorted(name for name in set().union(*found) if len({one.get(name) for one in found}) > 1)
    print("\n".join(["They differ:", *differing]) if differing else "The same, but for the date.")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
