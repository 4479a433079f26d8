"""A small centre for tests, and candidates' work at any point of the journey: all born through the real verbs."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from assessments.actions import claims, judgement, verification
from assessments.actions import enrolment as enrolments
from assessments.actions import evidence as items
from assessments.actions.access import give_access
from assessments.actions.checks import Checked, Checks
from assessments.actions.leaves import LeafTarget
from assessments.actions.simulation import approve_simulation
from assessments.enums import CheckedFor, CheckResult, Setting, Verdict
from assessments.models import Enrolment, EvidenceVersion, ExternalAccess, SimulationApproval
from assessments.queries.leaves import leaves_in
from portfolio import signing, vault
from portfolio.enums import QualificationKind, Role
from portfolio.models import CandidateRecord, Centre, RoleGrant, Signature, User
from portfolio.testing import a_candidate, a_centre, a_staff_member, address_of, an_administrator, qualified
from units.actions import approve
from units.models import AwardingBody, Unit

LONG_AGO = datetime.date(2020, 1, 31)


@dataclass(frozen=True)
class House:
    """A centre with everybody a unit needs, and a stranger of each part."""

    centre: Centre
    administrator: User
    assessor: User
    other_assessor: User
    trainee: User
    verifier: User
    other_verifier: User
    lead: User
    candidate: CandidateRecord
    other_candidate: CandidateRecord


def a_house(name: str = "Northgate Centre") -> House:
    """The standard loaded, the centre approved by both awarding bodies, and its people invited."""
    if not Unit.objects.exists():
        call_command("load_standard", verbosity=0)
    centre = a_centre(name)
    town = name.split()[0]
    administrator = an_administrator(centre, f"{town} Admin")
    for body in AwardingBody.objects.all():
        approve(centre=centre, awarding_body=body, centre_number="12345", by=administrator, at=timezone.now())

    def an_assessor(first_name: str, *, award: bool) -> User:
        staff = a_staff_member(centre, f"{first_name} {town}", Role.ASSESSOR)
        if award:
            qualified(staff, QualificationKind.TAQA, Role.ASSESSOR, LONG_AGO)
        return staff.user

    return House(
        centre=centre,
        administrator=administrator,
        assessor=an_assessor("Asha", award=True),
        other_assessor=an_assessor("Aled", award=True),
        trainee=an_assessor("Tomasz", award=False),
        verifier=a_staff_member(centre, f"Vera {town}", Role.INTERNAL_VERIFIER).user,
        other_verifier=a_staff_member(centre, f"Viktor {town}", Role.INTERNAL_VERIFIER).user,
        lead=a_staff_member(centre, f"Lena {town}", Role.LEAD_VERIFIER).user,
        candidate=a_candidate(centre, f"Cara {town}", number="10000001"),
        other_candidate=a_candidate(centre, f"Colin {town}", number="10000002"),
    )


def an_external(
    house: House,
    name: str = "Eve External",
    *,
    code: str = "ocr",
    keys: Sequence[str] = (),
    days: int = 14,
    may_download: bool = True,
) -> ExternalAccess:
    """Somebody whom an awarding body sends to look, from today on, at these units: all of the body's where none is
    named."""
    today = timezone.localdate()
    return give_access(
        centre=house.centre,
        email=address_of(f"{name} {house.centre.slug}"),
        name=name,
        awarding_body=AwardingBody.objects.get(code=code),
        units=[a_unit(key) for key in keys],
        starts_on=today,
        ends_on=today + datetime.timedelta(days=days - 1),
        may_download=may_download,
        reference="Visit of spring",
        by=house.administrator,
        at=timezone.now(),
    )


def whose_days_are_over(access: ExternalAccess) -> ExternalAccess:
    """The same account when its last day was yesterday: nothing is run for that."""
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    RoleGrant.objects.filter(pk=access.grant_id).update(starts_on=yesterday, ends_on=yesterday)
    access.refresh_from_db()
    return access


def a_unit(key: str = "ocr-cc26", version: int | None = None) -> Unit:
    """A version of a unit in use, the earliest where none is named."""
    found = Unit.objects.published().filter(key=key).select_related("awarding_body")
    return found.get(version=version) if version else found.earliest("version")


def an_enrolment(
    house: House,
    key: str = "ocr-cc26",
    *,
    candidate: CandidateRecord | None = None,
    assessor: User | None = None,
    countersigner: User | None = None,
    verifier: User | None = None,
    version: int | None = None,
) -> Enrolment:
    """A candidate enrolled on a unit; with the trainee as assessor, the qualified one countersigns."""
    assessor = assessor or house.assessor
    if assessor == house.trainee and countersigner is None:
        countersigner = house.assessor
    return enrolments.enrol(
        candidate=candidate or house.candidate,
        unit=a_unit(key, version),
        assessor=assessor,
        verifier=verifier or house.verifier,
        countersigner=countersigner,
        started_on=timezone.localdate(),
        target_on=None,
        by=house.administrator,
        at=timezone.now(),
    )


def targets(enrolment: Enrolment, *numbers: str) -> list[claims.Target]:
    """The unit's criteria with these numbers (all when none is given) as targets of a mapping."""
    criteria = enrolment.unit.criteria.filter(number__in=numbers) if numbers else enrolment.unit.criteria.all()
    return [claims.Target(enrolment.pk, criterion.pk) for criterion in criteria]


def leaves(enrolment: Enrolment, *paths: str) -> list[LeafTarget]:
    """The leaves of the unit's evidence requirements at these places (all when none is given): most units have none."""
    found = leaves_in([enrolment])[enrolment.pk].leaves
    return [LeafTarget(enrolment.pk, leaf.pk) for leaf in found if leaf.path in paths or not paths]


