"""Who takes jobs."""

from django.db import models


class Worker(models.Model):
    """A worker process, and when it last said that it lives. Its row goes when it ends in good order."""

    name = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
