"""What a verifier agreed to be simulated, before it was."""

from django.db import models
from django.db.models import F, Q

from assessments.models.enrolment import Enrolment
from portfolio.models import StandingQuerySet, StandingRow, User
from units.models import Criterion


class SimulationApproval(StandingRow):
    """That the unit's verifier approved a simulation for some of its criteria, planned for a day to come.

    Source: where simulation is allowed it is planned, agreed by the internal verifier beforehand, and all of it is
    sampled (domain rule 17).
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="simulations")
    what = models.TextField("what is simulated")
    reason = models.TextField("why real work cannot show it")
    planned_on = models.DateField("planned for")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    approved_on = models.DateField(help_text="the day of it where the centre is")

    objects = StandingQuerySet["SimulationApproval"].as_manager()

    class Meta:
        ordering = ["enrolment", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_on__lt=F("planned_on")),
                name="a_simulation_is_approved_before_its_day",
                violation_error_message="A simulation is approved before the day it is planned for.",
            ),
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(reason=""), name="an_approved_simulation_says_what_and_why"
            ),
        ]

    def __str__(self) -> str:
        return self.what


class SimulatedCriterion(StandingRow):
    """A criterion that may be shown by an approved simulation."""

    approval = models.ForeignKey(SimulationApproval, on_delete=models.PROTECT, related_name="criteria")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")

    objects = StandingQuerySet["SimulatedCriterion"].as_manager()

    class Meta:
        ordering = ["criterion__position"]
        constraints = [models.UniqueConstraint(fields=["approval", "criterion"], name="a_criterion_is_simulated_once")]

    def __str__(self) -> str:
        return self.criterion.number