def described(title: str = "Call handling review") -> items.Described:
    return items.Described(
        title=title, description="I reviewed the calls of my team.", activity_on=timezone.localdate()
    )


def a_file(centre: Centre, text: str = "What I did that week.", name: str = "notes.txt") -> items.NamedFile:
    """A small text file, stored in the centre's vault."""
    stored = vault.store(centre=centre, file=ContentFile(text.encode(), name=name), name=name, at=timezone.now())
    return items.NamedFile(stored, name)


def a_draft(
    enrolment: Enrolment, *numbers: str, words: items.Described | None = None, files: Sequence[items.NamedFile] = ()
) -> EvidenceVersion:
    """An item being prepared, with a file, mapped to criteria of the unit.

    When none is given: to all, and shown to cover all of its evidence requirements.
    """
    return items.add_evidence(
        candidate=enrolment.candidate,
        described=words or described(),
        files=files or [a_file(enrolment.centre)],
        targets=targets(enrolment, *numbers),
        shows=() if numbers else leaves(enrolment),
        by=enrolment.candidate_user,
        at=timezone.now(),
    )


def handed_in(enrolment: Enrolment, *numbers: str, words: items.Described | None = None) -> EvidenceVersion:
    """An item waiting to be read."""
    return items.submit(
        version=a_draft(enrolment, *numbers, words=words), by=enrolment.candidate_user, at=timezone.now()
    )


def judged(
    version: EvidenceVersion,
    enrolment: Enrolment,
    verdict: Verdict = Verdict.MET,
    *numbers: str,
    at: datetime.datetime | None = None,
) -> EvidenceVersion:
    """The item read by the unit's assessor, with one verdict on these criteria (all it is mapped to when none)."""
    mapped = version.evidence.mappings.filter(enrolment=enrolment, taken_back_at=None)
    if numbers:
        mapped = mapped.filter(criterion__number__in=numbers)
    feedback = "" if verdict == Verdict.MET else "Tell me what came of it."
    judgement.review(
        version=version,
        rules=judgement.RulesOfEvidence(),
        decisions=[judgement.Judged(enrolment.pk, row.criterion_id, verdict, feedback) for row in mapped],
        feedback="",
        returned=False,
        seen_at_location=False,
        by=enrolment.assessor,
        at=at or timezone.now(),
    )
    version.refresh_from_db()
    return version


def met(enrolment: Enrolment) -> Enrolment:
    """Every criterion of the unit met by one item."""
    judged(handed_in(enrolment), enrolment)
    return enrolment


def declared(enrolment: Enrolment) -> Enrolment:
    return judgement.declare(enrolment=met(enrolment), by=enrolment.candidate_user, at=timezone.now())


def signed_off(enrolment: Enrolment) -> Enrolment:
    """Signed off by its assessor: awaiting countersignature where that is needed."""
    return judgement.sign_off(
        enrolment=declared(enrolment), comments="Consistent over time.", by=enrolment.assessor, at=timezone.now()
    )


def sampled(enrolment: Enrolment) -> Enrolment:
    """Signed off, and sampled without an action."""
    enrolment = signed_off(enrolment)
    sample = verification.plan_sample(
        enrolment=enrolment, reason="First unit of a new candidate.", by=enrolment.verifier, at=timezone.now()
    )
    verification.close_sample(
        sample=sample,
        checks=all_well(),
        criteria=[target.criterion_id for target in targets(enrolment)][:3],
        feedback="",
        wanted="",
        due_on=None,
        by=enrolment.verifier,
        at=timezone.now(),
    )
    return enrolment


def all_well(answers: Mapping[int, Checked] | None = None) -> Checks:
    """Every check of a sample answered yes, with these answers to the centre's questions."""
    return Checks({about.value: Checked(CheckResult.YES) for about in CheckedFor}, answers or {})


def verified(enrolment: Enrolment) -> Enrolment:
    return verification.verify(enrolment=sampled(enrolment), by=enrolment.verifier, at=timezone.now())


def approved_simulation(enrolment: Enrolment, *numbers: str) -> SimulationApproval:
    """Approved today for tomorrow, for these criteria (all when none is given)."""
    return approve_simulation(
        enrolment=enrolment,
        what="A call with an angry customer.",
        reason="None came up in three months.",
        criteria=[target.criterion_id for target in targets(enrolment, *numbers)],
        planned_on=timezone.localdate() + datetime.timedelta(days=1),
        by=enrolment.verifier,
        at=timezone.now(),
    )


def simulated(title: str = "Call handling review") -> items.Described:
    """What a candidate says of a simulation of tomorrow."""
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    return replace(described(title), setting=Setting.SIMULATED, activity_on=tomorrow)


def returned(version: EvidenceVersion, enrolment: Enrolment) -> EvidenceVersion:
    """The item sent back to its candidate by the unit's assessor, with a question."""
    judgement.review(
        version=version,
        rules=judgement.RulesOfEvidence(),
        decisions=[],
        feedback="Which week was that?",
        returned=True,
        seen_at_location=False,
        by=enrolment.assessor,
        at=timezone.now(),
    )
    version.refresh_from_db()
    return version


def a_signature(house: House, signer: User) -> Signature:
    """One that stands on nothing yet."""
    return signing.sign(
        by=signer,
        role=Role.ASSESSOR,
        name=str(signer),
        centre=house.centre,
        statement=signing.current_statement("verify"),
        scheme=1,
        digest="0" * 64,
        at=timezone.now(),
    )
