"""The secret key of an embedded installation, for which nobody has to think of one."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def kept_secret(path: Path) -> str:
    """The secret key of an embedded installation: made once, kept beside its data, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, new = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):  # of two that begin at once, one makes it for both
            os.link(new, path)
        os.unlink(new)
    return path.read_text().strip()
