"""How long a centre keeps what, what holds it longer, and what was destroyed when its time was over."""

from django.db import models
from django.db.models import F, Q

from assessments.models.enrolment import Enrolment
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, StandingQuerySet, StandingRow, User, centres_of, one_of
from units.enums import CountedFrom, PeriodUnit, RecordClass, WhenDue
from units.models import AwardingBody


class KeepingRule(StandingRow):
    """How long a centre keeps a class of record in units of an awarding body, from which day, and what then.

    The newest for a body and class is in force; the earlier ones stay, so that each destruction can name the rule it
    went by. Source: periods count from an event, and differ by awarding body and class of record (domain rule 63).
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="keeping_rules")
    awarding_body = models.ForeignKey(AwardingBody, on_delete=models.PROTECT, related_name="+")
    record_class = models.CharField(max_length=20, choices=RecordClass)
    counted_from = models.CharField(max_length=20, choices=CountedFrom)
    length = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=10, choices=PeriodUnit)
    when_due = models.CharField(max_length=10, choices=WhenDue)
    source = models.CharField(max_length=300)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = StandingQuerySet["KeepingRule"].as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("record_class", RecordClass, "kept_class_is_known"),
            one_of("counted_from", CountedFrom, "day_it_is_kept_from_is_known"),
            one_of("unit", PeriodUnit, "period_unit_is_known"),
            one_of("when_due", WhenDue, "what_is_done_when_due_is_known"),
            models.CheckConstraint(condition=Q(length__gt=0), name="a_record_is_kept_for_some_time"),
            models.CheckConstraint(condition=~Q(source=""), name="a_rule_of_keeping_says_where_it_comes_from"),
        ]

    def __str__(self) -> str:
        return f"{self.get_record_class_display()}, {self.awarding_body}"


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def visible_to(self, user: User) -> "LegalHoldQuerySet":
        """Holds are the business of a centre's administrators."""
        return self.filter(centre__in=centres_of(user, Role.ADMINISTRATOR))

    def in_force(self) -> "LegalHoldQuerySet":
        return self.filter(lifted_at=None)


class LegalHold(models.Model):
    """That nothing of a candidate, or of one of their units, is destroyed, and why; that it was lifted beside it.

    Source: an awarding body can have data and evidence kept for scrutiny (Ofqual C2.3(j), domain rule 63).
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="legal_holds")
    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, related_name="legal_holds")
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, null=True, related_name="legal_holds", help_text="nothing: all of them"
    )
    reason = models.TextField("why it is kept")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    lifted_at = models.DateTimeField(null=True, editable=False)
    lift_reason = models.TextField(blank=True, editable=False)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_legal_hold_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason="")),
                name="a_hold_that_was_lifted_says_who_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Legal hold {self.pk}"


class DisposalQuerySet(models.QuerySet["Disposal"]):
    def visible_to(self, user: User) -> "DisposalQuerySet":
        """Destructions are the business of a centre's administrators."""
        return self.filter(centre__in=centres_of(user, Role.ADMINISTRATOR))


class Disposal(models.Model):
    """An order to destroy what has been kept for long enough: asked for, confirmed by somebody else, carried out."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="disposals")
    note = models.TextField("remark", blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    confirmed_at = models.DateTimeField(null=True, editable=False)
    alone = models.BooleanField(
        default=False, editable=False, help_text="confirmed by who asked: nobody else administered the centre"
    )
    given_up_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    given_up_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = DisposalQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True, alone=False)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="a_confirmed_destruction_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | Q(alone=True) | ~Q(confirmed_by=F("asked_by")),
                name="a_destruction_is_confirmed_by_somebody_else",
                violation_error_message="Somebody else must confirm the destruction.",
            ),
            models.CheckConstraint(
                condition=Q(given_up_at__isnull=True, given_up_by__isnull=True)
                | Q(given_up_at__isnull=False, given_up_by__isnull=False, confirmed_at__isnull=True),
                name="a_destruction_given_up_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(confirmed_at__isnull=False),
                name="only_a_confirmed_destruction_is_carried_out",
            ),
        ]

    def __str__(self) -> str:
        return f"Destruction {self.pk}"

    @property
    def state(self) -> str:
        """In words, for lists."""
        if self.finished_at:
            return "Carried out"
        if self.given_up_at:
            return "Given up"
        return "Being carried out" if self.confirmed_at else "Waits to be confirmed"


class DisposalLine(models.Model):
    """What an order names: a class of record of a candidate or one of their units, and under which rule it goes.

    `index` is what stays of it once it is gone: numbers, digests, sizes and dates, and no content.
    """

    disposal = models.ForeignKey(Disposal, on_delete=models.PROTECT, related_name="lines")
    record_class = models.CharField(max_length=20, choices=RecordClass)
    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, related_name="disposal_lines")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, null=True, related_name="disposal_lines")
    due_on = models.DateField()
    under = models.TextField(help_text="the rule, in words")
    index = models.JSONField(default=list, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    kept_because = models.TextField(blank=True, editable=False, help_text="why it stayed after all")

    class Meta:
        ordering = ["disposal", "due_on", "pk"]
        constraints = [
            one_of("record_class", RecordClass, "destroyed_class_is_known"),
            models.CheckConstraint(condition=~Q(under=""), name="what_is_destroyed_names_its_rule"),
            models.CheckConstraint(
                condition=Q(kept_because="") | Q(done_at__isnull=False), name="what_stayed_after_all_was_looked_at"
            ),
            models.UniqueConstraint(
                fields=["record_class", "enrolment"],
                condition=Q(done_at__isnull=False, kept_because=""),
                name="a_class_of_record_of_a_unit_is_destroyed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_record_class_display()} of {self.enrolment or self.candidate}"
