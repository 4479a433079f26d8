"""Questions whose SQL is written once: `@compiled` (ADR 0036).

To write a query costs Django more than to ask it costs the database. What is asked on page after page in the same
words, of other people and records, is a function that is given those and returns the queryset:

    @compiled
    def open_samples(user: User, day: datetime.date) -> QuerySet[Sample]:
        return Sample.objects.visible_to(user, day).filter(done_at=None)

    open_samples(user, day)  # a list

Filled in each time are words, numbers of records, collections of numbers, days and moments, people, and what named
tuples hold of them. Anything else makes it another question, whose SQL is written once too: one of an enum, a `Word`, a
`Count`, None, which roles a person holds. So the function must not do one thing for one record and another for the
next, nor look up what day it is: where it does the latter, Django writes the SQL each time.
"""

import datetime
import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError, connection, connections
from django.db.models import Count as Tally
from django.db.models import QuerySet, Window
from django.utils import timezone

from portfolio.models import RolesRead, User
from portfolio.prepared import Prepared

P = ParamSpec("P")
R = TypeVar("R")

KEPT = "compiled_questions"
"""The name by which each connection keeps them: as Django's compilers, they belong to one thread."""
MOST_KEPT = 1000
"""Of all questions in all their forms, for one connection."""
OFTEN = 3
"""Asked so many times of a connection, a question is asked often: PostgreSQL prepares it."""
CHECKED_EACH = 10
"""In the tests, of how many times one is compared with what Django writes, after the first few: this takes long."""
NUMBER = 8_000_000_000_000_000_000
DAY = datetime.date(8001, 1, 1)
MOMENT = datetime.datetime(8501, 1, 1, 12, tzinfo=datetime.UTC)
MARK, DIGITS = "\ue000", str(NUMBER)[:12]
WORD = f" {MARK} Stands for a Word, 100%_\\ {MARK}"
"""Signs: these and what follows them stand for what is filled in while the SQL is written. No record has them. The word
has all in it that a question may alter, to lower case or as a pattern, so that it shows where one does."""
COLLECTIONS = (list, tuple, set, frozenset)
PLAIN = (int, str, datetime.date, datetime.datetime)
DATED = re.compile(r"\d{4}-\d\d-\d\d")


class Count(int):
    """How many, e.g. the most rows that a list shows. It is part of the SQL, so each makes another question."""


class Word(str):
    """One of a few words that are part of the SQL, e.g. by what a list is sorted: each makes another question."""


class Unfillable(Exception):
    """The question has a day of its own in it, or alters what it is given."""


Asked = QuerySet[Any, Any]
Part = Callable[[Any], Any]


@dataclass(frozen=True)
class Between:
    """Of the rows of a question those from one to another."""

    start: int
    stop: int

    def __call__(self, asked: Asked) -> Asked:
        return asked[self.start : self.stop]


def whole(asked: Asked) -> Asked:
    """All rows of a question."""
    return asked


def number(asked: Asked) -> Any:
    """How many rows there are, in place of them; no row where there are none. Not of a question that is `distinct`.

    They are all the same, and put in order all the same: else PostgreSQL takes the first to be known as soon as one row
    is, and looks for that one by a way that is long for all of them.
    """
    if asked.query.distinct or asked.query.combinator:
        raise TypeError("Rows that are made one are counted before they are.")
    return asked.annotate(in_all=Window(Tally("*"))).order_by("in_all").values_list("in_all", flat=True)[:1]


