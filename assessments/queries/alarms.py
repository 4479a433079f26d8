"""What changed since a sample was taken, told from what is dated on record; and the alarms that this has raised.

A summative sample stands for the whole unit: whatever changes in it concerns the sample. An interim one is taken while
work goes on, so only what shows the criteria it looked at does. Whatever a later sample looked at concerns that one
alone; and a sample that was not agreed asks for change, so none of it is an alarm.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Max, Prefetch, Q, QuerySet
from django.utils import timezone

from assessments.enums import SampleOutcome, SampleStage, SignedAs, UnitStatus, Verdict
from assessments.models import (
    Acknowledgement,
    Alarm,
    Countersignature,
    Decision,
    EvidenceFile,
    EvidenceVersion,
    Mapping,
    Release,
    Sample,
    SampledCriterion,
    Showing,
)
from assessments.queries.enrolment import staff_names
from assessments.queries.judgement import everybody_in, signatures_in
from assessments.rules import People
from portfolio.models import User

Moment = datetime.datetime
ENDS = (".", "!", "?", "…", ".”")
AGREEING = (SampleOutcome.AGREED, SampleOutcome.AGREED_WITH_ACTION)


@dataclass(frozen=True)
class Change:
    """Something that is not as it was, when and by whom (nobody: the scanner); of some criteria, or of the unit."""

    at: Moment
    by: int | None
    words: str
    criteria: frozenset[int] = frozenset()

    @property
    def told(self) -> str:
        """As a sentence. It may end with somebody's own, which has its full stop."""
        return self.words if self.words.endswith(ENDS) else f"{self.words}."


@dataclass(frozen=True)
class Watched:
    """A sample taken, since when its unit is watched, and for which criteria; None: for all of the unit."""

    sample: Sample
    since: Moment
    criteria: frozenset[int] | None


# --- what is watched -------------------------------------------------------------------------------------------------


def watched_in(enrolment_ids: Iterable[int]) -> list[Watched]:
    """The samples whose subject must not change unseen, in three queries; one where nothing was sampled."""
    taken: dict[int, list[Sample]] = defaultdict(list)
    done = Sample.objects.filter(enrolment__in=list(enrolment_ids), done_at__isnull=False)
    related = done.select_related("enrolment").order_by("-done_at", "-pk")
    for sample in related.annotate(seen_at=Max("alarms__looked_at")):
        taken[sample.enrolment_id].append(sample)
    if not taken:
        return []
    criteria: dict[int, set[int]] = defaultdict(set)
    of_interim = SampledCriterion.objects.filter(sample__in=[row.pk for rows in taken.values() for row in rows])
    for sample_id, criterion in of_interim.order_by().values_list("sample_id", "criterion_id"):
        criteria[sample_id].add(criterion)
    return [watched for rows in taken.values() for watched in _watched(rows, criteria)]


def _watched(rows: Sequence[Sample], criteria: dict[int, set[int]]) -> Iterator[Watched]:
    """Of the samples of one unit, the latest first, those that still speak for something in it."""
    later: set[int] = set()
    for sample in rows:
        whole = sample.stage == SampleStage.SUMMATIVE
        left = criteria[sample.pk] - later
        if sample.outcome in AGREEING and (whole or left):
            since = max(filter(None, (sample.done_at, sample.seen_at)))  # type: ignore[attr-defined]
            yield Watched(sample, since, None if whole else frozenset(left))
        if whole:
            return
        later |= criteria[sample.pk]


# --- what changed ----------------------------------------------------------------------------------------------------


def changes_of(watched: Watched) -> list[Change]:
    """Everything that changed since, oldest first, in nine queries at most."""
    unit, since, criteria = watched.sample.enrolment_id, watched.since, watched.criteria
    found = [
        *_items(unit, since, criteria),
        *_files(unit, since, criteria),
        *_decisions(unit, since, criteria),
        *_disagreements(unit, since, criteria),
        *_disputes(unit, since, criteria),
    ]
    if criteria is None:
        found += [*_showings(unit, since), *_voided(unit, since)]
    return sorted(found, key=lambda change: change.at)


def _of_unit(unit: int, criteria: frozenset[int] | None, at: str = "") -> dict[str, object]:
    """The mappings watched, as a filter; `at` leads to them."""
    asked: dict[str, object] = {f"{at}enrolment": unit}
    if criteria is not None:
        asked[f"{at}criterion__in"] = criteria
    return asked


def _live(since: Moment) -> Q:
    """Mappings that stand, or were taken back only since."""
    return Q(taken_back_at=None) | Q(taken_back_at__gt=since)


