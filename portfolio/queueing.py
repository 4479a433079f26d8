"""The queue: rows in the database, each with the number of the request that asked for it, so that logs lead back."""

from typing import Any

from django_tasks.utils import normalize_json
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.models import DBTaskResult

from portfolio import logs


class Queue(DatabaseBackend):
    """The library's queue. A job's row is written as there, and once: with the request beside the arguments."""

    def _task_to_db_task(self, task: Any, args: Any, kwargs: Any) -> DBTaskResult[Any, Any]:
        asked = {"args": args, "kwargs": kwargs} | ({"request": number} if (number := logs.current_request()) else {})
        return DBTaskResult.objects.create(
            id=self._get_id(),
            args_kwargs=normalize_json(asked),
            priority=task.priority,
            task_path=task.module_path,
            queue_name=task.queue_name,
            run_after=task.run_after,
            backend_name=self.alias,
        )
