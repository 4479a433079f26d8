"""Verbs of a record that an assessor makes: handed over, corrected, acknowledged or disputed by its candidate.

A record is born whole, in the act that hands it over; while it is written it is work in progress, kept for its author
alone (docs/adr/0016). So nothing in it is ever edited: a correction is the next version.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from assessments.actions import leaves, telling
from assessments.actions.claims import Target, claim, leave_out
from assessments.actions.counting import recount
from assessments.actions.evidence import NamedFile, add_files, put_in_force
from assessments.actions.items import lock_item, told
from assessments.actions.journey import lock, person, refuse, require
from assessments.actions.watching import watch
from assessments.enums import RECORDED, AskedHow, EvidenceKind, Setting, Verb
from assessments.models import (
    Acknowledgement,
    AssessorRecord,
    Enrolment,
    Evidence,
    EvidenceVersion,
    Exchange,
    Marker,
    QuestionSet,
)
from assessments.queries.enrolment import has_verified, people_of, staff_name
from assessments.queries.evidence import enrolments_of, item_facts
from assessments.queries.observed import spans
from assessments.queries.question_sets import questions_of
from assessments.rules import Person, is_assessor_of
from assessments.workflow import item_refusals
from portfolio import signing
from portfolio.actions import checks
from portfolio.canonical import JSON
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Statement, User

SCHEME = 1
"""How `signed_facts` writes the facts down."""
STATEMENT, ACKNOWLEDGED = "record-assessor", "record-candidate"
LONGEST_LOCATOR = 100
MOST_EXCHANGES = 60
"""Questions with their answers in one record: what is still read as one."""

Criterion = tuple[int, int]
"""Of an enrolment, by the ids of both."""


@dataclass(frozen=True)
class Passage:
    """A stretch of the narrative that shows a criterion: from one letter to another."""

    start: int
    end: int
    criterion: Criterion


@dataclass(frozen=True)
class Exchanged:
    """A question with its answer, or a point of a discussion, and the criteria it shows."""

    asked: str
    said: str
    how: str = AskedHow.ORAL
    minute: str = ""
    set_question: int | None = None
    criteria: Sequence[Criterion] = ()


@dataclass(frozen=True)
class Content:
    """All that an assessor writes down."""

    kind: str
    title: str
    activity_on: datetime.date | None
    place: str
    context: str
    feedback: str
    setting: str = Setting.PAID_WORK
    from_time: datetime.time | None = None
    to_time: datetime.time | None = None
    people: str = ""
    agenda: str = ""
    narrative: str = ""
    recorded: bool = False
    passages: Sequence[Passage] = ()
    exchanges: Sequence[Exchanged] = ()

    @property
    def criteria(self) -> list[Criterion]:
        """Everything it is said to show, once each."""
        noted = [passage.criterion for passage in self.passages]
        return list(dict.fromkeys([*noted, *(one for row in self.exchanges for one in row.criteria)]))


# --- the assessor ----------------------------------------------------------------------------------------------------


@transaction.atomic
def hand_over(
    *, candidate: CandidateRecord, content: Content, files: Sequence[NamedFile], by: User, at: datetime.datetime
) -> EvidenceVersion:
    """Make a record an item of evidence of the candidate's, signed. It takes its number, and waits for the candidate.

    Raises Refusal with everything that is missing; for criteria of units the person does not assess, or that are past
    collecting; and for somebody who verified in one of them.
    """
    enrolments = lock(enrolment for enrolment, _ in content.criteria)
    checks.refuse(_refusals(candidate, content, enrolments, by, at))
    evidence = Evidence.objects.create(centre=candidate.centre, candidate=candidate, author=by, created_at=at)
    version = EvidenceVersion.objects.create(
        evidence=evidence, centre=evidence.centre, number=1, created_at=at, **_of_version(content)
    )
    claim(version, targets_of(content), enrolments, person(by, candidate.centre_id, at), by, at)
    return _signed(Verb.HAND_OVER, version, enrolments, content, files, by, at)


@transaction.atomic
def correct(
    *,
    version: EvidenceVersion,
    content: Content,
    files: Sequence[NamedFile],
    keep: Iterable[int],
    by: User,
    at: datetime.datetime,
) -> EvidenceVersion:
    """The next version of a record, signed and handed over in one act; `keep` holds files (ids) it keeps.

    The earlier version stays with its decisions and with what the candidate said of it. What it was judged to show
    stays mapped; other criteria are mapped as the new markers say.
    """
    item = lock_item(version, (enrolment for enrolment, _ in content.criteria))
    author, evidence = person(by, item.version.evidence.centre_id, at), item.version.evidence
    refuse(item_refusals(Verb.CORRECT, author, item.facts))
    checks.refuse(_refusals(evidence.candidate, content, item.enrolments, by, at))
    earlier = item.version.files.filter(
        pk__in=list(keep), removed_at=None, destroyed_at=None, disposed_at=None, quarantined_at=None
    )
    kept = [NamedFile(file.stored, file.name) for file in earlier.select_related("stored")]
    draft = EvidenceVersion.objects.create(
        evidence=evidence,
        centre=evidence.centre,
        number=evidence.versions.count() + 1,
        created_at=at,
        **_of_version(content),
    )
    targets = targets_of(content)
    leave_out(replace(item, version=draft), targets, by, at)
    claim(draft, targets, item.enrolments, author, by, at)
    leaves.drop_unmapped(evidence.pk, by, at)
    return _signed(Verb.CORRECT, draft, item.enrolments, content, [*kept, *files], by, at)


# --- the candidate ---------------------------------------------------------------------------------------------------


@transaction.atomic
def acknowledge(*, version: EvidenceVersion, by: User, at: datetime.datetime) -> Acknowledgement:
    """The candidate puts their name to a record: it is what happened (domain rule 23). Nothing follows it."""
    record = _to_answer(version, Verb.ACKNOWLEDGE, by, at)
    evidence, statement = record.version.evidence, signing.current_statement(ACKNOWLEDGED)
    signature = signing.sign(
        by=by,
        role=Role.CANDIDATE,
        name=evidence.candidate.legal_name,
        centre=evidence.centre,
        statement=statement,
        scheme=SCHEME,
        digest=signing.digest_of({"record": record.pk, "digest": record.signature.digest}),
        at=at,
    )
    said = Acknowledgement.objects.create(record=record, by=by, at=at, agreed=True, signature=signature)
    telling.acknowledged(record.version, "The candidate has acknowledged it.", by, at)
    told(Verb.ACKNOWLEDGE, record.version, by, at, {"record": record.pk, "signature": signature.pk})
    return said


@transaction.atomic
def dispute(*, version: EvidenceVersion, words: str, by: User, at: datetime.datetime) -> Acknowledgement:
    """The candidate says what is not right in a record. Its author corrects it, or it is acknowledged after all."""
    words = require(words, "Say what is not right in the record.")
    record = _to_answer(version, Verb.DISPUTE, by, at)
    said = Acknowledgement.objects.create(record=record, by=by, at=at, agreed=False, words=words)
    watch(enrolments_of(record.version.evidence_id).values_list("pk", flat=True), by, at)
    telling.acknowledged(record.version, "The candidate disputes it, and says why.", by, at)
    told(Verb.DISPUTE, record.version, by, at, {"record": record.pk, "words": words})
    return said


# --- what a record is ------------------------------------------------------------------------------------------------


def signed_facts(version: EvidenceVersion, content: Content) -> dict[str, JSON]:
    """What the assessor puts their name to: every word, what it shows, and the files."""
    texts = ("kind", "title", "place", "context", "feedback", "setting", "people", "agenda", "narrative")
    said: dict[str, JSON] = {name: getattr(content, name) for name in texts}
    times = [content.activity_on, content.from_time, content.to_time]
    files = version.files.order_by("position", "pk").values_list("stored__sha256", flat=True)
    return {
        **said,
        "scheme": SCHEME,
        "version": version.pk,
        "candidate": version.evidence.candidate_id,
        "when": [moment.isoformat() if moment else None for moment in times],
        "recorded": content.recorded,
        "passages": [[row.start, row.end, *row.criterion] for row in content.passages],
        "exchanges": [
            [row.asked, row.said, row.how, row.minute, row.set_question, [list(one) for one in row.criteria]]
            for row in content.exchanges
        ],
        "files": list(files),
    }


def targets_of(content: Content) -> list[Target]:
    """What the markers come to: each criterion once, with where it is noted (domain rule 21)."""
    starts = [start for start, _ in spans(content.narrative)]
    noted: dict[Criterion, dict[str, list[str]]] = {}
    for passage in content.passages:
        number = sum(1 for start in starts if start <= passage.start)
        noted.setdefault(passage.criterion, {}).setdefault("paragraph", []).append(str(number))
    for place, row in enumerate(content.exchanges, start=1):
        for criterion in row.criteria:
            noted.setdefault(criterion, {}).setdefault("question", []).append(str(place))
            if row.minute:
                noted[criterion].setdefault("minute", []).append(row.minute)
    return [Target(*criterion, locator=_locator(places)) for criterion, places in noted.items()]


def _locator(places: dict[str, list[str]]) -> str:
    """`paragraphs 1, 3; question 2`, as long as a locator may be."""
    told = []
    for noun, found in places.items():
        numbers = list(dict.fromkeys(found))
        told.append(f"{noun}{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}")
    return "; ".join(told)[:LONGEST_LOCATOR]


def _refusals(
    candidate: CandidateRecord, content: Content, enrolments: dict[int, Enrolment], by: User, at: datetime.datetime
) -> list[str]:
    """Why the person cannot make this record: nobody else's unit, nothing left open, questions that may be asked."""
    author = person(by, candidate.centre_id, at)
    if not content.criteria and Role.ASSESSOR not in author.roles:
        return ["Only an assessor of the centre can make a record."]
    sentences = _not_theirs(candidate, content, enrolments, author, by)
    return sentences or [*(text for _, text in missing(content)), *_sets_refusals(candidate, content, enrolments)]


def _not_theirs(
    candidate: CandidateRecord, content: Content, enrolments: dict[int, Enrolment], author: Person, by: User
) -> list[str]:
    sentences = []
    for pk in dict.fromkeys(enrolment for enrolment, _ in content.criteria):
        enrolment = enrolments.get(pk)
        if enrolment is None or enrolment.candidate_id != candidate.pk:
            sentences.append("One of the units is not among the candidate's.")
        elif not is_assessor_of(author, people_of(enrolment)):
            sentences.append(f"Only its assessor can make a record for {enrolment.unit.short_code}.")
        elif has_verified(enrolment, by):
            sentences.append(
                f"You have sampled or verified {enrolment.unit.short_code}, so you make no evidence for it."
            )
    return sentences


def missing(content: Content) -> list[tuple[str, str]]:
    """What a record still lacks before it can be signed: of which part of it, and a sentence."""
    said = content.kind in (EvidenceKind.OBSERVATION, EvidenceKind.PROFESSIONAL_DISCUSSION)
    asked = {
        "title": ("Give the record a title.", content.title.strip()),
        "activity_on": ("Say on which day it was.", content.activity_on),
        "place": ("Say where it was.", content.place.strip()),
        "context": ("Describe the situation: what was going on, and for whom.", content.context.strip()),
        "narrative": ("Write down what you saw, or what was said.", content.narrative.strip() or not said),
        "exchanges": ("Write down at least one question with its answer.", content.exchanges or said),
        "feedback": ("Write down what you told the candidate, and the next step you agreed.", content.feedback.strip()),
        "criteria": ("Mark at least one passage or answer with the criterion it shows.", content.criteria),
    }
    found = [(name, sentence) for name, (sentence, answer) in asked.items() if not answer]
    if content.kind not in RECORDED:
        found.append(("kind", "An assessor records an observation, a discussion, or questions and answers."))
    if content.from_time and content.to_time and content.to_time < content.from_time:
        found.append(("to_time", "The end cannot lie before the beginning."))
    for number, row in enumerate(content.exchanges, start=1):
        if not (row.asked.strip() and row.said.strip()):
            found.append(("exchanges", f"Question {number}: write down the question and the answer."))
    if (many := len(content.exchanges)) > MOST_EXCHANGES:
        sentence = f"A record holds {MOST_EXCHANGES} questions at most and this has {many}: take some into a record of "
        found.append(("exchanges", f"{sentence}their own. Everything you typed is still here."))
    if any(not 0 <= row.start < row.end <= len(content.narrative) for row in content.passages):
        found.append(("narrative", "A passage that you marked is not in the text any more: mark it again."))
    return found


def _sets_refusals(candidate: CandidateRecord, content: Content, enrolments: dict[int, Enrolment]) -> list[str]:
    """Only sets in use are asked, and in the words that were verified."""
    taken = {row.set_question: row for row in content.exchanges if row.set_question}
    if not taken:
        return []
    units = [enrolment.unit_id for enrolment in enrolments.values()]
    sets = QuestionSet.objects.asked_now(candidate.centre_id, units).values_list("pk", flat=True)
    known = {question.pk: question.text for rows in questions_of(sets).values() for question in rows}
    if any(pk not in known for pk in taken):
        return [
            "One of the questions is of a set that is not in use any more: take it off, or ask it in your own words."
        ]
    if any(known[pk] != row.asked.strip() for pk, row in taken.items() if pk):
        return ["A question of a verified set is asked in its own words: take it off to ask in yours."]
    return []


# --- inside ----------------------------------------------------------------------------------------------------------


def _of_version(content: Content) -> dict[str, object]:
    return {
        "title": content.title.strip(),
        "kind": content.kind,
        "setting": content.setting,
        "activity_on": content.activity_on,
        "description": content.context.strip(),
    }


def _signed(
    verb: Verb,
    version: EvidenceVersion,
    enrolments: dict[int, Enrolment],
    content: Content,
    files: Sequence[NamedFile],
    by: User,
    at: datetime.datetime,
) -> EvidenceVersion:
    """The record on its draft, with the assessor's name to it, and the item in force."""
    add_files(version, files, at)
    mapped = version.evidence.mappings.filter(taken_back_at=None).values_list("enrolment_id", flat=True)
    facts = item_facts(version, [enrolments[pk] for pk in sorted(set(mapped))])
    refuse(item_refusals(Verb.HAND_OVER, person(by, version.evidence.centre_id, at), facts))
    statement = signing.current_statement(STATEMENT)
    _write(version, content, statement, by, at)
    put_in_force(version, Verb.HAND_OVER, statement, at)
    recount(enrolments)
    watch(enrolments, by, at)
    telling.recorded(version, by, at)
    details: dict[str, JSON] = {
        "number": version.evidence.number,
        "version": version.number,
        "kind": content.kind,
        "criteria": [list(criterion) for criterion in content.criteria],
    }
    told(verb, version, by, at, details)
    return version


def _write(
    version: EvidenceVersion, content: Content, statement: Statement, by: User, at: datetime.datetime
) -> AssessorRecord:
    centre = version.evidence.centre
    signature = signing.sign(
        by=by,
        role=Role.ASSESSOR,
        name=staff_name(by, centre.pk),
        centre=centre,
        statement=statement,
        scheme=SCHEME,
        digest=signing.digest_of(signed_facts(version, content)),
        at=at,
    )
    record = AssessorRecord.objects.create(
        version=version,
        place=content.place.strip(),
        from_time=content.from_time,
        to_time=content.to_time,
        people=content.people.strip(),
        context=content.context.strip(),
        agenda=content.agenda.strip(),
        narrative=content.narrative,
        recorded=content.recorded,
        feedback=content.feedback.strip(),
        signature=signature,
    )
    exchanges = Exchange.objects.bulk_create(
        Exchange(
            record=record,
            position=place,
            asked=row.asked.strip(),
            said=row.said.strip(),
            how=row.how,
            minute=row.minute.strip(),
            set_question_id=row.set_question,
        )
        for place, row in enumerate(content.exchanges, start=1)
    )
    Marker.objects.bulk_create(
        [
            *(_marker(record, row.criterion, passage=row, narrative=content.narrative) for row in content.passages),
            *(
                _marker(record, criterion, exchange=made)
                for made, row in zip(exchanges, content.exchanges, strict=True)
                for criterion in dict.fromkeys(row.criteria)
            ),
        ]
    )
    return record


def _marker(
    record: AssessorRecord,
    criterion: Criterion,
    *,
    passage: Passage | None = None,
    narrative: str = "",
    exchange: Exchange | None = None,
) -> Marker:
    enrolment_id, criterion_id = criterion
    return Marker(
        record=record,
        exchange=exchange,
        start=passage.start if passage else None,
        end=passage.end if passage else None,
        quote=narrative[passage.start : passage.end] if passage else "",
        enrolment_id=enrolment_id,
        criterion_id=criterion_id,
    )


def _to_answer(version: EvidenceVersion, verb: Verb, by: User, at: datetime.datetime) -> AssessorRecord:
    """The record locked with its enrolments, once nothing refuses the candidate's word on it."""
    item = lock_item(version)
    refuse(item_refusals(verb, person(by, item.version.evidence.centre_id, at), item.facts))
    record = AssessorRecord.objects.select_related("signature").get(version=item.version)
    record.version = item.version
    return record
