"""How often a criterion must be shown, where a centre asks for that."""

import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from assessments.enums import Effect
from assessments.models.enrolment import Enrolment, worked_on_by
from portfolio.enums import Role
from portfolio.models import Centre, User, centres_of, one_of
from units.models import AwardingBody, Criterion, Unit

MOST = 20
COUNTED = ("times", "dates", "kinds")
IN_FORCE = Q(ended_at=None)
SCOPES = {
    "awarding_body": Q(awarding_body__isnull=False, unit=None, criterion=None, enrolment=None),
    "unit": Q(awarding_body=None, unit__isnull=False, criterion=None, enrolment=None),
    "criterion": Q(awarding_body=None, unit=None, criterion__isnull=False, enrolment=None),
    "enrolment": Q(awarding_body=None, unit=None, criterion=None, enrolment__isnull=False),
    "criterion of an enrolment": Q(awarding_body=None, unit=None, criterion__isnull=False, enrolment__isnull=False),
}


def a_few(name: str) -> models.PositiveSmallIntegerField[int | None, int | None]:
    return models.PositiveSmallIntegerField(
        name, null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST)]
    )


class ConsistencyRuleQuerySet(models.QuerySet["ConsistencyRule"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "ConsistencyRuleQuerySet":
        """A centre's rules are there for everybody who holds a role at it; those of one candidate for whom the unit is
        there."""
        of_centre = Q(enrolment=None, centre__in=centres_of(user, *Role, day=day))
        own = Q(enrolment__candidate_user=user)
        return self.filter(of_centre | own | (Q(enrolment__isnull=False) & worked_on_by(user, day, at="enrolment__")))

    def in_force(self) -> "ConsistencyRuleQuerySet":
        return self.filter(IN_FORCE)


class ConsistencyRule(models.Model):
    """How often each criterion must be shown, on how many dates, by how many kinds of evidence.

    It stands for all units of an awarding body, a unit, a criterion, a candidate's unit, or one criterion of it. What
    is empty is left to the wider rule. Added, never edited: another rule for the same takes its place, so that it
    stays on record what was asked when.
    Source: consistent performance on different occasions over time; the assessor confirms that it is sufficient, the
    system never does it by count (domain rule 18), and what is asked is asked of everybody (27).
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    awarding_body = models.ForeignKey(AwardingBody, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, null=True, blank=True, related_name="consistency_rules"
    )
    times = a_few("how many times")
    dates = a_few("on how many dates")
    kinds = a_few("by how many kinds of evidence")
    effect = models.CharField("if it is not reached", max_length=5, choices=Effect)
    reason = models.TextField("why")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_by_name = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    end_reason = models.TextField(blank=True, editable=False)

    objects = ConsistencyRuleQuerySet.as_manager()

    class Meta:
        ordering = ["centre", "pk"]
        constraints = [
            one_of("effect", Effect, "consistency_effect_is_known"),
            models.CheckConstraint(
                condition=SCOPES["awarding_body"]
                | SCOPES["unit"]
                | SCOPES["criterion"]
                | SCOPES["enrolment"]
                | SCOPES["criterion of an enrolment"],
                name="a_consistency_rule_is_for_one_thing",
                violation_error_message="A rule is for an awarding body, a unit, a criterion or a candidate's unit.",
            ),
            *(
                models.UniqueConstraint(
                    fields=["centre", *fields],
                    condition=scope & IN_FORCE,
                    name=f"one_consistency_rule_for_each_{name.replace(' ', '_')}",
                )
                for (name, scope), fields in zip(
                    SCOPES.items(),
                    (["awarding_body"], ["unit"], ["criterion"], ["enrolment"], ["enrolment", "criterion"]),
                    strict=True,
                )
            ),
            models.CheckConstraint(
                condition=Q(times__isnull=False) | Q(dates__isnull=False) | Q(kinds__isnull=False),
                name="a_consistency_rule_asks_for_something",
                violation_error_message="Say how many times, on how many dates, or by how many kinds of evidence.",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 1, f"{name}__lte": MOST}),
                    name=f"a_consistency_rule_asks_for_a_few_{name}",
                    violation_error_message=f"Ask for 1 to {MOST}.",
                )
                for name in COUNTED
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="a_consistency_rule_says_why",
                violation_error_message="Say why this is asked for.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason="")),
                name="a_consistency_rule_ends_with_who_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Consistency rule {self.pk}"
