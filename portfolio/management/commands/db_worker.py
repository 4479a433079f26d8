"""The library's worker, which also says that it lives and looks after what lost workers held."""

from typing import Any

from django_tasks_db.management.commands import db_worker

from portfolio import workers


class Command(db_worker.Command):
    def handle(self, *, worker_id: str, **options: Any) -> None:
        with workers.living(worker_id):
            super().handle(worker_id=worker_id, **options)
