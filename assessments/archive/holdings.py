"""Where the installation holds something about a person: each model that leads to one is here, or has its reason.

Nothing has to be written for a new model: it is found by its foreign keys. What hangs on somebody's own records
(candidate, staff, external verifier, role) is about them; where a column names who did something, the row is told as
what they did, without what it says of others. What leads to a person by an address alone is named below; a test fails
for a model with such a column that is neither there nor left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db.models import Field, GeneratedField, JSONField, Model, Q, QuerySet, TextField

from assessments.archive.cuts import (
    NOT_SHUT_AWAY,
    OTHER_PEOPLES,
    OWN_FORMS,
    OWN_KINDS,
    RESTRICTED,
    UNSEEN_OF_EACH_OTHER,
    handed_in,
    proposed,
)
from assessments.archive.titles import TITLES
from assessments.models import DataRequest, Testimony
from portfolio.archive import catalogue
from portfolio.archive.catalogue import Kind
from portfolio.arrivals import kind_name, kinds_by_word
from portfolio.models import (
    AccessLine,
    AuditDetail,
    AuditEvent,
    CandidateRecord,
    Centre,
    Document,
    ExternalRecord,
    RoleGrant,
    Signature,
    StaffRecord,
    User,
)

ROOTS: tuple[Kind, ...] = (CandidateRecord, StaffRecord, ExternalRecord, RoleGrant)
DIVERSITY = "portfolio.DiversityAnswer"
CASES = RESTRICTED - {DIVERSITY}
OF_CASES = sorted(label.rpartition(".")[2].lower() for label in CASES)
"""What the book calls what belongs to a file on suspected malpractice."""
THEIRS = {
    "account.EmailAddress": "user",
    "assessments.Activity": "assessor",
    "assessments.Attendance": "person",
    "assessments.BlindJudgement": "participant__person",
    "assessments.DataRequest": "user",
    "assessments.Interest": "staff",
    "assessments.Participant": "person",
    "assessments.RiskRating": "assessor",
    "assessments.Testimony": "witness",
    "mfa.Authenticator": "user",
    "portfolio.AccessLine": "user",
    "portfolio.Archive": "made_for",
    "portfolio.LeftOut": "user",
    "portfolio.Notice": "user",
    "portfolio.Signature": "signer",
    "portfolio.Telling": "user",
    "portfolio.Upload": "by",
    "portfolio.User": "pk",
    "portfolio.WorkInProgress": "user",
    "socialaccount.SocialAccount": "user",
    "usersessions.UserSession": "user",
}
"""Ways by which a row is somebody's own, beside those that hang on their records."""
BY_ADDRESS = {
    "assessments.DataRequest": "address",
    "assessments.Testimony": "email",
    "axes.AccessAttempt": "username",
    "axes.AccessFailureLog": "username",
    "axes.AccessLog": "username",
    "portfolio.OutgoingMessage": "to",
    "portfolio.Signature": "signer_email",
}
"""Columns with the address of whoever the row is about."""
NOT_IN_IT: dict[str, str] = {
    **dict.fromkeys(sorted(CASES), "Files on suspected malpractice: those who work on one decide of it."),
    "assessments.ExerciseCriterion": "A criterion of an exercise of those who judge; what each said is told to them.",
    "account.EmailConfirmation": "A key under which an address is confirmed, for an hour.",
    "axes.AccessAttemptExpiration": "When an attempt to sign in is forgotten.",
    "portfolio.AuditChain": "The head of a book.",
    "portfolio.Arrival": "Where lines of the book come from.",
    "portfolio.ArrivedNumbers": "Numbers that rows had elsewhere.",
    "portfolio.ImportedRow": "A table of people on its way in, for thirty days: who was taken is on record.",
    "sessions.Session": "The key of a browser; where one is signed in is told.",
    "socialaccount.SocialToken": "A secret of single sign-on.",
    "socialaccount.SocialApp": "How the operator set single sign-on up.",
}
"""Models that may lead to a person, and are left out with their reason."""
SECRETS = frozenset(
    {
        ("assessments.Testimony", "token_digest"),
        ("axes.AccessAttempt", "get_data"),
        ("axes.AccessAttempt", "post_data"),
        ("axes.AccessLog", "session_hash"),
        ("mfa.Authenticator", "data"),
        ("portfolio.Archive", "token"),
        ("portfolio.AuditEvent", "previous"),
        ("portfolio.AuditEvent", "hash"),
        ("portfolio.AuditEvent", "details_digest"),
        ("portfolio.Document", "facts"),
        ("portfolio.Document", "key"),
        ("portfolio.Notice", "subject"),
        ("portfolio.OutgoingMessage", "body"),
        ("portfolio.User", "password"),
        ("usersessions.UserSession", "session_key"),
        ("usersessions.UserSession", "data"),
    }
)
"""Columns that open something, that prove what others did, or that name others: news says of whom it is."""


