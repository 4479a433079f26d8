"""What people are told: one row for each of them, written in the transaction of the act it tells of."""

from django.db import models

from portfolio.enums import Rhythm, Role, Told
from portfolio.models.base import one_of
from portfolio.models.message import OutgoingMessage
from portfolio.models.people import Centre, User, centres_of


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> "NoticeQuerySet":
        """A person's own news, of the centres where they hold a role today."""
        return self.filter(user=user, centre__in=centres_of(user, *Role))


class Notice(models.Model):
    """That a person is told of something: a line of their home page and, once, of an e-mail. Not the record.

    Holds no more than leads to the record: what was said stays there. Rows go after a while (portfolio/notices.py).
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Told)
    subject = models.CharField(max_length=300, help_text="who and what, e.g. Ann Lee: Evidence 3")
    sentence = models.CharField(max_length=300)
    address = models.CharField(max_length=300, help_text="where on this site it lands")
    concerns = models.CharField(max_length=60, help_text="the record it is about, e.g. evidence 7")
    once = models.CharField(max_length=120, blank=True, help_text="what is never told twice; empty for an act")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    letter = models.ForeignKey(
        OutgoingMessage, on_delete=models.PROTECT, null=True, related_name="notices", help_text="that told it by e-mail"
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-at"]),
            models.Index(fields=["at"], condition=models.Q(letter=None, seen_at=None), name="notices_to_mail"),
        ]
        constraints = [
            one_of("kind", Told, "news_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(address__startswith="/") & ~models.Q(address__startswith="//"),
                name="news_lands_on_this_site",
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "once"], condition=~models.Q(once=""), name="nobody_is_told_a_due_thing_twice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.sentence}"


class Telling(models.Model):
    """How often a person wants their news by e-mail. Who has chosen nothing gets them daily."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="telling")
    rhythm = models.CharField(max_length=6, choices=Rhythm, default=Rhythm.DAILY)

    class Meta:
        constraints = [one_of("rhythm", Rhythm, "telling_rhythm_is_known")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_rhythm_display()}"


class LeftOut(models.Model):
    """A kind of news that a person does not want by e-mail. It stands on their home page all the same."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="left_out")
    kind = models.CharField(max_length=20, choices=Told)

    class Meta:
        constraints = [
            one_of("kind", Told, "left_out_kind_is_known"),
            models.UniqueConstraint(fields=["user", "kind"], name="a_kind_is_left_out_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"
