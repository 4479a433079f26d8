"""Units that the demonstration centre brings in: two drafts of one made up for that, and a file with faults."""

import datetime
from pathlib import Path

from django.conf import settings

from assessments.demo.centre import Harbour
from units.actions import send_units, take_units

EXAMPLES = Path(settings.BASE_DIR) / "docs" / "examples"


def brought_in(harbour: Harbour, at: datetime.datetime) -> None:
    """Both versions wait to be read and published; the file with faults waits to be put right."""
    for name, taken in (("telephone.yaml", True), ("telephone-next.yaml", True), ("telephone-faulty.yaml", False)):
        by, content = harbour.staff.administrator, (EXAMPLES / name).read_bytes()
        sent = send_units(centre=harbour.centre, content=content, name=name, by=by, at=at)
        if taken:
            take_units(unit_import=sent, by=by, at=at)
