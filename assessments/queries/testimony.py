"""What a witness sees by their link, and what a candidate sees of their witnesses."""

import datetime
import enum
from dataclasses import dataclass

from django.utils.crypto import constant_time_compare

from assessments.enums import ItemStatus, TestimonyState
from assessments.models import EvidenceVersion, Mapping, Testimony
from assessments.queries.evidence import MAY_SIGN
from portfolio import links
from portfolio.models import User
from units.models import Criterion

PURPOSE = "witness"


class Link(enum.Enum):
    """What becomes of a link."""

    OPEN = "open"
    UNKNOWN = "unknown"
    REPLACED = "replaced"
    EXPIRED = "expired"
    SIGNED = "signed"
    DECLINED = "declined"
    REVOKED = "revoked"
    TOO_LATE = "too_late"

    @classmethod
    def to(cls, testimony: Testimony, token: str, at: datetime.datetime) -> "Link":
        """What the token opens of this request. The testimony comes with its version."""
        if not constant_time_compare(testimony.token_digest, links.digest_of(token)):
            return cls.REPLACED
        state = testimony.state(at)
        if state not in MAY_SIGN:
            return cls(state.value)
        return cls.OPEN if testimony.version.status == ItemStatus.DRAFT else cls.TOO_LATE


@dataclass(frozen=True)
class WitnessPage:
    """What a link leads to: the request with its criteria while it is open, else only what became of it."""

    link: Link
    testimony: Testimony | None = None

    @property
    def criteria(self) -> list[Criterion]:
        """What the witness is asked about. Reads no more than was read."""
        return [row.criterion for row in self.testimony.criteria.all()] if self.testimony else []


def link_of(token: str, at: datetime.datetime) -> WitnessPage:
    """What becomes of a link, in three queries; in none where it is none of ours."""
    pk = links.record_of(token, PURPOSE)
    rows = Testimony.objects.select_related("version__evidence__candidate", "version__evidence__centre")
    testimony = rows.prefetch_related("criteria__criterion__unit").filter(pk=pk).first() if pk else None
    if testimony is None:
        return WitnessPage(Link.UNKNOWN)
    found = Link.to(testimony, token, at)
    return WitnessPage(found, testimony if found == Link.OPEN else None)


def criteria_asked_about(version: EvidenceVersion) -> list[Criterion]:
    """The criteria the item is mapped to, in the specification's order: what a witness can be asked about."""
    rows = Mapping.objects.filter(evidence=version.evidence_id, taken_back_at=None).select_related("criterion__unit")
    return [row.criterion for row in rows.order_by("enrolment__unit__short_code", "criterion__position")]


def asked_before(version: EvidenceVersion) -> Testimony | None:
    """The latest witness of an earlier version of the item: whom a new version asks again."""
    return Testimony.objects.filter(version__evidence=version.evidence_id).order_by("-pk").first()


def request_of(user: User, pk: int) -> Testimony:
    """A request of the candidate's own. Raises Testimony.DoesNotExist for everybody else's."""
    return Testimony.objects.select_related("version__evidence").get(pk=pk, version__evidence__candidate__user=user)


@dataclass(frozen=True)
class WitnessLine:
    """A witness as the candidate sees them: how far they have come, and what can be done about it."""

    testimony: Testimony
    state: TestimonyState
    wanted: bool


def witness_lines(testimonies: list[Testimony], at: datetime.datetime) -> list[WitnessLine]:
    """The witnesses of a version, in the order in which they were asked."""
    open_to_change = (*MAY_SIGN, TestimonyState.EXPIRED)
    lines = [(row, row.state(at)) for row in testimonies]
    return [WitnessLine(row, state, state in open_to_change) for row, state in lines]
