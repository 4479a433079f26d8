"""The press: documents made from records, outside the request, and each only once.

Whoever may see a record asks for its document with all the facts that it will show. The digest of those facts, with
everything else that shapes the page, is the document's key: asked for again, it is there already. An issued document
keeps its key whatever template or library comes later, so it is never rendered, nor sealed, again and stays what was
signed.

The worker sees only the facts, never the records, so what is printed is what stood when it was asked for.
"""

import datetime
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from io import BytesIO

from django.conf import settings
from django.core.files import File
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from portfolio import canonical, composing, manuscripts, pdf, references, seals, vault
from portfolio.canonical import JSON
from portfolio.enums import DocumentStatus
from portfolio.jobs import render_document
from portfolio.leases import lost
from portfolio.models import Centre, Document, Seal, StoredFile, User
from portfolio.refusal import Refusal

log = logging.getLogger(__name__)

# A rendering takes seconds: one that has been at it for longer than this was killed on the way.
LOST_AFTER = datetime.timedelta(minutes=10)
FAULT = (
    "The document could not be made because of a fault on the server, which has been noted. The record itself is safe. "
    "Try again; if that fails too, tell your centre administrator."
)

_guards: dict[str, str] = {}


@dataclass(frozen=True)
class Shown:
    """The record a document shows, as the way back to it: what it is called, its page by name, and whose page."""

    name: str
    page: str
    args: tuple[object, ...]


def guard(subject_kind: str, dotted_path: str) -> None:
    """Say who may fetch documents of records of this kind.

    `dotted_path` names a function `(user, document) -> Shown | None` of the floor that knows the records, which calls
    this from its `AppConfig.ready`: the record, or None for who may not see it or all that the document tells of it.
    Documents of a kind without a guard are fetched by nobody.
    """
    _guards[subject_kind] = dotted_path


def shown_by(document: Document, user: User) -> Shown | None:
    """The record that the document shows, if the person may see it."""
    dotted_path = _guards.get(document.subject_kind)
    if dotted_path is None:
        return None
    find: Callable[[User, Document], Shown | None] = import_string(dotted_path)
    return find(user, document)


def kind_of(subject: models.Model) -> str:
    """What documents and guards call this kind of record."""
    return str(subject._meta.model_name)


@transaction.atomic
def ask(
    *,
    centre: Centre,
    kind: str,
    facts: dict[str, JSON],
    subject: models.Model,
    file_name: str,
    issued: bool,
    by: User,
    at: datetime.datetime,
    in_hand: bool = False,
) -> Document:
    """The document of these facts, which is ready, or waiting with a job that will make it.

    The template is `documents/<kind>.html`, or the sheet that most kinds share, with `facts` as its context. One that
    failed is tried again. `in_hand`: no job is asked for, as whoever calls makes it next.
    """
    written = canonical.plain(facts)
    key = key_of(centre=centre, kind=kind, facts=facts, subject=subject, issued=issued)
    document, new = Document.objects.get_or_create(
        centre=centre,
        key=key,
        defaults={
            "kind": kind,
            "facts": written,
            "subject_kind": kind_of(subject),
            "subject_id": subject.pk,
            "file_name": vault.safe_name(file_name, longest=200),
            "issued": issued,
            "reference": references.new_reference() if issued else "",
            "asked_by": by,
            "asked_at": at,
        },
    )
    if not new:
        return again(document=document, by=by, at=at, in_hand=in_hand)
    return document if in_hand else enqueued(document)


@transaction.atomic
def again(*, document: Document, by: User, at: datetime.datetime, in_hand: bool = False) -> Document:
    """Set a document waiting once more if it failed or its worker was lost; one that is ready or in hand stays."""
    asked = {"status": DocumentStatus.WAITING, "problem": "", "pages_set": 0, "started_at": None}
    asked |= {"asked_by": by, "asked_at": at}
    if unfinished(at).filter(pk=document.pk).update(**asked) and not in_hand:
        return enqueued(document)
    document.refresh_from_db()
    return document


def requeue_lost(*, at: datetime.datetime) -> int:
    """Ask again for every document that waits for a worker that was lost. Returns how many."""
    left = Document.objects.filter(lost_by(at))
    with transaction.atomic():
        ids = list(left.select_for_update().values_list("pk", flat=True))
        Document.objects.filter(pk__in=ids).update(started_at=None, asked_at=at)
        for document_id in ids:
            render_document.enqueue(document_id)
    return len(ids)


def make(document_id: int) -> None:
    """Render a waiting document, keep its bytes and mark it ready; whoever comes second does nothing.

    A failure is noted on the document as a sentence and in the log with its traceback; it can be asked for again. While
    the object store is away it goes on waiting, and `requeue_lost` asks again.
    """
    if begun := begin(document_id):
        finish(begun, lambda: begun.as_issued(rendered(begun.document, PagesSet(begun.waiting))))


@dataclass(frozen=True)
class Begun:
    """A document that whoever holds this makes, and the way to it as long as nobody else took it over."""

    document: Document
    waiting: models.QuerySet[Document]
    seal: Seal | None = None

    def as_issued(self, content: bytes) -> bytes:
        """With the centre's seal, where it is issued and the centre has one."""
        return seals.put_to(content, self.seal, str(self.document.centre)) if self.seal else content


def begin(document_id: int) -> Begun | None:
    """Take a waiting document in hand; None when somebody else has, or it waits no more."""
    started = timezone.now()
    waiting = Document.objects.filter(status=DocumentStatus.WAITING)
    if not waiting.filter(pk=document_id, started_at=None).update(started_at=started):
        return None
    document = Document.objects.select_related("centre").get(pk=document_id)
    seal = seals.in_force(document.centre_id, started) if document.issued else None
    return Begun(document, waiting.filter(pk=document_id, started_at=started), seal)


