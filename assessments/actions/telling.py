"""Whom each verb tells, in what words, and where the link lands. Called by the verb, in its transaction.

A line names a unit by its code, an item by its number and, to staff, the candidate by the name used on screen: never
what was said of the work, for lines go by e-mail as well. What somebody has acted on they need not be told any more.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.urls import reverse
from django.utils import timezone

from assessments.enums import AllocatedAs, UnitStatus, Verdict
from assessments.models import (
    Action,
    Activity,
    Alarm,
    Appeal,
    AssessmentPlan,
    CentreAction,
    Decision,
    Enrolment,
    Evidence,
    EvidenceFile,
    EvidenceVersion,
    Exercise,
    Mapping,
    Meeting,
    QuestionSet,
    Registration,
    Review,
    Sample,
    Testimony,
)
from assessments.models.enrolment import ASSESSOR_SIGNED
from assessments.queries.alike import Alike
from portfolio import notices
from portfolio.enums import Role, Told
from portfolio.models import User, holders
from portfolio.notices import News
from portfolio.rules import VERIFYING

Moment = datetime.datetime
PARTS = {
    AllocatedAs.ASSESSOR: "You assess this unit.",
    AllocatedAs.COUNTERSIGNER: "You countersign this unit.",
    AllocatedAs.VERIFIER: "You verify this unit.",
}


# --- where things are, and what they are called ----------------------------------------------------------------------


def unit_place(enrolment_id: int, spot: str = "") -> str:
    """The page of a unit, at a spot of it."""
    return reverse("assessments:enrolment", args=[enrolment_id]) + (f"#{spot}" if spot else "")


def item_place(evidence_id: int, spot: str, *, version: int | None = None) -> str:
    """The page of an item, at a spot of it; of the version with that number, else of the one in force."""
    asked = f"?version={version}" if version else ""
    return f"{reverse('assessments:evidence', args=[evidence_id])}{asked}#{spot}"


def code(enrolment: Enrolment) -> str:
    """What a unit is called to its candidate."""
    return enrolment.unit.short_code


def whose(enrolment: Enrolment) -> str:
    """What a unit is called to staff."""
    return f"{enrolment.candidate.name}: {code(enrolment)}"


def item_name(evidence: Evidence) -> str:
    """What an item is called, without its title."""
    return f"Evidence {evidence.number}" if evidence.number else "Your draft"


# --- an item ---------------------------------------------------------------------------------------------------------


def handed_in(version: EvidenceVersion, by: User, at: Moment) -> None:
    """The assessor of each unit in which something of the item waits since this moment."""
    evidence = version.evidence
    notices.settle(evidence, by, at)
    place = reverse("assessments:judge", args=[version.pk])
    for assessor, units in waiting_for(evidence, at).items():
        subject = f"{evidence.candidate.name}: {item_name(evidence)}, {' '.join(map(code, units))}"
        news = News(Told.HANDED_IN, subject, "Handed in, to be assessed.", place, evidence)
        notices.tell(news, [assessor], evidence.centre, by, at)


def waiting_for(evidence: Evidence, at: Moment) -> dict[User, list[Enrolment]]:
    """Whom the item's mappings have waited for since a moment, with the units. One query."""
    waiting = Mapping.objects.filter(evidence=evidence, taken_back_at=None, waiting_since=at).values("enrolment")
    found: dict[User, list[Enrolment]] = defaultdict(list)
    units = Enrolment.objects.filter(pk__in=waiting).select_related("unit", "assessor")
    for enrolment in units.order_by("unit__short_code", "pk"):
        found[enrolment.assessor].append(enrolment)
    return found


def recorded(version: EvidenceVersion, by: User, at: Moment) -> None:
    """The candidate, that a record of their assessor's waits to be acknowledged."""
    evidence = version.evidence
    sentence = "Your assessor has made a record of your work: read it, and acknowledge it."
    news = News(Told.RECORDED, item_name(evidence), sentence, item_place(evidence.pk, "files"), evidence)
    notices.tell(news, [evidence.candidate.user], evidence.centre, by, at)


