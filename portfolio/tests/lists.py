"""Lists that are taken away, as whoever takes one finds it."""

import csv
import io
from typing import Any

from django.test import Client


def taken(client: Client, address: str) -> list[dict[str, str]]:
    """The lines of a list sent as CSV, by the heads of its columns."""
    answer: Any = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
