"""What the reader of an item was shown, and what has happened to it since: by whom, and when.

A page that judges carries what it showed as a token. The act looks again with everything locked, so nobody decides on
what they have not seen.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.core import signing
from django.utils import timezone

from assessments.enums import ItemStatus, UnitStatus, Verb
from assessments.models import Decision, Enrolment, EvidenceFile, EvidenceVersion, Mapping, Release, Review
from assessments.queries.enrolment import staff_name
from portfolio.audit import kind_of
from portfolio.models import AuditEvent, User

SALT = "assessments.seen"
AGAIN = "Look at it again. What you typed is still here: save once more if it stands."


@dataclass(frozen=True)
class Seen:
    """What was shown of a version: the units it can be judged for, and in these its decisions and live mappings, by
    id; and its files, each with whether it was shut away or destroyed."""

    version_id: int
    units: frozenset[int]
    decisions: frozenset[int]
    mappings: frozenset[int]
    files: frozenset[tuple[int, str]]

    def token(self, user: User) -> str:
        """For the page to carry. It is signed, for this person alone."""
        parts = [sorted(part) for part in (self.units, self.decisions, self.mappings, self.files)]
        return signing.dumps([user.pk, self.version_id, *parts], salt=SALT, compress=True)


def seen_by(token: str, user: User, version_id: int) -> Seen | None:
    """What a page says it showed this person of the version; None when it says nothing we could believe."""
    try:
        user_id, version, units, decisions, mappings, files = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    if (user_id, version) != (user.pk, version_id):
        return None
    shown = frozenset((pk, state) for pk, state in files)
    return Seen(version_id, frozenset(units), frozenset(decisions), frozenset(mappings), shown)


def state_of(file: EvidenceFile) -> str:
    """Whether a file can be looked at."""
    if file.destroyed_at:
        return "gone"
    return "shut" if file.quarantined_at else "open"


def changed_since(seen: Seen, version: EvidenceVersion, by: User) -> list[str]:
    """Sentences that say what is another now than it was when this person looked; empty when nothing is.

    The version comes locked, with its item, candidate and centre.
    """
    told = Teller(version, by)
    sentences = [
        *told.of_the_version(),
        *told.of_decisions(seen),
        *told.of_mappings(seen),
        *told.of_files(seen),
        *told.of_units(seen),
    ]
    return [*sentences, AGAIN] if sentences else []


class Teller:
    """Tells one reader what happened to one version."""

    def __init__(self, version: EvidenceVersion, by: User) -> None:
        self.version, self.evidence, self.by = version, version.evidence, by
        self.names: dict[int, str] = {by.pk: "You", self.evidence.candidate.user_id: str(self.evidence.candidate)}

    def name(self, user: User) -> str:
        if user.pk not in self.names:
            self.names[user.pk] = staff_name(user, self.evidence.centre_id)
        return self.names[user.pk]

    def of_the_version(self) -> list[str]:
        """That another version was handed in, or this one withdrawn or returned."""
        if self.version.replaced_at:
            newer = self.evidence.versions.filter(replaced_at=None, submitted_at__isnull=False).latest("number")
            on = when(newer.submitted_at or self.version.replaced_at)
            return [
                f"{self.evidence.candidate} handed in version {newer.number} on {on}, in place of the one you read."
            ]
        if self.version.status == ItemStatus.WITHDRAWN:
            who, at = self.from_the_book(Verb.WITHDRAW_ITEM)
            return [f"{who} withdrew this item on {at}: {self.version.withdrawal_reason}"]
        if self.version.status == ItemStatus.RETURNED:
            back = Review.objects.filter(version=self.version, returned=True).select_related("assessor").latest("pk")
            return [f"{self.name(back.assessor)} returned this item on {when(back.at)}: {back.feedback}"]
        return []

    def of_decisions(self, seen: Seen) -> list[str]:
        """One sentence for each reading that decided something in these units."""
        rows = (
            Decision.objects.filter(version=self.version, enrolment__in=seen.units)
            .exclude(pk__in=seen.decisions)
            .select_related("review__assessor", "criterion", "enrolment__unit")
            .order_by("pk")
        )
        said: dict[int, list[Decision]] = defaultdict(list)
        for row in rows:
            said[row.review_id].append(row)
        sentences = []
        for decisions in said.values():
            review = decisions[0].review
            words = ", ".join(
                f"{row.enrolment.unit.short_code} {row.criterion.number} {row.get_verdict_display().lower()}"
                for row in decisions
            )
            sentences.append(f"{self.name(review.assessor)} assessed this item on {when(review.at)}: {words}.")
        return sentences

    def of_mappings(self, seen: Seen) -> list[str]:
        """What was mapped and taken back; not what came with a reading, which is told with that."""
        rows = (
            Mapping.objects.filter(evidence=self.evidence, enrolment__in=seen.units)
            .select_related("criterion", "enrolment__unit", "made_by", "taken_back_by")
            .order_by("pk")
        )
        readings = set(Review.objects.filter(version=self.version).values_list("assessor_id", "at"))
        told: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for row in rows:
            name = f"{row.enrolment.unit.short_code} {row.criterion.number}"
            if row.taken_back_at and row.taken_back_by and row.pk in seen.mappings:
                told[self.name(row.taken_back_by), "took back the mapping to", when(row.taken_back_at)].append(name)
            is_new = not row.taken_back_at and row.pk not in seen.mappings
            if is_new and (row.made_by_id, row.made_at) not in readings:
                place = f" ({row.locator})" if row.locator else ""
                told[self.name(row.made_by), "mapped it to", when(row.made_at)].append(f"{name}{place}")
        return [f"{who} {did} {', '.join(names)} on {at}." for (who, did, at), names in told.items()]

    def of_files(self, seen: Seen) -> list[str]:
        """What was shut away, released or redacted."""
        before, sentences = dict(seen.files), []
        rows = EvidenceFile.objects.filter(version=self.version, removed_at=None)
        for file in rows.select_related("quarantined_by", "destroyed_by"):
            state = state_of(file)
            if file.pk not in before or before[file.pk] == state:
                continue
            sentences.append(self.of_file(file, state))
        return sentences

    def of_file(self, file: EvidenceFile, state: str) -> str:
        """What became of a file."""
        if state == "gone" and file.destroyed_at and file.destroyed_by:
            who, at = self.name(file.destroyed_by), when(file.destroyed_at)
            return f"{who} redacted “{file.name}” on {at}, and another file stands in its place: {file.reason}"
        if state == "shut" and file.quarantined_at:
            who = self.name(file.quarantined_by) if file.quarantined_by else "The scanner"
            return f"{who} put “{file.name}” in quarantine on {when(file.quarantined_at)}: {file.reason}"
        release = Release.objects.filter(file=file).select_related("released_by").latest("pk")
        return f"{self.name(release.released_by)} released “{file.name}” on {when(release.released_at)}."

    def of_units(self, seen: Seen) -> list[str]:
        """Units it is mapped to that can no longer be judged: they moved on, or were given to another assessor."""
        mapped = Mapping.objects.filter(evidence=self.evidence, taken_back_at=None).order_by().values("enrolment")
        rows = Enrolment.objects.filter(pk__in=seen.units).filter(pk__in=mapped).select_related("unit", "assessor")
        sentences = []
        for row in rows.order_by("pk"):
            if row.assessor_id != self.by.pk:
                who, at = self.from_the_book("allocate", row)
                now = self.name(row.assessor)
                sentences.append(f"{row.unit.short_code} is assessed by {now} now: {who} allocated it on {at}.")
            elif row.status != UnitStatus.COLLECTING:
                who, at = self.from_the_book("", row)
                status = row.get_status_display()
                sentences.append(f"{row.unit.short_code} is “{status}” now and cannot be judged: {who}, on {at}.")
        return sentences

    def from_the_book(self, verb: str, enrolment: Enrolment | None = None) -> tuple[str, str]:
        """Who last did this to the item or a unit, and when, by the audit book. Without a verb: the last of all."""
        subject = enrolment or self.evidence
        lines = AuditEvent.objects.filter(
            chain__centre=self.evidence.centre_id, subject_kind=kind_of(subject), subject_id=subject.pk
        )
        if verb:
            lines = lines.filter(verb=verb)
        line = lines.select_related("actor").order_by("-sequence").first()
        if line is None or line.actor is None:
            return "somebody", when(timezone.now())
        return self.name(line.actor), when(line.at)


def when(at: datetime.datetime) -> str:
    """`3 March 2026 at 10:15`."""
    return f"{timezone.localtime(at):%-d %B %Y at %H:%M}"