def acknowledged(version: EvidenceVersion, sentence: str, by: User, at: Moment) -> None:
    """The assessor who made a record, that its candidate has answered it."""
    evidence = version.evidence
    notices.settle(evidence, by, at)
    subject = f"{evidence.candidate.name}: {item_name(evidence)}"
    news = News(Told.ACKNOWLEDGED, subject, sentence, item_place(evidence.pk, "said"), evidence)
    notices.tell(news, [evidence.author], evidence.centre, by, at)


def of_plan(plan: AssessmentPlan, sentence: str, by: User, at: Moment) -> None:
    """The other of the two who agree an assessment plan, and a review of it."""
    notices.settle(plan, by, at)
    place, candidate = reverse("assessments:plan", args=[plan.pk]), plan.candidate
    to_staff = News(Told.PLAN, f"{candidate.name}: {plan.title}", sentence, place, plan)
    notices.tell(to_staff, [plan.assessor], plan.centre, by, at)
    notices.tell(replace(to_staff, subject=plan.title), [candidate.user], plan.centre, by, at)


def of_appeal(appeal: Appeal, sentence: str, people: Iterable[User | None], by: User, at: Moment) -> None:
    """Those an appeal concerns at this point of it: its candidate, whoever hears it, or the centre's office."""
    notices.settle(appeal, by, at)
    enrolment = appeal.enrolment
    candidate, place = enrolment.candidate_user, reverse("assessments:appeal", args=[appeal.pk])
    told = {person.pk: person for person in people if person}
    own = told.pop(candidate.pk, None)
    to_staff = News(Told.APPEAL, whose(enrolment), sentence, place, appeal)
    notices.tell(to_staff, told.values(), enrolment.centre, by, at)
    notices.tell(replace(to_staff, subject=code(enrolment)), [own], enrolment.centre, by, at)


def office_of(enrolment: Enrolment, at: Moment) -> list[User]:
    """The centre's administrators and lead verifiers."""
    day = timezone.localdate(at)
    return [
        user for role in (Role.ADMINISTRATOR, Role.LEAD_VERIFIER) for user in holders(enrolment.centre_id, role, day)
    ]


def reviewed(reading: Review, decisions: Sequence[Decision], by: User, at: Moment) -> None:
    """The candidate."""
    evidence = reading.version.evidence
    notices.settle(evidence, by, at)
    more = any(decision.verdict != Verdict.MET for decision in decisions)
    kind, sentence = Told.FEEDBACK, "Your assessor has assessed it."
    if reading.returned:
        kind, sentence = Told.RETURNED, "Your assessor has returned it, with what is missing."
    elif more:
        sentence = "Your assessor has assessed it, and asks for more."
    news = News(kind, item_name(evidence), sentence, item_place(evidence.pk, f"reading-{reading.pk}"), evidence)
    notices.tell(news, [evidence.candidate.user], evidence.centre, by, at)


def item_withdrawn(version: EvidenceVersion, by: User, at: Moment) -> None:
    """The candidate, where somebody else withdrew it."""
    evidence = version.evidence
    notices.settle(evidence, by, at)
    place = item_place(evidence.pk, "said")
    news = News(Told.RETURNED, item_name(evidence), "It was withdrawn, with the reason on record.", place, evidence)
    notices.tell(news, [evidence.candidate.user], evidence.centre, by, at)


def kept_safe(file: EvidenceFile, done: str, by: User, at: Moment) -> None:
    """The candidate: `done` says what was done to a file of theirs, e.g. "put in quarantine"."""
    evidence = file.version.evidence
    place = item_place(evidence.pk, "files")
    news = News(Told.FILE, item_name(evidence), f"A file of it was {done}.", place, evidence)
    notices.tell(news, [evidence.candidate.user], evidence.centre, by, at)


def redacted(file: EvidenceFile, by: User, at: Moment) -> None:
    """The candidate; and the verifier of each unit in which the file was signed over."""
    kept_safe(file, "replaced by a redacted one", by, at)
    mapped = Mapping.objects.filter(evidence=file.version.evidence_id, taken_back_at=None).values("enrolment")
    units = Enrolment.objects.filter(pk__in=mapped).select_related("unit", "candidate", "centre", "verifier")
    for enrolment in units:
        if enrolment.status in ASSESSOR_SIGNED:
            sentence = "A file was redacted after it was signed: see whether the signatures still count."
            tell_unit(Told.CHANGED, enrolment, whose(enrolment), sentence, [enrolment.verifier], by, at, "signatures")


