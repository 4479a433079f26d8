"""Work in progress: what somebody types is kept before it is sent, for them alone, and shown again wherever they are.

A page sends what was typed since it last did. Field by field the newest counts, by the time it was typed and not by
the time it came: a page says how long ago that was, so no two clocks need agree. Of one page the later save counts,
however late the earlier one comes. What nobody touched never takes the place of what somebody typed.

Passwords and files are not among it; uploads are, by the tokens the form holds of them.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict

from portfolio.canonical import digest
from portfolio.compiled import compiled
from portfolio.models import User, WorkInProgress

SALT = "portfolio.work"
KEPT_FOR = datetime.timedelta(days=30)
LONGEST = 300_000
"""Characters that one form may hold: some hundred pages of writing."""
MOST_SHOWN = 20

Fields = dict[str, dict[str, Any]]


class TooLongError(Exception):
    """More was typed than is kept."""


class SomebodyElsesError(Exception):
    """The page was opened by another person than the one signed in now."""


@dataclass(frozen=True)
class Subject:
    """A form of a person's and what it is about; `basis` stands for the record as the page shows it.

    `address` is where the page is: to go on with it from elsewhere.
    """

    user: User
    form: str
    about: str
    basis: str = ""
    address: str = ""

    @property
    def token(self) -> str:
        """What the page says its work is, signed: only a page that was opened can be kept."""
        return signing.dumps([self.user.pk, self.form, self.about, self.basis, self.address], salt=SALT)


@dataclass(frozen=True)
class Typed:
    """What one field held, and how long ago it was typed; None when it only stood there."""

    values: list[str]
    age: datetime.timedelta | None


@dataclass(frozen=True)
class Save:
    """What a page sends: its own mark, the number of this save, the revision it has seen, the fields, and its title."""

    page: str
    turn: int
    seen: int
    fields: Mapping[str, Typed]
    title: str = ""


@dataclass(frozen=True)
class Kept:
    """The answer to a save: when, the revision now, what was typed elsewhere, and whether all was sent elsewhere."""

    revision: int
    elsewhere: dict[str, list[str]] = field(default_factory=dict)
    gone: bool = False


@dataclass(frozen=True)
class Work:
    """A form as a person finds it: as sent now, else as they had typed it, else untouched.

    `changed` says that the record is another than the one they saw when they typed.
    """

    subject: Subject
    data: QueryDict | None = None
    typed_at: datetime.datetime | None = None
    revision: int = 0
    changed: bool = False

    @property
    def resumed(self) -> bool:
        """Whether it shows what was typed before, which nobody has sent and nothing should check yet."""
        return self.typed_at is not None

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """One transaction for the act that is made of the work, and for forgetting it."""
        with transaction.atomic():
            yield
            forget(self.subject)


@dataclass(frozen=True)
class Begun:
    """A form that somebody began and has not sent."""

    title: str
    typed_at: datetime.datetime
    subject: Subject


def subject_of(token: str, *, by: User) -> Subject:
    """The work a page speaks of. Raises SomebodyElsesError, or signing.BadSignature when the token is not ours."""
    user_id, form, about, basis, address = signing.loads(token, salt=SALT)
    if user_id != by.pk:
        raise SomebodyElsesError
    return Subject(by, form, about, basis, address)


def basis_of(*facts: object) -> str:
    """What stands for the facts of a record, to notice that they have changed."""
    return digest([str(fact) for fact in facts]) if facts else ""


def found(subject: Subject, now: datetime.datetime) -> Work:
    """The form with what was typed into it, if something was. One query."""
    kept = _typed.first(subject.user, subject.form, subject.about, now - KEPT_FOR)
    if kept is None:
        return Work(subject)
    return Work(subject, as_sent(kept.fields), kept.typed_at, kept.revision, kept.basis != subject.basis)


def keep(subject: Subject, save: Save, *, at: datetime.datetime) -> Kept:
    """Keep what a page sends beside what others sent. Raises TooLongError.

    A save without fields only asks for what was typed elsewhere. Once the form has been sent or thrown away, a page
    that was part of it begins nothing anew: a late save of what was sent already would come back as half a form.
    """
    with transaction.atomic():
        row = rows(subject).select_for_update().first()
        if row is None and (save.seen > 0 or not save.fields):
            return Kept(save.seen, gone=save.seen > 0)
        if row is None:
            new = WorkInProgress(user=subject.user, form=subject.form, about=subject.about, typed_at=at)
            WorkInProgress.objects.bulk_create([new], ignore_conflicts=True)  # the other of two first saves waits here
            row = rows(subject).select_for_update().get()
        if save.fields:
            take_in(row, subject, save, at)
        return Kept(row.revision, typed_elsewhere(row, save))


def put(subject: Subject, data: QueryDict, *, apart: Callable[[str], bool], at: datetime.datetime) -> None:
    """Keep a whole form as it was sent, in place of what was kept of it, until it is looked at once more.

    `apart` says of a field whether each of its values is kept by itself, as the page keeps a box to tick or an upload.
    """
    with transaction.atomic():
        row = rows(subject).select_for_update().first()
        row = row or WorkInProgress(user=subject.user, form=subject.form, about=subject.about, typed_at=at)
        row.revision, row.typed_at, row.basis = row.revision + 1, at, subject.basis
        sent = {name: values for name, values in data.lists() if not is_secret(name) and name != "then"}
        keys = {f"{name}={value}": [value] for name, values in sent.items() if apart(name) for value in values}
        keys |= {name: values for name, values in sent.items() if not apart(name)}
        entry = {"at": at.isoformat(), "page": "", "turn": 0, "revision": row.revision}
        row.fields = {key: {"values": values, **entry} for key, values in keys.items()}
        if sum(len(key) + sum(map(len, values)) for key, values in keys.items()) > LONGEST:
            raise TooLongError
        row.save()


def forget(subject: Subject) -> bool:
    """Keep it no longer. Returns whether there was any."""
    return bool(rows(subject).delete()[0])


def begun(user: User, now: datetime.datetime) -> list[Begun]:
    """The forms a person began and has not sent, the newest first, to be gone on with or thrown away. One query."""
    rows = _begun(user, now - KEPT_FOR)
    return [Begun(title or "A form", typed_at, Subject(user, *subject)) for title, typed_at, *subject in rows]


def sweep(now: datetime.datetime) -> int:
    """Remove what nobody went on with for as long as it is kept. Returns how many."""
    return WorkInProgress.objects.filter(typed_at__lt=now - KEPT_FOR).delete()[0]


# --- inside ----------------------------------------------------------------------------------------------------------


@compiled
def _begun(user: User, since: datetime.datetime) -> QuerySet[WorkInProgress, Any]:
    mine = WorkInProgress.objects.visible_to(user).typed_since(since).exclude(address="").order_by("-typed_at", "-pk")
    return mine.values_list("title", "typed_at", "form", "about", "basis", "address")[:MOST_SHOWN]


@compiled
def _typed(user: User, form: str, about: str, since: datetime.datetime) -> QuerySet[WorkInProgress]:
    mine = WorkInProgress.objects.visible_to(user).typed_since(since)
    return mine.filter(form=form, about=about)[:1]


def rows(subject: Subject) -> Any:
    mine = WorkInProgress.objects.visible_to(subject.user)
    return mine.filter(form=subject.form, about=subject.about)


def take_in(row: WorkInProgress, subject: Subject, save: Save, at: datetime.datetime) -> None:
    """Put the fields that are newer into the row."""
    row.revision = max(row.revision, save.seen) + 1
    for key, typed in save.fields.items():
        typed_at = at - typed.age if typed.age is not None else None
        if is_secret(key) or not is_newer(typed_at, save, row.fields.get(key)):
            continue
        row.fields[key] = {
            "values": typed.values,
            "at": typed_at.isoformat() if typed_at else None,
            "page": save.page,
            "turn": save.turn,
            "revision": row.revision,
        }
        row.typed_at = max(row.typed_at, typed_at or row.typed_at)
    if sum(len(key) + sum(map(len, entry["values"])) for key, entry in row.fields.items()) > LONGEST:
        raise TooLongError
    row.basis, row.address, row.title = subject.basis, subject.address, save.title
    row.save()


def typed_elsewhere(row: WorkInProgress, save: Save) -> dict[str, list[str]]:
    """What other pages typed since the page that saves last heard of it, and what it did not type over."""
    return {
        key: entry["values"]
        for key, entry in row.fields.items()
        if entry["at"] and entry["revision"] > save.seen and entry["page"] != save.page
    }


def is_newer(typed_at: datetime.datetime | None, save: Save, before: dict[str, Any] | None) -> bool:
    """Whether what a page sends of a field counts rather than what is kept of it."""
    if before is None:
        return True
    if before["page"] == save.page:
        return save.turn > int(before["turn"])
    if typed_at is None:
        return False
    return before["at"] is None or typed_at >= datetime.datetime.fromisoformat(before["at"])


def is_secret(key: str) -> bool:
    """Whether a field is never kept, whatever a page sends."""
    return key.startswith(("csrfmiddlewaretoken", "page_of")) or "password" in key


def as_sent(fields: Fields) -> QueryDict:
    """The fields as the form would send them. A box to tick, or an upload, is a field of its own: `name=value`."""
    data = QueryDict(mutable=True)
    for key, entry in fields.items():
        data.setlistdefault(key.partition("=")[0]).extend(entry["values"])
    return data
