"""What an assessor saw, heard or asked, in their own words: evidence of a candidate that the assessor makes."""

from django.db import models
from django.db.models import Q

from assessments.enums import AskedHow
from assessments.models.enrolment import Enrolment
from assessments.models.evidence import EvidenceVersion
from assessments.models.question_sets import SetQuestion
from portfolio.models import Signature, StandingQuerySet, StandingRow, User, one_of
from units.models import Criterion


class AssessorRecord(StandingRow):
    """An observation, a professional discussion, or questions and answers, signed by the assessor who made it.

    It takes a file's place on its version. It is born whole, with the assessor's signature, in the act that hands it
    over; until then it is work in progress. Source: the assessor records what was seen, not a tick: the context first,
    criteria noted beside the text, feedback and the next step agreed (SQA; domain rules 20 and 23).
    """

    version = models.OneToOneField(EvidenceVersion, on_delete=models.PROTECT, related_name="record")
    place = models.CharField("where", max_length=200)
    from_time = models.TimeField("from", null=True)
    to_time = models.TimeField("to", null=True)
    people = models.CharField("who else was present", max_length=300, blank=True)
    context = models.TextField("the situation")
    agenda = models.TextField("what was to be talked about", blank=True)
    narrative = models.TextField("what was seen, or a summary of what was said", blank=True)
    recorded = models.BooleanField("recorded as sound or film", default=False)
    feedback = models.TextField("feedback, and the next step agreed")
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="assessor_record")

    objects = StandingQuerySet["AssessorRecord"].as_manager()

    class Meta:
        ordering = ["version"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(place="") & ~Q(context="") & ~Q(feedback=""),
                name="a_record_says_where_in_what_situation_and_what_was_agreed",
                violation_error_message="Say where it was, what the situation was, and what you told the candidate.",
            ),
            models.CheckConstraint(
                condition=Q(from_time=None) | Q(to_time=None) | Q(to_time__gte=models.F("from_time")),
                name="a_record_ends_after_it_begins",
                violation_error_message="The end cannot lie before the beginning.",
            ),
        ]

    def __str__(self) -> str:
        return f"Record {self.version}"


class Exchange(StandingRow):
    """A question and the candidate's answer, or a point that a discussion came to."""

    record = models.ForeignKey(AssessorRecord, on_delete=models.PROTECT, related_name="exchanges")
    position = models.PositiveSmallIntegerField()
    asked = models.TextField("question")
    said = models.TextField("answer")
    how = models.CharField(max_length=10, choices=AskedHow, default=AskedHow.ORAL)
    minute = models.CharField("minute of the recording", max_length=20, blank=True)
    set_question = models.ForeignKey(
        SetQuestion, on_delete=models.PROTECT, null=True, related_name="exchanges", help_text="where it came from a set"
    )

    objects = StandingQuerySet["Exchange"].as_manager()

    class Meta:
        ordering = ["record", "position"]
        constraints = [
            one_of("how", AskedHow, "way_of_asking_is_known"),
            models.UniqueConstraint(fields=["record", "position"], name="questions_of_a_record_are_in_one_order"),
            models.CheckConstraint(condition=~Q(asked="") & ~Q(said=""), name="a_question_has_its_answer"),
        ]

    def __str__(self) -> str:
        return self.asked


class Marker(StandingRow):
    """That a passage of the narrative, or an exchange, shows a criterion. The passage's words are kept with it."""

    record = models.ForeignKey(AssessorRecord, on_delete=models.PROTECT, related_name="markers")
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, null=True, related_name="markers")
    start = models.PositiveIntegerField(null=True, help_text="first letter of the passage in the narrative")
    end = models.PositiveIntegerField(null=True, help_text="the letter after its last")
    quote = models.TextField("passage", blank=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")

    objects = StandingQuerySet["Marker"].as_manager()

    class Meta:
        ordering = ["record", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(exchange__isnull=False, start=None, end=None, quote="")
                | (Q(exchange=None, start__isnull=False, end__gt=models.F("start")) & ~Q(quote="")),
                name="a_marker_is_on_a_passage_or_on_a_question",
            )
        ]

    def __str__(self) -> str:
        return f"{self.criterion.number}: {self.quote or self.exchange}"


class Acknowledgement(StandingRow):
    """What the candidate says of a record about them: that it is what happened, by signature; or why it is not.

    A record may be disputed and acknowledged later; nothing follows an acknowledgement.
    """

    record = models.ForeignKey(AssessorRecord, on_delete=models.PROTECT, related_name="acknowledgements")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    agreed = models.BooleanField()
    words = models.TextField(blank=True)
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, editable=False, related_name="acknowledgement"
    )

    objects = StandingQuerySet["Acknowledgement"].as_manager()

    class Meta:
        ordering = ["record", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["record"], condition=Q(agreed=True), name="a_record_is_acknowledged_once"),
            models.CheckConstraint(
                condition=Q(agreed=True, signature__isnull=False) | (Q(agreed=False, signature=None) & ~Q(words="")),
                name="a_record_is_acknowledged_by_signature_or_disputed_in_words",
                violation_error_message="Say what is not right in the record.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record}: {'acknowledged' if self.agreed else 'disputed'}"