def answered_by_witness(testimony: Testimony, sentence: str, at: Moment) -> None:
    """The candidate who asked."""
    evidence = testimony.version.evidence
    place = item_place(evidence.pk, "witnesses", version=testimony.version.number)
    news = News(Told.WITNESS, item_name(evidence), sentence, place, evidence)
    notices.tell(news, [evidence.candidate.user], evidence.centre, None, at)


def set_offered(found: QuestionSet, *, but: Iterable[int], by: User, at: Moment) -> None:
    """The centre's verifiers, but for those who wrote the questions: a set waits to be verified."""
    own, day = set(but), timezone.localdate(at)
    verifiers = [user for role in VERIFYING for user in holders(found.centre_id, role, day) if user.pk not in own]
    tell_of_set(found, "Waits to be verified.", verifiers, by, at)


def of_set(found: QuestionSet, sentence: str, by: User, at: Moment) -> None:
    """Whoever wrote a set: what became of it."""
    tell_of_set(found, sentence, [found.author], by, at)


def tell_of_set(found: QuestionSet, sentence: str, people: Iterable[User], by: User, at: Moment) -> None:
    """One line about a set to some people. Whoever acts on it has seen what they were told of it."""
    notices.settle(found, by, at)
    place = reverse("assessments:question_set", args=[found.pk])
    news = News(Told.QUESTIONS, f"{found.unit.short_code}: {found}", sentence, place, found)
    notices.tell(news, people, found.centre, by, at)


# --- a unit ----------------------------------------------------------------------------------------------------------


def tell_unit(
    kind: Told,
    enrolment: Enrolment,
    subject: str,
    sentence: str,
    people: Iterable[User | None],
    by: User,
    at: Moment,
    spot: str = "",
) -> None:
    """One line about a unit to some people."""
    news = News(kind, subject, sentence, unit_place(enrolment.pk, spot), enrolment)
    notices.tell(news, people, enrolment.centre, by, at)


def begun(enrolment: Enrolment, by: User, at: Moment) -> None:
    """Everybody who will work on the unit."""
    sentence = "You are enrolled on this unit."
    tell_unit(Told.ALLOCATION, enrolment, code(enrolment), sentence, [enrolment.candidate_user], by, at)
    parts = {
        AllocatedAs.ASSESSOR: enrolment.assessor,
        AllocatedAs.COUNTERSIGNER: enrolment.countersigner,
        AllocatedAs.VERIFIER: enrolment.verifier,
    }
    for part, person in parts.items():
        tell_unit(Told.ALLOCATION, enrolment, whose(enrolment), PARTS[part], [person], by, at, "people")


def allocated(
    enrolment: Enrolment, part: AllocatedAs, before: User | None, to: User | None, by: User, at: Moment
) -> None:
    """Whoever has the part now, and the candidate of a new assessor. Whoever had it forgets what they were told."""
    if before:
        items = Evidence.objects.filter(mappings__enrolment=enrolment).distinct()
        alarms = Alarm.objects.filter(sample__enrolment=enrolment)
        notices.take_back(before, [enrolment, *items, *alarms])
    tell_unit(Told.ALLOCATION, enrolment, whose(enrolment), PARTS[part], [to], by, at, "people")
    if part == AllocatedAs.ASSESSOR:
        sentence = "Somebody else assesses this unit now."
        tell_unit(Told.ALLOCATION, enrolment, code(enrolment), sentence, [enrolment.candidate_user], by, at, "people")


def paused(enrolment: Enrolment, sentence: str, by: User, at: Moment) -> None:
    """Everybody who works on the unit: it was suspended, resumed or left."""
    notices.settle(enrolment, by, at)
    staff = [enrolment.assessor, enrolment.countersigner, enrolment.verifier]
    tell_unit(Told.PAUSED, enrolment, code(enrolment), sentence, [enrolment.candidate_user], by, at)
    tell_unit(Told.PAUSED, enrolment, whose(enrolment), sentence, staff, by, at)