def _items(unit: int, since: Moment, criteria: frozenset[int] | None) -> Iterator[Change]:
    """Items handed in, replaced and withdrawn; mappings made and taken back. Two queries."""
    handed_in: dict[int, Moment] = {}
    mapped = Mapping.objects.filter(_live(since), **_of_unit(unit, criteria))
    shown: dict[int, set[int]] = defaultdict(set)
    mapped_at: dict[int, Moment] = {}
    rows = list(mapped.select_related("criterion", "evidence").order_by("evidence__number", "criterion__position"))
    for row in rows:
        shown[row.evidence_id].add(row.criterion_id)
        mapped_at[row.evidence_id] = min(mapped_at.get(row.evidence_id, row.made_at), row.made_at)
    versions = EvidenceVersion.objects.filter(evidence__in=shown, evidence__number__isnull=False)
    changed = versions.filter(Q(submitted_at__gt=since) | Q(withdrawn_at__gt=since, submitted_at__isnull=False))
    for version in changed.select_related("evidence__candidate").order_by("pk"):
        item, own = f"Evidence {version.evidence.number}", frozenset(shown[version.evidence_id])
        by = version.evidence.author_id or version.evidence.candidate.user_id
        at = version.submitted_at
        if at and at > since and at >= mapped_at[version.evidence_id]:
            new = version.number == 1
            if new:
                handed_in[version.evidence_id] = at
            words = f"{item} was handed in" if new else f"Version {version.number} of {item} was handed in"
            yield Change(at, by, words, own)
        if version.withdrawn_at and version.withdrawn_at > since:
            yield Change(version.withdrawn_at, None, f"{item} was withdrawn: {version.withdrawal_reason}", own)
    yield from _mappings(rows, since, handed_in)


def _mappings(rows: Iterable[Mapping], since: Moment, handed_in: dict[int, Moment]) -> Iterator[Change]:
    """One sentence for what one person mapped an item to, or took back, at one moment."""
    told: dict[tuple[Moment, int, str, str], list[Mapping]] = defaultdict(list)
    for row in rows:
        if row.evidence.number is None:
            continue
        item = f"Evidence {row.evidence.number}"
        new_then = row.evidence_id in handed_in and row.made_at <= handed_in[row.evidence_id]
        if row.made_at > since and not new_then:
            told[row.made_at, row.made_by_id, item, "was mapped to"].append(row)
        if row.taken_back_at and row.taken_back_by_id:
            told[row.taken_back_at, row.taken_back_by_id, item, "is no longer mapped to"].append(row)
    for (at, by, item, did), mapped in told.items():
        numbers = ", ".join(row.criterion.number for row in mapped)
        yield Change(at, by, f"{item} {did} {numbers}", frozenset(row.criterion_id for row in mapped))


def _files(unit: int, since: Moment, criteria: frozenset[int] | None) -> Iterator[Change]:
    """Files of versions in force that were shut away, released or redacted. Two queries."""
    mapped = Mapping.objects.filter(_live(since), **_of_unit(unit, criteria)).order_by()
    of_evidence: dict[int, set[int]] = defaultdict(set)
    for evidence, criterion in mapped.values_list("evidence_id", "criterion_id"):
        of_evidence[evidence].add(criterion)
    if not of_evidence:
        return
    happened = Q(quarantined_at__gt=since) | Q(destroyed_at__gt=since) | Q(releases__released_at__gt=since)
    files = EvidenceFile.objects.filter(
        happened, version__evidence__in=of_evidence, version__replaced_at=None, version__submitted_at__isnull=False
    )
    releases = Prefetch("releases", Release.objects.filter(released_at__gt=since))
    for file in files.distinct().select_related("version__evidence").prefetch_related(releases).order_by("pk"):
        own = frozenset(of_evidence[file.version.evidence_id])
        name = f"“{file.name}” of Evidence {file.version.evidence.number}"
        if file.quarantined_at and file.quarantined_at > since:
            words = f"{name} was put in quarantine: {file.reason}"
            yield Change(file.quarantined_at, file.quarantined_by_id, words, own)
        if file.destroyed_at and file.destroyed_at > since:
            yield Change(file.destroyed_at, file.destroyed_by_id, f"{name} was redacted: {file.reason}", own)
        for release in file.releases.all():
            words = f"{name} was released from quarantine: {release.reason}"
            yield Change(release.released_at, release.released_by_id, words, own)


def _decisions(unit: int, since: Moment, criteria: frozenset[int] | None) -> Iterator[Change]:
    """One sentence for what one reading decided. One query."""
    told: dict[int, list[Decision]] = defaultdict(list)
    rows = Decision.objects.filter(review__at__gt=since, **_of_unit(unit, criteria))
    for row in rows.select_related("review", "criterion", "version__evidence").order_by("pk"):
        told[row.review_id].append(row)
    for decisions in told.values():
        review = decisions[0].review
        said = ", ".join(f"{row.criterion.number} {Verdict(row.verdict).label.lower()}" for row in decisions)
        words = f"Evidence {decisions[0].version.evidence.number} was assessed: {said}"
        yield Change(review.at, review.assessor_id, words, frozenset(row.criterion_id for row in decisions))


def _disagreements(unit: int, since: Moment, criteria: frozenset[int] | None) -> Iterator[Change]:
    """Decisions a countersigner did not agree with: an agreement only completes what was seen. One query."""
    rows = Countersignature.objects.filter(at__gt=since, agreed=False, **_of_unit(unit, criteria, "decision__"))
    for row in rows.select_related("decision__criterion").order_by("pk"):
        criterion = row.decision.criterion
        words = f"The decision on {criterion.number} was not countersigned: {row.reason}"
        yield Change(row.at, row.by_id, words, frozenset([criterion.pk]))