class Compiled:
    """The SQL of a question in one of its forms, and what its parameters stand for."""

    def __init__(self, question: Callable[..., Asked], args: Sequence[Any], part: Part) -> None:
        given = signs_for(list(leaves(args)))
        self.asked = part(question(*as_in(args, iter(given)))).all()  # a copy, if others ask the same queryset too
        self.compiler = self.asked.query.get_compiler(using=self.asked.db)
        signs = values_in(given)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.params = "", ()
        place_of = {repr(adapted(sign)): place for place, sign in enumerate(signs)}
        self.places = [place_of.get(repr(param)) for param in self.params]
        self.written: tuple[str, tuple[Any, ...]] = "", ()
        self.times = 0
        self.check(signs)
        if self.sql:
            self.hold()
        self.prepared = (
            Prepared(question, self.sql, self.params, self.places, signs) if connection.vendor == "postgresql" else None
        )

    def check(self, signs: list[Any]) -> None:
        """Raises Unfillable where something would be asked that was meant to be filled in."""
        own = [param for param, place in zip(self.params, self.places, strict=True) if place is None]
        if found := [param for param in own if is_dated(param) or is_sign(param)]:
            raise Unfillable(f"{found} cannot be filled in anew: {self.sql}")
        if any(str(sign) in self.sql for sign in signs if type(sign) is int):
            raise Unfillable(f"The SQL itself holds what is to be filled in: {self.sql}")
        if self.asked._prefetch_related_lookups:
            raise Unfillable("What is fetched beside the rows would be asked anew for each of them.")

    def hold(self) -> None:
        """From now on Django's compiler of this query says what it wrote, and which columns it converts."""
        converters = self.compiler.get_converters([column for column, *_ in self.compiler.select])
        kept: dict[str, Any] = {
            "as_sql": lambda *args, **kwargs: self.written,
            "get_converters": lambda columns: converters,
        }
        vars(self.compiler).update(kept)
        vars(self.asked.query).update(get_compiler=lambda *args, **kwargs: self.compiler)

    def filled(self, values: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
        """The SQL, and its parameters with these values."""
        pairs = zip(self.params, self.places, strict=True)
        return self.sql, tuple([param if place is None else adapted(values[place]) for param, place in pairs])

    def ask(self, values: Sequence[Any], *, often: bool = False) -> list[Any]:
        """The rows with these values. `often`: as though it had been asked many times before."""
        if not self.sql:
            return []
        self.times += 1
        in_short = None
        if self.prepared and Question.prepared and (often or self.times >= OFTEN):
            in_short = self.prepared.asked_with([adapted(value) for value in values])
            if often and not in_short:
                raise AssertionError(f"PostgreSQL cannot prepare it: {self.sql}")
        self.written = in_short or self.filled(values)
        iterable: Any = self.asked._iterable_class
        try:
            return list(iterable(self.asked))
        except NotSupportedError:  # a migration altered a column of the answer since it was prepared
            if not (self.prepared and in_short):
                raise
            self.prepared.forget()
            if connection.in_atomic_block:
                raise
            self.written = self.filled(values)
            return list(iterable(self.asked))


class Question(Generic[P, R]):
    """A question that is asked often. Called, it answers with its rows."""

    checked = False
    """In the tests: that what is asked is what Django would have written, and can be prepared."""
    prepared = True
    """Where the database is PostgreSQL."""

    def __init__(self, question: Callable[P, QuerySet[Any, R]]) -> None:
        update_wrapper(self, question)
        self.question: Callable[..., QuerySet[Any, R]] = question

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        return self.ask(whole, args)

    def first(self, *args: P.args, **kwargs: P.kwargs) -> R | None:
        """The first row, or the only one; None where there is none."""
        return next(iter(self.ask(whole, args)), None)

    def listed(self, *args: P.args, **kwargs: P.kwargs) -> "Listed[R]":
        """The rows for a paginator, which asks for how many there are and for a few of them."""
        return Listed(self, args)

    def ask(self, part: Part, args: Sequence[Any]) -> list[Any]:
        """A part of the rows. One query."""
        given = [stretched(leaf) if isinstance(leaf, COLLECTIONS) else leaf for leaf in leaves(args)]
        if any(isinstance(leaf, User) and leaf.roles_read is None for leaf in given):
            return list(part(self.question(*args)))  # their roles are asked for within, as of today
        if any(type(leaf) is int and not -NUMBER < leaf < NUMBER for leaf in given):
            return list(part(self.question(*args)))  # no record has it, which SQLite cannot be asked
        try:
            compiled = self.compiled(part, args, given)
        except Unfillable:
            if self.checked:
                raise
            return list(part(self.question(*args)))
        values = values_in(given)
        if self.checked and (compiled.times < OFTEN or compiled.times % CHECKED_EACH == 0):
            same(part(self.question(*as_in(args, iter(given)))), compiled.filled(values))
        return compiled.ask(values, often=self.checked)

    def compiled(self, part: Part, args: Sequence[Any], given: Sequence[Any]) -> Compiled:
        """The question in the form it has with these arguments, whose leaves are `given`.

        Raises Unfillable; for the rest of the day that is known: a question may only be so around midnight.
        """
        kept: OrderedDict[Any, Any] = vars(connections["default"]).setdefault(KEPT, OrderedDict())
        form = (self.question, part, *[form_of(leaf, given) for leaf in given])
        found = kept.get(form)
        if isinstance(found, Compiled):
            kept.move_to_end(form)
            return found
        today = timezone.localdate()
        if found == today:
            raise Unfillable("It could not be filled in before.")
        kept[form] = today
        if len(kept) > MOST_KEPT:
            _, longest_unasked = kept.popitem(last=False)
            if isinstance(longest_unasked, Compiled) and longest_unasked.prepared:
                longest_unasked.prepared.forget()
        new = kept[form] = Compiled(self.question, list(as_in(args, iter(given))), part)
        return new


class Listed(Generic[R]):
    """The rows of a question, asked for when they are counted or sliced."""

    ordered = True

    def __init__(self, question: Question[Any, R], args: Sequence[Any]) -> None:
        self.question, self.args = question, args

    def count(self) -> int:
        """How many there are. One query."""
        return sum(self.question.ask(number, self.args))

    def __len__(self) -> int:
        return self.count()

    def __iter__(self) -> Iterator[R]:
        return iter(self.question.ask(whole, self.args))

    def __getitem__(self, part: Any) -> Any:
        """Some of them. One query."""
        return self.question.ask(Between(part.start, part.stop), self.args)


def compiled(question: Callable[P, QuerySet[Any, R]]) -> Question[P, R]:
    """The question, answered with its rows; its SQL is written once. Given by position alone."""
    return Question(question)


def leaves(args: Iterable[Any]) -> Iterator[Any]:
    """The arguments, with what named tuples hold in place of these."""
    for arg in args:
        if hasattr(arg, "_fields"):
            yield from leaves(arg)
        else:
            yield arg


def as_in(args: Iterable[Any], leaf: Iterator[Any]) -> Iterator[Any]:
    """Arguments such as these, made of other leaves."""
    for arg in args:
        yield type(arg)(*as_in(arg, leaf)) if hasattr(arg, "_fields") else next(leaf)


def stretched(numbers: Collection[int]) -> list[int]:
    """The numbers, each once, and such as no record has, up to a power of two: so there are few forms."""
    found = list(dict.fromkeys(numbers))
    longer = 1 << (len(found) - 1).bit_length() if found else 0
    return found + [-1 - more for more in range(longer - len(found))]


def form_of(arg: Any, given: Sequence[Any]) -> Any:
    """What of an argument makes the question another one."""
    if isinstance(arg, User):
        read = roles_of(arg)
        return tuple(read.roles.values()), given.index(read.day) if read.day in given else None
    if isinstance(arg, list):
        return len(arg)
    return type(arg) if type(arg) in PLAIN else (type(arg), arg)


def values_in(given: Sequence[Any]) -> list[Any]:
    """What of the arguments is filled in."""
    found: list[Any] = []
    for arg in given:
        if isinstance(arg, User):
            found += [arg.pk, *roles_of(arg).roles]
        elif isinstance(arg, list):
            found += arg
        elif type(arg) in PLAIN:
            found.append(arg)
    return found


def signs_for(given: Sequence[Any]) -> list[Any]:
    """Arguments of the same form in which signs stand for what is filled in."""
    numbers = iter(range(NUMBER, NUMBER + 1_000_000))
    signs: list[Any] = []
    for place, arg in enumerate(given):
        if isinstance(arg, User):
            signs.append(User(pk=next(numbers)))
            signs[-1].roles_read = RolesRead(
                roles_of(arg).day, {next(numbers): held for held in roles_of(arg).roles.values()}
            )
        elif isinstance(arg, list):
            signs.append([next(numbers) for _ in arg])
        elif isinstance(arg, datetime.date):
            first = MOMENT if isinstance(arg, datetime.datetime) else DAY
            signs.append(first + datetime.timedelta(days=place))
        elif type(arg) is str:
            signs.append(f"{WORD}{place}")
        else:
            signs.append(next(numbers) if type(arg) is int else arg)
    for sign in signs:  # the day of somebody's roles is that of the question, where it is given one
        if isinstance(sign, User) and roles_of(sign).day in given:
            sign.roles_read = roles_of(sign)._replace(day=signs[given.index(roles_of(sign).day)])
    return signs


def roles_of(user: User) -> RolesRead:
    """A person's roles, as the door read them: who comes without was answered before."""
    if user.roles_read is None:
        raise Unfillable(f"The roles of {user} are asked for within.")
    return user.roles_read


def adapted(value: Any) -> Any:
    """The value as the database's driver takes it."""
    if isinstance(value, datetime.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, datetime.date):
        return connection.ops.adapt_datefield_value(value)
    return value


def is_dated(param: Any) -> bool:
    """Whether a parameter is a day or a moment, or is written as one."""
    return isinstance(param, datetime.date) or (isinstance(param, str) and DATED.match(param) is not None)


def is_sign(param: Any) -> bool:
    """Whether a parameter was made of a sign."""
    if isinstance(param, int):
        return abs(param) >= NUMBER
    return isinstance(param, str) and (MARK in param or DIGITS in param)


def same(asked: QuerySet[Any, Any], filled: tuple[str, tuple[Any, ...]]) -> None:
    """Raises AssertionError where Django would have asked something else."""
    try:
        written = asked.query.get_compiler(using=asked.db).as_sql()
    except EmptyResultSet:
        written = ("", ())
    if (written[0], tuple(written[1])) != filled:
        raise AssertionError(f"Filled in: {filled}. Django: {written}.")
