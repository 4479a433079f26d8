"""What a browser is shown of a stored file that it cannot, or must not, show by itself."""

from django.db import models
from django.db.models import Q

from portfolio.enums import DocumentStatus
from portfolio.models.base import one_of
from portfolio.models.vault import StoredFile


class Rendition(models.Model):
    """Pictures and texts of a stored file's pages, drawn by a worker. Never evidence: it can always be made again.

    The pictures and texts lie in a folder beside the vault; the database holds no word of what the file says.
    """

    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="rendition")
    version = models.PositiveSmallIntegerField(help_text="of the way of drawing it was, or is to be, made with")
    status = models.CharField(max_length=10, choices=DocumentStatus, default=DocumentStatus.WAITING)
    page_count = models.PositiveIntegerField(default=0, help_text="pages of the file, drawn or not")
    sizes = models.JSONField(default=list, help_text="[width, height] of each page drawn; null for a damaged one")
    problem = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("status", DocumentStatus, "rendition_status_is_known"),
            models.CheckConstraint(
                condition=~Q(status=DocumentStatus.READY) | Q(page_count__gt=0), name="a_ready_rendition_has_pages"
            ),
            models.CheckConstraint(
                condition=~Q(status=DocumentStatus.FAILED) | ~Q(problem=""), name="a_failed_rendition_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stored}: {self.get_status_display()}"