def _disputes(unit: int, since: Moment, criteria: frozenset[int] | None) -> Iterator[Change]:
    """Records of an assessor's that the candidate says are not what happened. One query."""
    mapped = _of_unit(unit, criteria, "record__version__evidence__mappings__")
    rows = Acknowledgement.objects.filter(at__gt=since, agreed=False, **mapped)
    for row in rows.select_related("record__version__evidence").distinct().order_by("pk"):
        yield Change(row.at, row.by_id, f"Evidence {row.record.version.evidence.number} was disputed: {row.words}")


def _showings(unit: int, since: Moment) -> Iterator[Change]:
    """Evidence requirements that items handed in were said to show, or no longer. One query."""
    rows = Showing.objects.filter(enrolment=unit, evidence__number__isnull=False)
    rows = rows.filter(Q(made_at__gt=since) | Q(taken_back_at__gt=since)).select_related("evidence", "requirement")
    for row in rows.order_by("pk"):
        item, leaf = f"Evidence {row.evidence.number}", f"evidence requirement {row.requirement.path}"
        if row.made_at > since:
            yield Change(row.made_at, row.made_by_id, f"{item} was said to show {leaf}")
        if row.taken_back_at and row.taken_back_at > since:
            yield Change(row.taken_back_at, row.taken_back_by_id, f"{item} no longer shows {leaf}")


def _voided(unit: int, since: Moment) -> Iterator[Change]:
    """Signatures on the unit that were voided: its form is not what it was. One sentence an act; one query."""
    told: dict[tuple[Moment, int, str], list[str]] = defaultdict(list)
    for row in signatures_in([unit]):
        void = getattr(row.signature, "void", None)
        if void is not None and void.at > since:
            told[void.at, void.by_id, void.reason].append(SignedAs(row.part).label.lower())
    for (at, by, reason), parts in told.items():
        yield Change(at, by, f"Signatures were voided ({', '.join(parts)}): {reason}")


# --- alarms ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChangeShown:
    """A change as it is told: the words, by whom, when."""

    words: str
    by: str
    at: Moment

    @property
    def sentence(self) -> str:
        """As it is kept once somebody has looked."""
        who = f", by {self.by}" if self.by else ""
        return f"{self.words.removesuffix('.')}{who}, on {timezone.localtime(self.at):%-d %B %Y at %H:%M}."


@dataclass(frozen=True)
class AlarmPage:
    """An alarm with what changed since, while it is open; and who works on the unit."""

    alarm: Alarm
    changes: list[ChangeShown]
    people: People
    verifier: str
    looked_by: str

    @property
    def sentences(self) -> list[str]:
        return [change.sentence for change in self.changes]


ALARMS = Alarm.objects.select_related(
    "sample__enrolment__unit__awarding_body",
    "sample__enrolment__candidate",
    "sample__enrolment__centre",
)


def alarm_page(user: User, pk: int) -> AlarmPage:
    """An alarm's page, in eighteen queries at most. Raises Alarm.DoesNotExist where it does not exist for the user."""
    alarm = ALARMS.filter(pk__in=Alarm.objects.visible_to(user).values("pk")).get(pk=pk)
    enrolment = alarm.sample.enrolment
    who = {alarm.sample.verifier_id, *([alarm.looked_by_id] if alarm.looked_by_id else [])}
    names = staff_names(who, {enrolment.centre_id})
    return AlarmPage(
        alarm=alarm,
        changes=changes_for(alarm) if alarm.looked_at is None else [],
        people=everybody_in(enrolment),
        verifier=names.get((alarm.sample.verifier_id, enrolment.centre_id), ""),
        looked_by=names.get((alarm.looked_by_id or 0, enrolment.centre_id), ""),
    )


def changes_for(alarm: Alarm) -> list[ChangeShown]:
    """What changed since the sample of an open alarm was taken, or last looked at, as it is told."""
    sample = alarm.sample
    seen_at = sample.alarms.aggregate(latest=Max("looked_at"))["latest"]
    since = max(filter(None, (sample.done_at, seen_at)))
    whole = sample.stage == SampleStage.SUMMATIVE
    criteria = None if whole else frozenset(sample.criteria.values_list("criterion_id", flat=True))
    changes = changes_of(Watched(sample, since, criteria))
    centre, candidate = sample.enrolment.centre_id, sample.enrolment.candidate
    names = staff_names({row.by for row in changes if row.by}, {centre})
    names[candidate.user_id, centre] = candidate.name
    return [ChangeShown(row.words, names.get((row.by or 0, centre), ""), row.at) for row in changes]


def open_alarm_of(sample_id: int) -> Alarm | None:
    """The alarm of a sample that nobody has looked at again, in one query."""
    return Alarm.objects.still_open().filter(sample=sample_id).first()


def open_alarms() -> QuerySet[Alarm]:
    """Alarms as lists tell of them: of units that were not withdrawn since, the oldest first."""
    return Alarm.objects.still_open().exclude(sample__enrolment__status=UnitStatus.WITHDRAWN).order_by("raised_at")