def moved_on(earlier: Enrolment, later: Enrolment, by: User, at: Moment) -> None:
    """Everybody who works on the unit: it goes on in a new version."""
    notices.settle(earlier, by, at)
    name = f"version {later.unit.version}"
    sentence = f"It goes on in {name}: your evidence came along, and what was accepted is confirmed anew."
    tell_unit(Told.PAUSED, later, code(later), sentence, [later.candidate_user], by, at)
    staff = [later.assessor, later.countersigner, later.verifier]
    tell_unit(Told.PAUSED, later, whose(later), f"It goes on in {name}, with its evidence.", staff, by, at)


def declared(enrolment: Enrolment, by: User, at: Moment) -> None:
    """The assessor, who signs next."""
    notices.settle(enrolment, by, at)
    sentence = "Declared complete by the candidate, to be signed off."
    tell_unit(Told.DECLARED, enrolment, whose(enrolment), sentence, [enrolment.assessor], by, at)


def came_back(enrolment: Enrolment, sentence: str, staff: Iterable[User | None], by: User, at: Moment) -> None:
    """The candidate, and these of the staff: the unit is open for evidence again."""
    notices.settle(enrolment, by, at)
    own = [enrolment.candidate_user]
    tell_unit(Told.UNIT_BACK, enrolment, code(enrolment), sentence, own, by, at, "came-back")
    tell_unit(Told.UNIT_BACK, enrolment, whose(enrolment), sentence, staff, by, at, "came-back")


def handed_back(enrolment: Enrolment, by: User, at: Moment) -> None:
    """The assessor, whose signature was voided."""
    notices.settle(enrolment, by, at)
    sentence = "Handed back by its countersigner, with the reason."
    tell_unit(Told.UNIT_BACK, enrolment, whose(enrolment), sentence, [enrolment.assessor], by, at, "came-back")


def signed_off(enrolment: Enrolment, by: User, at: Moment) -> None:
    """Whoever signs next: the countersigner, else the verifier. Once signed off, those who signed before as well."""
    notices.settle(enrolment, by, at)
    if enrolment.status == UnitStatus.AWAITING_COUNTERSIGNATURE:
        sentence = "Signed by its assessor, to be countersigned."
        tell_unit(Told.TO_COUNTERSIGN, enrolment, whose(enrolment), sentence, [enrolment.countersigner], by, at)
        return
    own, assessor = [enrolment.candidate_user], [enrolment.assessor]
    tell_unit(Told.UNIT_SIGNED, enrolment, code(enrolment), "Signed off.", own, by, at, "signatures")
    tell_unit(Told.UNIT_SIGNED, enrolment, whose(enrolment), "Signed off.", assessor, by, at, "signatures")
    sentence = "Signed off, to be sampled and verified."
    tell_unit(Told.SIGNED_OFF, enrolment, whose(enrolment), sentence, [enrolment.verifier], by, at)


def verified(enrolment: Enrolment, by: User, at: Moment) -> None:
    """The candidate and the assessor; and the administrators, who can claim it."""
    notices.settle(enrolment, by, at)
    own, assessor = [enrolment.candidate_user], [enrolment.assessor]
    tell_unit(Told.UNIT_SIGNED, enrolment, code(enrolment), "Verified.", own, by, at, "signatures")
    tell_unit(Told.UNIT_SIGNED, enrolment, whose(enrolment), "Verified.", assessor, by, at, "signatures")
    to_claim(enrolment, "Verified, to be claimed.", by, at)


def to_claim(enrolment: Enrolment, sentence: str, by: User, at: Moment) -> None:
    """The centre's administrators."""
    office = holders(enrolment.centre_id, Role.ADMINISTRATOR, timezone.localdate(at))
    tell_unit(Told.TO_CLAIM, enrolment, whose(enrolment), sentence, office, by, at)


def certificated(enrolment: Enrolment, sentence: str, by: User, at: Moment) -> None:
    """The candidate: the certificate is on record, or was revoked."""
    notices.settle(enrolment, by, at)
    tell_unit(Told.UNIT_SIGNED, enrolment, code(enrolment), sentence, [enrolment.candidate_user], by, at)


