"""The library's worker, which also says that it lives, looks after what others left, and outlives the database."""

import logging
import time
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands import db_worker

from portfolio import workers

log = logging.getLogger(__name__)

PAUSE = 5.0


class Command(db_worker.Command):
    def handle(self, *, worker_id: str, **options: Any) -> None:
        """Work until told to end. A database that goes away is waited for, and then somebody new begins: what the old
        one held is put back like that of any lost worker."""
        while True:
            try:
                with workers.living(worker_id):
                    super().handle(worker_id=worker_id, **options)
                return
            except (OperationalError, InterfaceError) as problem:
                log.warning("The database is away; looking again in %s s: %s", PAUSE, type(problem).__name__)
            connection.close()
            worker_id = get_random_string(32)
            time.sleep(PAUSE)