@dataclass(frozen=True)
class Subject:
    """Whose data it is: by their sign-in, by an address, or both; and how much others may have said is in it."""

    centre: Centre
    user: User | None
    address: str
    name: str
    by_office: bool = False
    with_remarks: bool = False

    @classmethod
    def of(cls, request: DataRequest) -> "Subject":
        return cls(
            request.centre,
            request.user,
            request.user.email if request.user else request.address,
            request.name,
            request.by_office,
            request.with_remarks,
        )

    @cached_property
    def records(self) -> dict[Kind, list[int]]:
        """The person's own records at the centre."""
        if self.user is None:
            return {root: [] for root in ROOTS}
        mine = {"centre": self.centre, "user": self.user}
        return {root: list(root._base_manager.filter(**mine).values_list("pk", flat=True)) for root in ROOTS}

    @property
    def candidate(self) -> int | None:
        return next(iter(self.records[CandidateRecord]), None)


NOTHING = Q(pk=None)
OF_THEM, SAID_OF_THEM, BY_THEM, OF_THE_BOOK, LOOKED = "of", "said", "by", "book", "looked"


@dataclass(frozen=True)
class Holding:
    """Rows of one kind: what they are to the person, and which columns are told of them."""

    model: Kind
    how: str
    rows: "QuerySet[Model]"
    columns: list["Field[Any, Any]"]

    @property
    def title(self) -> str:
        words = TITLES.get(self.model._meta.label, str(self.model._meta.verbose_name_plural))
        return words[:1].upper() + words[1:]

    @property
    def name(self) -> str:
        return f"{self.how}-{kind_name(self.model)}"


def holdings(subject: Subject) -> Iterator[Holding]:
    """Everything, kind by kind; kinds of which there is nothing as well."""
    for model in catalogue.every_model():
        label = model._meta.label
        if label in NOT_IN_IT or (label == DIVERSITY and subject.by_office):
            continue
        own = own_rows(model, subject)
        if own is not None:
            said = is_said(model, subject)
            columns = brief(model) if said and not subject.with_remarks else full(model, subject)
            rows = model._base_manager.filter(own).distinct().order_by("pk")
            yield Holding(model, SAID_OF_THEM if said else OF_THEM, rows, columns)
        named = [relation.name for relation in catalogue.relations(model) if catalogue.target_of(relation) is User]
        if named and subject.user and model is not AuditEvent and not model._meta.label.startswith(LIBRARIES):
            acts = reduce(or_, (Q(**{name: subject.user}) for name in named)) & here(model, subject)
            rows = model._base_manager.filter(acts).distinct().order_by("pk")
            if own is not None:
                rows = rows.exclude(pk__in=model._base_manager.filter(own).order_by().values("pk"))
            yield Holding(model, BY_THEM, rows, brief(model))
    yield from of_the_book(subject)


LIBRARIES = ("account.", "axes.", "mfa.", "socialaccount.", "usersessions.")


# --- which rows ------------------------------------------------------------------------------------------------------


def own_rows(model: Kind, subject: Subject) -> Q | None:
    """Rows that are somebody's own; None where the kind is nobody's own."""
    label = model._meta.label
    parts = []
    for root, pks in subject.records.items():
        if model is not AccessLine and (ways := catalogue.ways_to(model, root)) and label not in UNSEEN_OF_EACH_OTHER:
            parts += [Q(**{f"{way}__in": pks}) for way in ways]
    parts += [way & here(model, subject) for way in directly(label, subject)]
    if model is Document:
        parts.append(Q(kind__in=OWN_FORMS, issued=True, centre=subject.centre) & about(subject, candidates_alone=True))
    if not parts:
        return None
    found = reduce(or_, parts)
    for narrowed in narrowing(subject):
        if label in narrowed:
            found &= narrowed[label]
    return found


def directly(label: str, subject: Subject) -> list[Q]:
    """By their sign-in and by their address, whichever leads from the kind to the person."""
    ways = []
    if label in THEIRS:
        ways.append(Q(**{THEIRS[label]: subject.user.pk}) if subject.user else NOTHING)
    if label in BY_ADDRESS and subject.address:
        ways.append(Q(**{f"{BY_ADDRESS[label]}__iexact": subject.address}))
    return ways


def narrowing(subject: Subject) -> Iterator[Mapping[str, Q]]:
    """What nobody but somebody else may see yet: files shut away, plans not proposed; of who gets it from the office
    also the drafts that are theirs alone."""
    yield {"assessments.EvidenceFile": NOT_SHUT_AWAY}
    yield {
        "portfolio.AccessLine": ~Q(subject_kind__in=OF_CASES),
        "portfolio.Notice": ~reduce(or_, (Q(concerns__startswith=f"{word} ") for word in OF_CASES)),
    }
    yield proposed()
    if subject.by_office:
        yield handed_in()
        yield {"portfolio.WorkInProgress": NOTHING}


