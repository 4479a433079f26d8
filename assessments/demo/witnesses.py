"""Witnesses of the demonstration centre: asked by letter, and answering by the link in it."""

import datetime
import re

from assessments.actions import testimony
from assessments.actions.testimony import Asked, Said
from assessments.enums import WitnessStatus
from assessments.models import EvidenceVersion, Testimony
from portfolio import signing
from portfolio.models import OutgoingMessage

LINK = re.compile(r"/witness/([^/\s]+)/")
NAME, ADDRESS = "Bethan Hughes", "bethan.hughes@retail.example"


LATE_SHIFT = (
    "You sat beside me on the late shift when the booking system was down and I took the escalated calls. Please say "
    "what you saw me do."
)
FLOOR_WALK = (
    "In March you came round with me while I sat with the four new starters. Please say how I explained the new "
    "complaints procedure to them."
)


def ask(version: EvidenceVersion, request: str, at: datetime.datetime) -> Testimony:
    """The candidate asks their shift manager."""
    criteria = list(version.evidence.mappings.values_list("criterion_id", flat=True))
    asked = Asked(
        name=NAME,
        email=ADDRESS,
        relationship="My shift manager",
        job_title="Shift manager",
        request=request,
        criteria=criteria,
    )
    return testimony.ask_witness(version=version, asked=asked, by=version.evidence.candidate.user, at=at)


def token_of(asked: Testimony) -> str:
    """The link in the newest letter to the witness. Raises ValueError where there is none."""
    letter = OutgoingMessage.objects.filter(to=asked.email, body__contains="/witness/").latest("pk")
    found = LINK.search(letter.body)
    if found is None:
        raise ValueError(f"The letter {letter.pk} holds no link.")
    return found[1]


def look_at(asked: Testimony, at: datetime.datetime) -> str:
    """The witness opens the link, and reads the request."""
    token = token_of(asked)
    testimony.open_request(token=token, at=at)
    return token


def sign(asked: Testimony, at: datetime.datetime) -> Testimony:
    """The witness opens the link, writes and signs."""
    token = look_at(asked, at)
    said = Said(
        statement="The system went down at about seven. She told the team what to say, took the three calls nobody "
        "else could settle, and rang each customer back before the end of the shift. I heard two of those calls. "
        "She stayed calm and wrote down what she had promised.",
        place="The contact centre, second floor",
        seen_from=(at - datetime.timedelta(days=9)).date(),
        own_relationship="Her shift manager",
        own_job_title="Shift manager",
        telephone="01632 960 118",
        status=WitnessStatus.EXPERT,
    )
    statement = signing.current_statement(testimony.STATEMENT)
    return testimony.sign_testimony(token=token, said=said, name=NAME, statement=statement, address="192.0.2.44", at=at)
