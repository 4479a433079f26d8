"""Whether a printed form is genuine and current, for whoever holds it in hand and has no sign-in.

The paper says by its reference, or its PDF by its bytes, which issued document it claims to be. What is told is only
what lets the holder hold it against the paper: the form, the unit, the centre, the day and the candidate's initials.
Never a name, a number, a mark, or why a record has changed.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.module_loading import import_string

from portfolio import canonical, references
from portfolio.enums import DocumentStatus, FormStands
from portfolio.models import Document

DIGEST_SHOWN = 12
"""How many characters of the facts' digest stand at the foot of a form."""

_tellers: dict[str, str] = {}


@dataclass(frozen=True)
class Told:
    """What the floor that knows the record tells of a form."""

    form: str
    unit: str
    initials: str
    stands: FormStands
    newer_on: datetime.date | datetime.datetime | None = None
    """When a newer form was issued in its place."""


@dataclass(frozen=True)
class Sealed:
    """What the certificate says with which the PDF was sealed."""

    subject: str
    issuer: str
    fingerprint: str
    until: datetime.date
    time_stamped: bool


@dataclass(frozen=True)
class Answer:
    """What whoever asks is told of a genuine form."""

    reference: str
    centre: str
    issued_at: datetime.datetime
    digest: str
    told: Told
    seal: Sealed | None = None


def teller(subject_kind: str, dotted_path: str) -> None:
    """Say who tells of issued documents of records of this kind.

    `dotted_path` names a function `(document) -> Told` of the floor that knows the records, which calls this from its
    `AppConfig.ready`. Of a kind without a teller nothing is told.
    """
    _tellers[subject_kind] = dotted_path


def by_reference(reference: str) -> Answer | None:
    """What is told of the form with this reference, as `references.read` reads it; None where none was issued."""
    return answer(Document.objects.filter(reference=reference).exclude(reference=""))


def by_bytes(sha256: str) -> Answer | None:
    """What is told of the form whose PDF has this digest: it is, byte for byte, the one that was issued."""
    return answer(Document.objects.filter(stored__sha256=sha256, issued=True))


def digest_of(chunks: Iterable[bytes]) -> str:
    """SHA-256 of a file, in hexadecimal; nothing of it is kept."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def answer(found: QuerySet[Document]) -> Answer | None:
    document = found.filter(status=DocumentStatus.READY).select_related("centre").first()
    path = _tellers.get(document.subject_kind) if document else None
    if document is None or path is None:
        return None
    tell: Callable[[Document], Told] = import_string(path)
    return Answer(
        reference=references.grouped(document.reference),
        centre=str(document.centre),
        issued_at=document.asked_at,
        digest=foot_digest(document),
        told=tell(document),
        seal=sealed(document),
    )


def sealed(document: Document) -> Sealed | None:
    """The seal of the PDF as it was issued; a printout, or a copy that was saved anew, has none."""
    told = document.seal
    return Sealed(**{**told, "until": datetime.date.fromisoformat(told["until"])}) if told else None


def foot_digest(document: Document) -> str:
    """The characters at the foot of the form: of all its facts but the foot itself."""
    facts = {name: value for name, value in document.facts.items() if name != "foot"}
    return canonical.digest(facts)[:DIGEST_SHOWN]


def initials(name: str) -> str:
    """`C. N.`: enough for who holds the paper to see that it is the same person, and to tell nobody else who."""
    return " ".join(f"{word[0].upper()}." for word in name.replace("-", " ").split())
