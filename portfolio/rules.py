"""Who is qualified, and whom news concerns: pure predicates, no reads, no writes, no clock.

A refusal is a sentence; an empty list means go.
"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Protocol

from portfolio.enums import InductionTopic, QualificationKind, Role, Told

QUALIFIES: Mapping[Role, frozenset[QualificationKind]] = {
    Role.ASSESSOR: frozenset(
        {
            QualificationKind.D32_D33,
            QualificationKind.A1,
            QualificationKind.A2,
            QualificationKind.TAQA,
            QualificationKind.LD9DI,
        }
    ),
    Role.INTERNAL_VERIFIER: frozenset(
        {QualificationKind.D34, QualificationKind.V1, QualificationKind.IQA, QualificationKind.LD11}
    ),
}
"""Which awards qualify for which role: D32/D33, A1/A2 and TAQA (since 2011) to assess, D34, V1 and the Level 4 IQA
award to verify. Source: https://cqmltd.co.uk/internal-quality-assurance-policy-strategy/ and
http://www.protechtraining.co.uk/quality_assurance_training. L&D9DI and L&D11 are SQA's own equivalents.
"""

QUALIFIED_AS: Mapping[Role, Role] = {Role.LEAD_VERIFIER: Role.INTERNAL_VERIFIER}
"""A lead verifier is an internal verifier whom the centre puts in charge: the same awards count."""

VERIFYING = (Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER)
"""Those who verify at a centre."""
LOOKING = (*VERIFYING, Role.EXTERNAL_VERIFIER)
"""Those who look at how it samples."""
OVERSEEING = (*VERIFYING, Role.ADMINISTRATOR)
"""Those who account for how its work was verified, and are told what its external verifiers do."""
RUNNING = (Role.ADMINISTRATOR, Role.LEAD_VERIFIER)
"""Those who run a centre: they see all of its units."""
STAFF_ROLES = (Role.ASSESSOR, Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER, Role.ADMINISTRATOR)
READERS = (*STAFF_ROLES, Role.EXTERNAL_VERIFIER)
"""Those who read what is about no single candidate: meetings, activities, standardisation."""
IN_CHARGE = (Role.LEAD_VERIFIER, Role.ADMINISTRATOR)
"""Those who speak for a centre to its awarding bodies."""

NEVER_LEFT_OUT = (InductionTopic.APPEALS, InductionTopic.PRIVACY)
"""What every induction goes through. Candidates hear of the appeals procedure from the start
(https://aslearning.moodle.tituslearning.com/course/view.php?id=235&section=16); data protection law wants the privacy
notice when data is first collected.
"""

CONCERNS: Mapping[Told, tuple[Role, ...]] = {
    Told.FEEDBACK: (Role.CANDIDATE,),
    Told.RETURNED: (Role.CANDIDATE,),
    Told.RECORDED: (Role.CANDIDATE,),
    Told.ACKNOWLEDGED: (Role.ASSESSOR,),
    Told.PLAN: (Role.CANDIDATE, Role.ASSESSOR),
    Told.APPEAL: (Role.CANDIDATE, *STAFF_ROLES),
    Told.UNIT_BACK: (Role.CANDIDATE, Role.ASSESSOR, *VERIFYING),
    Told.UNIT_SIGNED: (Role.CANDIDATE, Role.ASSESSOR),
    Told.WITNESS: (Role.CANDIDATE,),
    Told.LINK_ENDING: (Role.CANDIDATE,),
    Told.INDUCTION: (Role.CANDIDATE,),
    Told.TARGET: (Role.CANDIDATE, Role.ASSESSOR),
    Told.FILE: (Role.CANDIDATE,),
    Told.ALLOCATION: (Role.CANDIDATE, Role.ASSESSOR, *VERIFYING),
    Told.PAUSED: (Role.CANDIDATE, Role.ASSESSOR, *VERIFYING),
    Told.HANDED_IN: (Role.ASSESSOR,),
    Told.WAITING: (Role.ASSESSOR,),
    Told.DECLARED: (Role.ASSESSOR,),
    Told.TO_COUNTERSIGN: (Role.ASSESSOR,),
    Told.FINDING: (Role.ASSESSOR,),
    Told.ACTION: STAFF_ROLES,
    Told.ACTIVITY: (Role.ASSESSOR, *VERIFYING),
    Told.STANDARDISATION: STAFF_ROLES,
    Told.QUESTIONS: (Role.ASSESSOR, *VERIFYING),
    Told.ACTION_DUE: (*STAFF_ROLES, Role.EXTERNAL_VERIFIER),
    Told.SIGNED_OFF: VERIFYING,
    Told.ANSWERED: (*VERIFYING, Role.EXTERNAL_VERIFIER),
    Told.CHANGED: VERIFYING,
    Told.ALIKE: VERIFYING,
    Told.SAMPLE_OPEN: VERIFYING,
    Told.TO_CLAIM: (Role.ADMINISTRATOR,),
    Told.AWARD_DUE: (Role.ADMINISTRATOR, Role.LEAD_VERIFIER),
    Told.ROLE_ENDING: (Role.ADMINISTRATOR,),
    Told.DATA_REQUEST: (Role.ADMINISTRATOR,),
    Told.SEAL_ENDING: (Role.ADMINISTRATOR,),
    Told.EXTERNAL: OVERSEEING,
    Told.ACCESS: (Role.EXTERNAL_VERIFIER,),
}
"""Whom each kind of news concerns: what a person chooses from on their page "What I am told"."""


class Award(Protocol):
    """What the rules read of a staff qualification."""

    @property
    def kind(self) -> str: ...

    @property
    def role(self) -> str: ...

    @property
    def achieved_on(self) -> datetime.date | None: ...


def is_qualified(awards: Iterable[Award], role: Role, day: datetime.date) -> bool:
    """Whether one of the person's awards, achieved by that day, qualifies for the role.

    Until it does, an assessor's decisions wait for a countersignature. Source: City & Guilds' countersigning report
    form, http://www.cityandguilds.com/cps/rde/xchg/SID-D6AB05BF-92B88FD6/cgonline/hs.xsl/682.html, and sampling
    practice, https://www.elitecareconsultancy.com/iqa-sampling.
    """
    needed = QUALIFIED_AS.get(role, role)
    kinds = QUALIFIES.get(needed, frozenset())
    return any(
        award.achieved_on is not None and award.achieved_on <= day and award.role == needed and award.kind in kinds
        for award in awards
    )


def award_refusals(
    kind: QualificationKind,
    role: Role,
    achieved_on: datetime.date | None,
    target_on: datetime.date | None,
    today: datetime.date,
) -> list[str]:
    """Why an award cannot be recorded for a role with these dates."""
    refusals = []
    if kind not in QUALIFIES.get(role, frozenset()):
        refusals.append(
            f"{kind.label} does not qualify anybody as {role.label.lower()}: choose the role that award is for."
        )
    if achieved_on is None and target_on is None:
        refusals.append("Say when the qualification was achieved, or by when it will be.")
    if achieved_on is not None and achieved_on > today:
        refusals.append("The day of achievement lies ahead: leave it empty and give the day it is aimed at instead.")
    return refusals