def finish(begun: Begun, make_it: Callable[[], bytes]) -> None:
    """Keep what is made of a document in hand and mark it ready, or note why that could not be."""
    document, mine = begun.document, begun.waiting
    try:
        stored, seal = kept(document, make_it()), seals.told(begun.seal) if begun.seal else {}
        mine.update(status=DocumentStatus.READY, stored=stored, seal=seal, finished_at=timezone.now())
    except vault.NotReachedError:
        log.exception("Document %s waits until the store is back", document.pk)
    except Refusal as refusal:
        log.exception("Document %s could not be kept", document.pk)
        mine.update(status=DocumentStatus.FAILED, problem=" ".join(refusal.sentences), finished_at=timezone.now())
    except Exception:
        log.exception("Document %s could not be made", document.pk)
        mine.update(status=DocumentStatus.FAILED, problem=FAULT, finished_at=timezone.now())


@dataclass(frozen=True)
class Pages:
    """Pages of a document in hand, which are being set meanwhile."""

    begun: Begun
    to_come: Future[bytes]

    def keep(self) -> None:
        """Wait for them and keep them, as `make` does."""
        finish(self.begun, self.to_come.result)


def begin_in(room: composing.Room, document_id: int) -> Pages | None:
    """Take a waiting document in hand and have it set there; None when somebody else has it."""
    begun = begin(document_id)
    if begun is None:
        return None
    try:
        return Pages(begun, room.typeset(manuscript_of(begun.document), begun.as_issued))
    except Exception as error:
        broken: Future[bytes] = Future()
        broken.set_exception(error)
        return Pages(begun, broken)


# --- inside ----------------------------------------------------------------------------------------------------------


def enqueued(document: Document) -> Document:
    """The document with its job in the queue; ready already where jobs are done on the spot."""
    render_document.enqueue(document.pk)
    document.refresh_from_db()
    return document


def key_of(*, centre: Centre, kind: str, facts: dict[str, JSON], subject: models.Model, issued: bool) -> str:
    """SHA-256 of all that shapes the document; of an issued one, of the facts alone."""
    return _key(centre.pk, kind, facts, [kind_of(subject), subject.pk], issued)


def key_kept(document: Document) -> str:
    """The key of a document that was made already, of what is kept of it."""
    subject: list[JSON] = [document.subject_kind, document.subject_id]
    return _key(document.centre_id, document.kind, document.facts, subject, document.issued)


def _key(centre_id: int, kind: str, facts: dict[str, JSON], subject: list[JSON], issued: bool) -> str:
    return canonical.digest(
        {
            "centre": centre_id,
            "kind": kind,
            "facts": facts,
            "subject": subject,
            "issued": issued,
            "look": None if issued else f"{pdf.DRAFT}, {manuscripts.render_version()}",
        }
    )


def lost_by(at: datetime.datetime) -> Q:
    """Waiting, but nobody can be at it any more."""
    never_started = Q(started_at=None) & lost("asked_at", at, LOST_AFTER)
    return Q(status=DocumentStatus.WAITING) & (never_started | lost("started_at", at, LOST_AFTER))


def unfinished(at: datetime.datetime) -> models.QuerySet[Document]:
    """Documents that failed or whose worker was lost."""
    return Document.objects.filter(Q(status=DocumentStatus.FAILED) | lost_by(at))


class PagesSet:
    """Notes on a document how many of its pages are set, so that whoever waits sees it go on: once a second at most."""

    def __init__(self, waiting: models.QuerySet[Document]) -> None:
        self.waiting, self.most, self.noted_at = waiting, 0, time.monotonic()

    def __call__(self, number: int) -> None:
        self.most = max(self.most, number)
        if time.monotonic() - self.noted_at >= 1:
            self.waiting.update(pages_set=self.most)
            self.noted_at = time.monotonic()


def rendered(document: Document, tell: pdf.Tell) -> bytes:
    """The PDF of the document's facts."""
    return pdf.typeset(manuscript_of(document), tell)


def manuscript_of(document: Document) -> pdf.Manuscript:
    """All that the document is set from. An issued one is PDF/A-3a and carries the facts as JSON within; it shows by
    which reference, and where, anybody can ask whether it is genuine."""
    template = manuscripts.template_for(document.kind)
    if not document.issued:
        return manuscripts.manuscript(template, {"facts": document.facts, "check": None}, variant=pdf.DRAFT)
    record = pdf.Attachment(
        name="record.json",
        content=canonical.canonical(document.facts),
        description="The facts this document shows, as canonical JSON",
    )
    context = {"facts": document.facts, "check": check_of(document.reference)}
    return manuscripts.manuscript(template, context, variant=pdf.ISSUED, attachments=[record])


@dataclass(frozen=True)
class Check:
    """What an issued document says of how to check it."""

    reference: str
    place: str
    """Where the reference is typed in: `portfolio.example.org/check`."""
    qr_code: str


def check_of(reference: str) -> Check:
    """The reference as printed, and where it is asked for."""
    place = f"{settings.SITE_URL}{reverse('portfolio:genuine')}"
    address = f"{settings.SITE_URL}{reverse('portfolio:genuine_reference', args=[reference])}"
    return Check(references.grouped(reference), place.partition("://")[2].rstrip("/"), references.qr_code(address))


def kept(document: Document, content: bytes) -> StoredFile:
    """The PDF's bytes in the vault."""
    name = document.file_name if document.file_name.endswith(".pdf") else f"{document.file_name}.pdf"
    file: File[bytes] = File(BytesIO(content), name=name)
    file.size = len(content)
    return vault.store(centre=document.centre, file=file, name=name, at=timezone.now())
