"""What a verifier does beside sampling: observes assessors, interviews candidates, reviews records; and meetings."""

import datetime

from django.db import models
from django.db.models import F, Q

from assessments.enums import ActivityKind, ActivityOutcome
from assessments.models.access import ExternalAccess, bodies_opened_to, centres_opened_to, opened_to
from assessments.models.enrolment import STAFF, Enrolment
from assessments.models.verification import AskedOf, AskedTurn, whole, whole_turns
from portfolio.models import Centre, StandingQuerySet, StandingRow, User, centres_of, one_of
from portfolio.rules import OVERSEEING


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, user: User) -> "ActivityQuerySet":
        """Activities of the centres where the person verifies or that they administer; and about their work. An
        external verifier sees those in their units, and of an assessor's practice altogether.

        None about a unit of their own: what was seen is for the assessor.
        """
        about_them = Q(assessor=user, centre__in=centres_of(user, *STAFF))
        outside = opened_to(user, at="enrolment__") | Q(enrolment=None, centre__in=centres_opened_to(user))
        seen = self.filter(Q(centre__in=centres_of(user, *OVERSEEING)) | about_them | outside)
        return seen.exclude(enrolment__candidate_user=user)

    def still_open(self) -> "ActivityQuerySet":
        """Planned, and neither recorded nor dropped."""
        return self.filter(recorded_at=None, dropped_at=None)


class Activity(models.Model):
    """An observation, interview or review: planned with the reason, then recorded once. Planned is not done.

    `assessor` is whose practice it looks at. Source: domain rule 43; nobody verifies their own work (rule 1).
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="activities")
    kind = models.CharField(max_length=11, choices=ActivityKind)
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, null=True, blank=True, related_name="activities")
    verifier = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_on = models.DateField("when")
    reason = models.TextField("why")
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    held_on = models.DateField(null=True, editable=False)
    seen = models.TextField("what was seen", blank=True, editable=False)
    outcome = models.CharField(max_length=16, choices=ActivityOutcome, blank=True, editable=False)
    recorded_at = models.DateTimeField(null=True, editable=False)
    dropped_at = models.DateTimeField(null=True, editable=False)
    drop_reason = models.TextField(blank=True, editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["planned_on", "pk"]
        verbose_name_plural = "activities"
        constraints = [
            one_of("kind", ActivityKind, "kind_of_an_activity_is_known"),
            one_of("outcome", ActivityOutcome, "outcome_of_an_activity_is_known", blank=True),
            models.CheckConstraint(
                condition=~Q(verifier=F("assessor")),
                name="nobody_observes_or_reviews_themselves",
                violation_error_message="Nobody observes, asks about or reviews their own work: choose somebody else.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ActivityKind.INTERVIEW) | Q(enrolment__isnull=False),
                name="an_interview_is_with_a_candidate",
                violation_error_message="Choose the candidate and unit that the interview is about.",
            ),
            models.CheckConstraint(
                condition=Q(held_on=None, recorded_at=None, outcome="", seen="")
                | (Q(held_on__isnull=False, recorded_at__isnull=False) & ~Q(outcome="") & ~Q(seen="")),
                name="a_recorded_activity_says_what_was_seen",
                violation_error_message="Say what you saw.",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at=None, drop_reason="")
                | (Q(dropped_at__isnull=False, recorded_at=None) & ~Q(drop_reason="")),
                name="a_dropped_activity_says_why",
                violation_error_message="Say why it is dropped.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_open(self) -> bool:
        """Planned, and neither recorded nor dropped."""
        return self.recorded_at is None and self.dropped_at is None


class MeetingQuerySet(StandingQuerySet["Meeting"]):
    def visible_to(self, user: User) -> "MeetingQuerySet":
        """Meetings of the centres on whose staff the person is, or at whose work they look from outside."""
        return self.filter(Q(centre__in=centres_of(user, *STAFF)) | Q(centre__in=centres_opened_to(user)))


class Meeting(StandingRow):
    """A standardisation meeting that was held: day, who was there, and the minutes. Source: domain rule 47."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="meetings")
    title = models.CharField(max_length=200)
    held_on = models.DateField("held on")
    minutes = models.TextField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(minutes="") & ~Q(title=""),
                name="a_meeting_has_its_minutes",
                violation_error_message="Write down what the meeting was about and what was said.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.held_on:%-d %B %Y}"


class Attendance(StandingRow):
    """Somebody who was at a meeting, or sent apologies."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    present = models.BooleanField()

    objects = StandingQuerySet["Attendance"].as_manager()

    class Meta:
        ordering = ["meeting", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="a_person_is_noted_once_a_meeting")]

    def __str__(self) -> str:
        return f"{self.person} at {self.meeting}"


class CentreActionQuerySet(models.QuerySet["CentreAction"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "CentreActionQuerySet":
        """Actions of the centres where the person verifies or that they administer, and those given to them. An
        external verifier sees what their awarding body asked for, in whichever visit, and of activities they see.

        None of an activity about a unit of their own.
        """
        own = Q(owner=user, centre__in=centres_of(user, *STAFF, day=day))
        asked = bodies_opened_to(user, day, centre="centre", body="access__awarding_body")
        outside = asked | opened_to(user, day, at="activity__enrolment__")
        if asked:
            at_large = Q(activity__isnull=False, activity__enrolment=None) | Q(meeting__isnull=False)
            outside |= at_large & Q(centre__in=centres_opened_to(user, day))
        seen = self.filter(Q(centre__in=centres_of(user, *OVERSEEING, day=day)) | own | outside)
        return seen.exclude(activity__enrolment__candidate_user=user)


class CentreAction(AskedOf):
    """Something asked of one of the staff after an activity, in a meeting or by an external verifier, rather than in a
    candidate's unit. What an external verifier asks is closed by them, or by another of the same awarding body."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="centre_actions")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, related_name="actions")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, related_name="actions")
    access = models.ForeignKey(ExternalAccess, on_delete=models.PROTECT, null=True, related_name="actions")

    objects = CentreActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            *whole("_at_a_centre"),
            models.CheckConstraint(
                condition=Q(activity__isnull=False, meeting=None, access=None)
                | Q(activity=None, meeting__isnull=False, access=None)
                | Q(activity=None, meeting=None, access__isnull=False),
                name="an_action_at_a_centre_comes_of_one_thing",
            ),
        ]


class CentreActionTurn(AskedTurn):
    """A turn of an action of the centre's."""

    action = models.ForeignKey(CentreAction, on_delete=models.PROTECT, related_name="turns")

    objects = StandingQuerySet["CentreActionTurn"].as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = whole_turns("_at_a_centre")
