"""Print the head of every audit book, one JSON object a line, to be kept where nobody of this installation can write.

Run on a schedule. A book cut short or rewritten as a whole still verifies in itself: `verify_audit --heads FILE` shows
it. Heads of many days may stand in one file.
"""

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portfolio import audit, canonical
from portfolio.models import AuditChain


class Command(BaseCommand):
    help = "Print the head of every audit book as JSON lines, to be kept outside and given to verify_audit --heads."

    def handle(self, *args: Any, **options: Any) -> None:
        now = canonical.moment(timezone.now())
        for chain in AuditChain.objects.order_by("pk"):
            head = {"book": audit.name_of(chain), "length": chain.length, "head": chain.head, "exported_at": now}
            self.stdout.write(json.dumps(head))
