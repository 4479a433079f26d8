"""Witnesses for tests: asked by the real verb, found by the link in their letter."""

import re
from dataclasses import replace

from django.utils import timezone

from assessments.actions import evidence
from assessments.actions import testimony as testimonies
from assessments.actions.testimony import Asked, Said
from assessments.enums import EvidenceKind, WitnessStatus
from assessments.models import Enrolment, EvidenceVersion, Testimony
from assessments.testing import described, targets
from portfolio import signing
from portfolio.models import OutgoingMessage

LINK = re.compile(r"/witness/([^/\s]+)/")
SAID = Said(
    statement="She took the call, listened, and rang back within the hour.",
    place="The contact centre, second floor",
    seen_from=timezone.localdate(),
    own_relationship="Her team leader",
    status=WitnessStatus.EXPERT,
)


def a_testimony_draft(enrolment: Enrolment, *numbers: str) -> EvidenceVersion:
    """A draft of a witness testimony, without a file."""
    words = replace(described("What my team leader saw"), kind=EvidenceKind.WITNESS_TESTIMONY)
    return evidence.add_evidence(
        candidate=enrolment.candidate,
        described=words,
        files=[],
        targets=targets(enrolment, *(numbers or ("1.1", "1.2"))),
        by=enrolment.candidate_user,
        at=timezone.now(),
    )


def asking(version: EvidenceVersion, **otherwise: object) -> Asked:
    """What a candidate types when all is well."""
    criteria = list(version.evidence.mappings.filter(taken_back_at=None).values_list("criterion_id", flat=True))
    asked = Asked("Wyn Witness", "wyn@work.example", "My team leader", "The call of last Monday.", criteria)
    return replace(asked, **otherwise)  # type: ignore[arg-type]


def asked(version: EvidenceVersion, **otherwise: object) -> Testimony:
    """A witness asked."""
    candidate = version.evidence.candidate.user
    return testimonies.ask_witness(version=version, asked=asking(version, **otherwise), by=candidate, at=timezone.now())


def token_of(testimony: Testimony) -> str:
    """The newest link in a letter to the witness."""
    letter = OutgoingMessage.objects.filter(to=testimony.email).latest("pk")
    found = LINK.search(letter.body)
    assert found, letter.body
    return found[1]


def opened(testimony: Testimony) -> Testimony:
    return testimonies.open_request(token=token_of(testimony), at=timezone.now())


def signed(testimony: Testimony, said: Said = SAID) -> Testimony:
    """The witness has opened the link and signed."""
    opened(testimony)
    return testimonies.sign_testimony(
        token=token_of(testimony),
        said=said,
        name=testimony.name,
        statement=signing.current_statement(testimonies.STATEMENT),
        address="192.0.2.7",
        at=timezone.now(),
    )


def with_testimony(enrolment: Enrolment, *numbers: str, **otherwise: object) -> Testimony:
    """A draft with one testimony, signed."""
    return signed(asked(a_testimony_draft(enrolment, *numbers), **otherwise))
