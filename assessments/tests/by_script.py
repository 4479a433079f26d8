"""What the script that goes with an exported audit book says of it."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

SCRIPT = Path(settings.BASE_DIR) / "static" / "offline" / "check_book.py"


def checked(tmp_path: Path, lines: Iterable[Mapping[str, Any]]) -> tuple[int, str]:
    """What the script that goes with the file says of it: its exit status, and its words."""
    file = tmp_path / "book.jsonl"
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    ran = subprocess.run([sys.executable, "-I", SCRIPT, file], capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr
