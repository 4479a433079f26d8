"""What happened at the demonstration centre in the last four months: eight candidates, every stage of the journey."""

import datetime
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from assessments.actions import award, batches, enrolment, evidence, judgement, verification
from assessments.actions.claims import Target
from assessments.actions.due import tell_due
from assessments.actions.evidence import Described, NamedFile
from assessments.actions.leaves import LeafTarget
from assessments.demo import (
    awards,
    files,
    forms,
    interests,
    office,
    outside,
    people,
    plans,
    privacy,
    profile,
    quality,
    records,
    sampled,
    specifications,
    strategy,
    witnesses,
)
from assessments.demo.centre import Harbour, open_harbour
from assessments.demo.evidence import BY_UNIT, FLOOR_WALK, LATE_SHIFT, SHOWS, Piece
from assessments.enums import MarkerKind, Verdict
from assessments.forms.verification import AnswerForm
from assessments.models import Action, Enrolment, EvidenceVersion
from assessments.places import Place
from portfolio import vault, work
from portfolio.models import User
from units.models import Unit

STARTED = datetime.timedelta(days=120)


class Calendar:
    """The days of the story: each thing happens some while after the one before, and never after now."""

    def __init__(self, now: datetime.datetime) -> None:
        self.now = now
        self.at = now - STARTED

    def later(self, *, days: int = 0, hours: int = 0) -> datetime.datetime:
        self.at = min(self.at + datetime.timedelta(days=days, hours=hours), self.now)
        return self.at

    def restart(self, *, days: int) -> None:
        """Go back to so many days after the start: another candidate's story."""
        self.at = self.now - STARTED + datetime.timedelta(days=days)


def tell() -> Harbour:
    """Everything, in order. Raises Refusal if the story ever did what the house refuses."""
    calendar = Calendar(timezone.now())
    story = Story(open_harbour(calendar.at), calendar)
    people.received(story.harbour, calendar.at)
    awards.written_down(story.harbour, calendar.at)
    awards.registered(story.harbour, calendar.at)
    specifications.brought_in(story.harbour, calendar.at)
    quality.ask(story.harbour, calendar.at)
    for chapter in (
        story.collecting, story.declared, story.awaiting_countersignature, story.being_sampled,
        story.verified, story.claimed, story.sent_back, story.suspended, story.further_units,
    ):  # fmt: skip
        calendar.restart(days=7)
        chapter()
    interests.declare(story.harbour, calendar.now - datetime.timedelta(days=2))
    interests.change_hands(story.harbour, calendar.now - datetime.timedelta(days=1))
    for happened in (office.appealed, office.held, office.investigated, office.arranged, office.to_be_simulated):
        happened(story.harbour, calendar.now)
    privacy.told(story.harbour, calendar.now)
    privacy.asked_for(story.harbour, calendar.now)
    strategy.tell(story.harbour, calendar.now - sampled.SINCE_PLANNED)
    sampled.tell(story.harbour, calendar.now)
    people.intake(story.harbour, calendar.now)
    people.learning(story.harbour, calendar.now)
    quality.tell(story.harbour, calendar.now)
    outside.tell(story.harbour, calendar.now)
    forms.tell(story.harbour, calendar.now)
    specifications.moved_over(story.harbour, calendar.now)
    people.away(story.harbour, calendar.now)
    people.came_from_elsewhere(story.harbour, calendar.now)
    story.today()
    return story.harbour


