"""Programs of Debian's packages that tests use beside the product, as a second opinion or as what it works with."""

import os
import re
import shutil
from collections.abc import Iterable

import pytest

PACKAGES = {
    "clamd": "clamav-daemon",
    "nginx": "nginx-light",
    "pdfinfo": "poppler-utils",
    "pdfsig": "poppler-utils",
    "systemd-analyze": "systemd",
}
TO_INSTALL = re.compile(r" is not installed: sudo apt install (\S+)")


def program(name: str) -> str:
    """Where it lies. The test is skipped where it is not installed, and the last lines of the run say so."""
    place = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin")
    if place is None:
        pytest.skip(f"{name} is not installed: sudo apt install {PACKAGES[name]}")
    return place


def to_install(reasons: Iterable[str]) -> list[str]:
    """The package for each test that was skipped by `program`, by the reason that was given."""
    return [found[1] for found in map(TO_INSTALL.search, reasons) if found]
