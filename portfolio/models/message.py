"""E-mail that waits to be sent."""

from django.db import models

from portfolio.models.people import Centre


class OutgoingMessage(models.Model):
    """An e-mail to be sent, written in the transaction of the act it tells of, so that none is lost."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, related_name="+")
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, help_text="the newest attempt, counted before it is made")
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"
