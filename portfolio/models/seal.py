"""What a centre's issued forms are sealed with."""

from django.db import models
from django.db.models import Q

from portfolio.models.people import Centre


class Seal(models.Model):
    """A centre's certificate, and its key as long as it is used: locked up, and never outside this table.

    The certificate's own words stand beside it, so that whoever administers sees what forms are sealed with.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="seals")
    subject = models.CharField(max_length=300, help_text="whom the certificate names")
    issuer = models.CharField(max_length=300, help_text="who vouches for them")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the certificate")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    time_stamps = models.CharField(max_length=500, blank=True, help_text="address of a time-stamp server")
    locked = models.TextField(blank=True, help_text="key and certificates; empty once it is used no more")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre"], condition=Q(ended_at=None), name="a_centre_seals_with_one_certificate"
            ),
            models.CheckConstraint(
                condition=(Q(ended_at=None) & ~Q(locked="")) | Q(ended_at__isnull=False, locked=""),
                name="the_key_of_a_seal_goes_when_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