def award_certificated(row: Registration, sentence: str, by: User, at: Moment) -> None:
    """The candidate: the certificate of a whole award is on record, was replaced, or was revoked."""
    place = reverse("assessments:award", args=[row.pk])
    notices.tell(
        News(Told.UNIT_SIGNED, str(row.qualification), sentence, place, row), [row.candidate.user], row.centre, by, at
    )


# --- verification ----------------------------------------------------------------------------------------------------


def sampled(sample: Sample, enrolment: Enrolment, by: User, at: Moment) -> None:
    """The assessor: a sample of their work was closed. Where it asks for something, they are told of the action."""
    notices.settle(sample, by, at)
    notices.settle(enrolment, by, at)
    if not sample.actions.exists():
        sentence = "Sampled by its internal verifier."
        assessor = [enrolment.assessor]
        tell_unit(Told.FINDING, enrolment, whose(enrolment), sentence, assessor, by, at, "looked-at")


def not_agreed(sample: Sample, enrolment: Enrolment, found: Alike, by: User, at: Moment) -> None:
    """Whoever verifies units in which the same assessor decided alike: to look at those as well.

    The sample's own verifier is among them, so that it stays with their news when they have left its page.
    """
    by_verifier = Counter(found.units.values())
    days = f"{found.since:%-d %B} to {found.until:%-d %B %Y}"
    own_page, own = reverse("assessments:sample", args=[sample.pk]) + "#alike", code(enrolment)
    for verifier in User.objects.filter(pk__in=by_verifier).order_by("pk"):
        count = by_verifier[verifier.pk]
        these = "1 other unit that you verify has" if count == 1 else f"{count} other units that you verify have"
        place = own_page
        if verifier != by:
            place = reverse("assessments:units_verified") + f"?assessor={min(found.assessors)}"
        sentence = f"Not agreed in a sample. {these} decisions of the same assessor, {days}: look at them too."
        notices.tell(News(Told.ALIKE, own, sentence, place, sample), [verifier], enrolment.centre, None, at)


def tell_action(action: Action, kind: Told, sentence: str, people: Iterable[User | None], by: User, at: Moment) -> None:
    """One line about an action to some people. Whoever acts on it has seen what they were told of it."""
    notices.settle(action, by, at)
    place = reverse("assessments:action", args=[action.pk])
    news = News(kind, whose(action.enrolment), sentence, place, action)
    notices.tell(news, people, action.enrolment.centre, by, at)


# --- beside sampling -------------------------------------------------------------------------------------------------


def of_activity(activity: Activity, sentence: str, people: Iterable[User | None], by: User, at: Moment) -> None:
    """Whose work it looks at, and who is to do it."""
    notices.settle(activity, by, at)
    place = reverse("assessments:activity", args=[activity.pk])
    news = News(Told.ACTIVITY, activity.get_kind_display(), sentence, place, activity)
    notices.tell(news, people, activity.centre, by, at)


def of_meeting(meeting: Meeting, people: Iterable[User | None], by: User, at: Moment) -> None:
    """Who was there, and who sent apologies."""
    place, sentence = reverse("assessments:meeting", args=[meeting.pk]), "The minutes are there to be read."
    notices.tell(News(Told.STANDARDISATION, str(meeting), sentence, place, meeting), people, meeting.centre, by, at)


def of_exercise(exercise: Exercise, sentence: str, people: Iterable[User | None], by: User, at: Moment) -> None:
    """Those who were asked to judge in an exercise, or whoever set it. Its candidate is not named."""
    place = reverse("assessments:exercise", args=[exercise.pk])
    subject = f"{exercise.title}, {exercise.unit.short_code}"
    notices.tell(News(Told.STANDARDISATION, subject, sentence, place, exercise), people, exercise.centre, by, at)


def of_centre_action(
    action: CentreAction, kind: Told, sentence: str, people: Iterable[User | None], by: User, at: Moment
) -> None:
    """One line about an action of the centre's. Whoever acts on it has seen what they were told of it."""
    notices.settle(action, by, at)
    place = reverse("assessments:centre_action", args=[action.pk])
    news = News(kind, str(action.meeting or action.activity or action.access), sentence, place, action)
    notices.tell(news, people, action.centre, by, at)