def here(model: Kind, subject: Subject) -> Q:
    """At this centre, or of the installation; a person's own account belongs to no centre."""
    ways = catalogue.ways_to(model, Centre)
    if ways:
        return reduce(or_, (Q(**{way: subject.centre.pk}) for way in ways))
    if any(relation.name == "centre" for relation in catalogue.relations(model)):
        return Q(centre=subject.centre) | Q(centre=None)
    return Q()


def is_said(model: Kind, subject: Subject) -> bool:
    """Whether the rows are what others noted in a candidate's units, beside what is the candidate's to read."""
    label = model._meta.label
    if label in OWN_KINDS or label in THEIRS or label in BY_ADDRESS:
        return False
    return bool(subject.candidate and catalogue.ways_to(model, CandidateRecord))


def about(subject: Subject, *, candidates_alone: bool = False, floor: str = "") -> Q:
    """What names, as its subject, a row that is the person's own: a line of the book, a look, or a document. `floor`:
    rows of one floor alone."""
    found = []
    words = kinds_by_word()
    for model in catalogue.every_model():
        label, word = model._meta.label, str(model._meta.model_name)
        if floor not in ("", model._meta.app_label):
            continue
        if label in NOT_IN_IT or words.get(word) != kind_name(model) or model in (AuditEvent, AccessLine, Document):
            continue
        roots = (CandidateRecord,) if candidates_alone else ROOTS
        ways = [
            Q(**{f"{way}__in": subject.records[root]})
            for root in roots
            if label not in UNSEEN_OF_EACH_OTHER
            for way in catalogue.ways_to(model, root)
            if subject.records[root]
        ]
        if not candidates_alone and model in (User, DataRequest, Testimony, Signature):
            ways += directly(label, subject)
        if ways:
            rows = model._base_manager.filter(reduce(or_, ways)).order_by().values("pk")
            found.append(Q(subject_kind=word, subject_id__in=rows))
    return reduce(or_, found, NOTHING)


def of_the_book(subject: Subject) -> Iterator[Holding]:
    """Lines of the book by the person and about them, and who looked at what is theirs; nothing that tells of a file
    on suspected malpractice."""
    book = Q(chain__centre=subject.centre) | Q(chain__centre=None)
    mine = Q(actor=subject.user) if subject.user else NOTHING
    lines = AuditEvent._base_manager.filter(book & (mine | about(subject))).exclude(subject_kind__in=OF_CASES)
    said = named_columns(AuditEvent, "sequence", "at", "actor", "verb", "subject_kind", "subject_id")
    yield Holding(AuditEvent, OF_THE_BOOK, lines.order_by("pk"), said)
    beside = lines.filter(about(subject, floor="portfolio")).order_by().values("pk")
    details = AuditDetail._base_manager.filter(event__in=beside).order_by("event")
    yield Holding(AuditDetail, OF_THE_BOOK, details, named_columns(AuditDetail, "event", "details"))
    looks = AccessLine._base_manager.filter(about(subject), centre=subject.centre).exclude(subject_kind__in=OF_CASES)
    if subject.user:
        looks = looks.exclude(user=subject.user)
    seen = named_columns(AccessLine, "at", "user", "subject_kind", "subject_id", "downloaded")
    yield Holding(AccessLine, LOOKED, looks.order_by("pk"), seen)


# --- which columns ---------------------------------------------------------------------------------------------------


def written_down(model: Kind) -> list["Field[Any, Any]"]:
    """The columns of a kind, but for its number, what the database works out, and the centre, which is always one."""
    return [
        column
        for column in model._meta.local_fields
        if not column.primary_key and not isinstance(column, GeneratedField) and column.related_model is not Centre
    ]


def named_columns(model: Kind, *names: str) -> list["Field[Any, Any]"]:
    return [column for name in names for column in model._meta.local_fields if column.name == name]


def full(model: Kind, subject: Subject) -> list["Field[Any, Any]"]:
    """All that a row says, but for what opens something and what is other people's."""
    their_words = model in (Testimony, Signature) and subject.candidate is None
    withheld = SECRETS if their_words else SECRETS | OTHER_PEOPLES
    return [column for column in written_down(model) if (model._meta.label, column.name) not in withheld]


def brief(model: Kind) -> list["Field[Any, Any]"]:
    """Days, numbers and choices, and what the row belongs to: nothing that somebody wrote."""
    return [
        column
        for column in written_down(model)
        if (model._meta.label, column.name) not in SECRETS | OTHER_PEOPLES
        and not isinstance(column, JSONField | TextField)
        and (column.choices or column.get_internal_type() not in WRITTEN)
    ]


WRITTEN = ("CharField", "EmailField", "URLField", "SlugField", "GenericIPAddressField", "BinaryField", "UUIDField")