class Story:
    """The chapters, one candidate each."""

    def __init__(self, harbour: Harbour, calendar: Calendar) -> None:
        self.harbour = harbour
        self.staff = harbour.staff
        self.calendar = calendar

    def collecting(self) -> None:
        """Siân: items at every point, one unit well on its way and one not started."""
        unit = self.enrol("sian", "ocr-cc16", self.staff.assessor)
        other = self.enrol("sian", "ocr-cc32", self.staff.assessor)
        profile.written(unit.candidate, self.calendar.at)
        plans.ask_for_consistency(self.harbour, unit, self.calendar.at)
        plan = plans.agreed_plan(unit, self.calendar.at)
        pieces = BY_UNIT["ocr-cc16"]
        self.judge(self.hand_in(unit, *pieces[0]), unit, Verdict.MET)
        self.judge(
            self.hand_in(unit, *pieces[1]), unit, Verdict.CONTRIBUTES, "Good log. Show one more case you settled."
        )
        self.give_back(
            self.hand_in(unit, *pieces[4]), unit, "The chart has no source. Add where the figures come from."
        )
        plans.reviewed(plan, self.calendar.later(days=5))
        self.calendar.later(days=40)
        quality.interim(unit, self.calendar.at, self.calendar.now)
        plans.proposed_plan(other, self.calendar.at)
        at, indicators = self.calendar.later(days=2), pieces[2][0]
        plans.become_evidence(plan, indicators, self.file_for(unit, indicators, at), at)
        self.hand_in(unit, *pieces[3])
        self.draft(unit, *pieces[5])
        self.testified(unit)
        self.recorded(unit)

    def recorded(self, unit: Enrolment) -> None:
        """Two records of her assessor, one acknowledged and judged, one that waits; and two sets of questions."""
        records.sets(unit, self.staff.verifier, self.calendar.later(days=1))
        seen = records.observation(unit, self.calendar.later(days=3))
        self.judge(seen, unit, Verdict.MET)
        records.discussion(unit, self.calendar.later(days=4))

    def testified(self, unit: Enrolment) -> None:
        """Two witnesses: one has signed, and what they saw is handed in; one has read the request."""
        seen = self.draft(unit, LATE_SHIFT, "1.3 2.3")
        asked = witnesses.ask(seen, witnesses.LATE_SHIFT, self.calendar.later(days=1))
        witnesses.sign(asked, self.calendar.later(days=2))
        evidence.submit(version=seen, by=unit.candidate_user, at=self.calendar.later(hours=3))
        request = witnesses.ask(self.draft(unit, FLOOR_WALK, "3.3"), witnesses.FLOOR_WALK, self.calendar.now)
        witnesses.look_at(request, self.calendar.now)

    def declared(self) -> None:
        """Łukasz: everything met, declared complete, waiting for his assessor."""
        self.declare(self.all_met("lukasz", "ocr-cc26", self.staff.assessor))

    def awaiting_countersignature(self) -> None:
        """Eilidh: signed off by the trainee, waiting for the countersigner."""
        self.sign_off(self.declare(self.all_met("eilidh", "sqa-h12e04", self.staff.trainee)))

    def being_sampled(self) -> None:
        """Priya: signed off, and chosen for sampling."""
        unit = self.sign_off(self.declare(self.all_met("priya", "ocr-d20", self.staff.assessor)))
        verification.plan_sample(
            enrolment=unit,
            reason="First time this unit is assessed at the centre.",
            by=unit.verifier,
            at=self.calendar.later(days=2),
        )

    def verified(self) -> None:
        """Tom: sampled with an action that was answered and closed, and verified."""
        unit = self.sign_off(self.declare(self.all_met("tom", "ocr-cc32", self.staff.assessor)))
        sample = verification.plan_sample(
            enrolment=unit, reason="Every candidate at least once.", by=unit.verifier, at=self.calendar.later(days=1)
        )
        verification.close_sample(
            sample=sample,
            checks=quality.found(sample, feedback="Which part of the recording shows 2.1 is not said."),
            criteria=unit.unit.criteria.filter(number__in=["1.3", "2.1", "4.2"]).values_list("pk", flat=True),
            feedback="Decisions agreed. Say in your feedback which part of the recording shows 2.1.",
            wanted="Add the minute to the feedback on 2.1 from now on.",
            due_on=self.calendar.at.date() + datetime.timedelta(days=14),
            by=unit.verifier,
            at=self.calendar.later(days=2),
        )
        action = unit.actions.get()
        verification.answer_action(
            action=action, answer="Done, and in my notes.", by=unit.assessor, at=self.calendar.later(days=3)
        )
        verification.close_action(action=action, by=unit.verifier, at=self.calendar.later(days=1))
        verification.verify(enrolment=unit, by=unit.verifier, at=self.calendar.later(hours=1))

    def claimed(self) -> None:
        """Grace: one unit claimed; one with its Centre Authentication form, claimed and certificated."""
        administrator = self.staff.administrator
        certificated = self.sign_off(self.declare(self.all_met("grace", "ocr-cc16", self.staff.assessor)))
        verification.leave_unsampled(
            enrolment=certificated,
            reason="The assessor's last three units were sampled and agreed.",
            by=certificated.verifier,
            at=self.calendar.later(days=1),
        )
        award.authenticate(enrolment=certificated, by=administrator, at=self.calendar.later(hours=1))
        award.claim(enrolment=certificated, authorisation="", by=administrator, at=self.calendar.later(days=1))
        first = award.certificate(
            enrolment=certificated,
            number="OCR-2026-448120",
            issued_on=self.calendar.at.date(),
            by=administrator,
            at=self.calendar.later(days=10),
        )
        batches.replace_certificate(
            certificate=first,
            number="OCR-2026-448977",
            issued_on=self.calendar.at.date(),
            reason="Her surname was misspelt.",
            by=administrator,
            at=self.calendar.later(days=2),
        )
        claimed = self.sign_off(self.declare(self.all_met("grace", "ocr-cc26", self.staff.assessor)))
        verification.leave_unsampled(
            enrolment=claimed,
            reason="Sampled at interim stage with another candidate of the same cohort.",
            by=claimed.verifier,
            at=self.calendar.later(days=1),
        )
        awards.claimed(self.harbour, claimed, self.calendar.later(days=1))

    def sent_back(self) -> None:
        """Ruairidh: sampled and not agreed, open again with an action."""
        unit = self.sign_off(self.declare(self.all_met("ruairidh", "sqa-h12e04", self.staff.assessor)))
        sample = verification.plan_sample(
            enrolment=unit,
            reason="Criterion 8 is new to us.",
            by=unit.verifier,
            at=self.calendar.later(days=1),
        )
        verification.send_back(
            enrolment=unit,
            finding="The recording shows one call only: 8 asks for monitoring activities, in the plural.",
            wanted="Ask for a second monitoring activity and judge 8 again.",
            due_on=self.calendar.now.date() + datetime.timedelta(days=10),
            criteria=unit.unit.criteria.filter(number__in=["8", "9"]).values_list("pk", flat=True),
            checks=quality.found(sample, decision="8 was judged met on a single call."),
            by=unit.verifier,
            at=self.calendar.later(days=2),
        )
        plans.planned_again(unit, self.calendar.now)

    def suspended(self) -> None:
        """Hannah: one unit suspended, one left."""
        unit = self.enrol("hannah", "ocr-d20", self.staff.trainee)
        self.judge(self.hand_in(unit, *BY_UNIT["ocr-d20"][0]), unit, Verdict.MET)
        enrolment.suspend(
            enrolment=unit, reason="On leave until spring.", by=self.staff.administrator, at=self.calendar.later(days=3)
        )
        other = self.enrol("hannah", "ocr-cc32", self.staff.assessor)
        enrolment.withdraw(
            enrolment=other, reason="Her job has changed.", by=other.candidate_user, at=self.calendar.later(days=1)
        )

    def further_units(self) -> None:
        """Second units, all with Gwen: three under way, two just begun."""
        for candidate, key in (("lukasz", "ocr-cc16"), ("tom", "ocr-cc26"), ("priya", "ocr-cc32")):
            self.calendar.restart(days=60)
            unit = self.enrol(candidate, key, self.staff.other_assessor)
            self.judge(self.hand_in(unit, *BY_UNIT[key][0]), unit, Verdict.MET)
        self.calendar.restart(days=95)
        for candidate, key in (("hannah", "ocr-cc16"), ("grace", "ocr-d20")):
            self.enrol(candidate, key, self.staff.other_assessor)

    def today(self) -> None:
        """What the clock has to tell, and an answer that Dylan has begun and not sent."""
        tell_due(self.calendar.now)
        action = Action.objects.filter(closed_at=None, answered_at=None).earliest("raised_at")
        page = reverse("assessments:action", args=[action.pk])
        subject = work.Subject(action.owner, AnswerForm.kept_as, str(action.pk), work.basis_of(action.answer), page)
        words = "I have asked for the recording of a second monitoring activity. It is due"
        typed = work.Typed([words], datetime.timedelta())
        title = f"Action: {action.enrolment.unit.short_code}, {action.enrolment.candidate}"
        work.keep(subject, work.Save("a", 1, 0, {"answer": typed}, title), at=self.calendar.now)

    # --- what chapters are made of ---------------------------------------------------------------------------------

    def enrol(self, candidate: str, key: str, assessor: User) -> Enrolment:
        """Enrol a candidate; the trainee's units are countersigned by the senior assessor."""
        at = self.calendar.later(hours=2)
        return enrolment.enrol(
            candidate=self.harbour.candidates[candidate],
            unit=Unit.objects.get(key=key),
            assessor=assessor,
            countersigner=self.staff.assessor if assessor == self.staff.trainee else None,
            verifier=self.staff.verifier if len(candidate) % 2 else self.staff.lead,
            started_on=at.date(),
            target_on=at.date() + datetime.timedelta(days=125),
            by=self.staff.administrator,
            at=at,
        )

    def all_met(self, candidate: str, key: str, assessor: User) -> Enrolment:
        """A unit with every criterion met, item by item."""
        unit = self.enrol(candidate, key, assessor)
        for piece, numbers in BY_UNIT[key]:
            self.judge(self.hand_in(unit, piece, numbers), unit, Verdict.MET)
        return unit

    def draft(self, unit: Enrolment, piece: Piece, numbers: str) -> EvidenceVersion:
        """An item with its file, mapped to the criteria with these numbers."""
        at = self.calendar.later(days=2)
        criteria = unit.unit.criteria.filter(number__in=numbers.split()).values_list("pk", flat=True)
        return evidence.add_evidence(
            candidate=unit.candidate,
            described=Described(
                title=piece.title,
                description=piece.words,
                kind=piece.kind,
                activity_on=at.date() - datetime.timedelta(days=3),
            ),
            files=[self.file_for(unit, piece, at)] if piece.file else [],
            targets=[Target(unit.pk, criterion, piece.locator) for criterion in criteria],
            shows=self.shown_by(unit, piece),
            by=unit.candidate_user,
            at=at,
        )

    def shown_by(self, unit: Enrolment, piece: Piece) -> list[LeafTarget]:
        """The evidence requirements of the unit that the item shows."""
        places = SHOWS.get(unit.unit.key, {}).get(piece, ())
        found = unit.unit.evidence_requirements.filter(path__in=places)
        return [LeafTarget(unit.pk, requirement.pk) for requirement in found]

    def hand_in(self, unit: Enrolment, piece: Piece, numbers: str) -> EvidenceVersion:
        draft = self.draft(unit, piece, numbers)
        return evidence.submit(version=draft, by=unit.candidate_user, at=self.calendar.later(hours=1))

    def judge(self, version: EvidenceVersion, unit: Enrolment, verdict: Verdict, feedback: str = "") -> None:
        """The assessor's word on every criterion the item is mapped to."""
        mapped = version.evidence.mappings.filter(enrolment=unit, taken_back_at=None)
        places = places_seen_in(version)
        judgement.review(
            version=version,
            rules=judgement.RulesOfEvidence(),
            decisions=[judgement.Judged(unit.pk, row.criterion_id, verdict, feedback, places) for row in mapped],
            feedback="Clear and to the point." if verdict == Verdict.MET else "",
            returned=False,
            seen_at_location=False,
            by=unit.assessor,
            at=self.calendar.later(days=1),
        )

    def give_back(self, version: EvidenceVersion, unit: Enrolment, feedback: str) -> None:
        """The item returned with feedback."""
        judgement.review(
            version=version,
            rules=judgement.RulesOfEvidence(sufficient=False, remarks="Figures without their source."),
            decisions=[],
            feedback=feedback,
            returned=True,
            seen_at_location=False,
            by=unit.assessor,
            at=self.calendar.later(days=1),
        )

    def declare(self, unit: Enrolment) -> Enrolment:
        return judgement.declare(enrolment=unit, by=unit.candidate_user, at=self.calendar.later(days=1))

    def sign_off(self, unit: Enrolment) -> Enrolment:
        return judgement.sign_off(
            enrolment=unit,
            comments="Consistent over several weeks, with real customers and a confident professional discussion.",
            by=unit.assessor,
            at=self.calendar.later(days=2),
        )

    def file_for(self, unit: Enrolment, piece: Piece, at: datetime.datetime) -> NamedFile:
        """A real small file of the piece's kind, with the candidate's reference in it, in the centre's vault."""
        signed = f"{piece.words}\n\nCandidate {unit.candidate.centre_reference}, {at:%d %B %Y}"
        makers: dict[str, tuple[str, Callable[[], bytes]]] = {
            "pdf": ("pdf", lambda: files.pdf(piece.title, signed)),
            "chart": ("png", lambda: files.chart(piece.title, [81, 84, 79, 88, 91, 90, 93, 95])),
            "photograph": ("jpg", lambda: files.photograph(piece.title)),
            "recording": ("wav", files.recording),
            "text": ("txt", lambda: f"{piece.title}\n\n{signed}\n".encode()),
        }
        ending, made = makers[piece.file]
        name = f"{piece.title}.{ending}"
        stored = vault.store(centre=unit.centre, file=ContentFile(made(), name=name), name=name, at=at)
        return NamedFile(stored, name)


def places_seen_in(version: EvidenceVersion) -> tuple[Place, ...]:
    """Where in the item's file its assessor saw it: a moment of a recording, or a page."""
    file = version.files.first()
    if file is None or not file.name.endswith((".wav", ".pdf")):
        return ()
    if file.name.endswith(".wav"):
        return (Place(MarkerKind.TIME, file.pk, 1, 2, note="how the call is opened"),)
    return (Place(MarkerKind.PAGE, file.pk, 1, note="second paragraph"),)
