"""Questions whose SQL is written once: `@compiled` (ADR 0031).

To write a query costs Django more than to ask it costs the database. What is asked on page after page in the same
words, of other people and records, is a function that is given those and returns the queryset:

    @compiled
    def open_samples(user: User, day: datetime.date) -> QuerySet[Sample]:
        return Sample.objects.visible_to(user, day).filter(done_at=None)

    open_samples(user, day)  # a list

Filled in each time are words, numbers of records, collections of these, days and moments, and people. Anything else
makes it another question, whose SQL is written once too: one of an enum, a `Count`, None, which roles a person holds.
So the function must not do one thing for one record and another for the next, nor look up what day it is: where it does
the latter, Django writes the SQL each time.
"""

import datetime
import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from portfolio.models import RolesRead, User

P = ParamSpec("P")
R = TypeVar("R")

MOST_KEPT = 1000
"""Of all questions in all their forms, for one connection."""
NUMBER = 8_000_000_000_000_000_000
DAY = datetime.date(8001, 1, 1)
MOMENT = datetime.datetime(8501, 1, 1, 12, tzinfo=datetime.UTC)
WORD = "\ue000 stands for a word \ue000"
"""Signs: these and what follows them stand for what is filled in while the SQL is written. No record has them."""
COLLECTIONS = (list, tuple, set, frozenset)
PLAIN = (int, str, datetime.date, datetime.datetime)
DATED = re.compile(r"\d{4}-\d\d-\d\d")


class Count(int):
    """How many, e.g. the most rows that a list shows. It is part of the SQL, so each makes another question."""


class Unfillable(Exception):
    """The question has a day of its own in it, or alters what it is given."""


class Compiled:
    """The SQL of a question in one of its forms, and what its parameters stand for."""

    def __init__(self, question: Callable[..., QuerySet[Any, Any]], args: Sequence[Any]) -> None:
        given = signs_for(args)
        self.asked = question(*given)
        self.compiler = self.asked.query.get_compiler(using=self.asked.db)
        signs = values_in(given)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.params = "", ()
        place_of = {repr(adapted(sign)): place for place, sign in enumerate(signs)}
        self.places = [place_of.get(repr(param)) for param in self.params]
        self.written: tuple[str, tuple[Any, ...]] = "", ()
        self.check(signs)
        if self.sql:
            self.prepare()

    def check(self, signs: list[Any]) -> None:
        """Raises Unfillable where something would be asked that was meant to be filled in."""
        own = [param for param, place in zip(self.params, self.places, strict=True) if place is None]
        if found := [param for param in own if is_dated(param) or is_sign(param)]:
            raise Unfillable(f"{found} cannot be filled in anew: {self.sql}")
        if any(str(sign) in self.sql for sign in signs if type(sign) is int):
            raise Unfillable(f"The SQL itself holds what is to be filled in: {self.sql}")
        if self.asked._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise Unfillable("What is fetched beside the rows would be asked anew for each of them.")

    def prepare(self) -> None:
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

    def ask(self, values: Sequence[Any]) -> list[Any]:
        if not self.sql:
            return []
        self.written = self.filled(values)
        return list(self.asked._iterable_class(self.asked))  # type: ignore[attr-defined]


class Question(Generic[P, R]):
    """A question that is asked often. Called, it answers with its rows."""

    checked = False
    """In the tests, every time: that what is asked is what Django would have written."""

    def __init__(self, question: Callable[P, QuerySet[Any, R]]) -> None:
        update_wrapper(self, question)
        self.question = question

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        given = [stretched(arg) if isinstance(arg, COLLECTIONS) else arg for arg in args]
        if any(isinstance(arg, User) and arg.roles_read is None for arg in given):
            return list(self.question(*args, **kwargs))  # their roles are asked for within, as of today
        try:
            compiled = self.compiled(given)
        except Unfillable:
            if self.checked:
                raise
            return list(self.question(*args, **kwargs))
        values = values_in(given)
        if self.checked:
            same(self.question(*given), compiled.filled(values))  # type: ignore[call-arg]
        return compiled.ask(values)

    def compiled(self, given: Sequence[Any]) -> Compiled:
        """The question in the form it has with these arguments. Raises Unfillable."""
        kept: OrderedDict[Any, Compiled] = vars(connection).setdefault("compiled_questions", OrderedDict())
        form = (self.question, *[form_of(arg, given) for arg in given])
        found = kept.get(form)
        if found is None:
            found = kept[form] = Compiled(self.question, given)
            if len(kept) > MOST_KEPT:
                kept.popitem(last=False)
        else:
            kept.move_to_end(form)
        return found


def compiled(question: Callable[P, QuerySet[Any, R]]) -> Question[P, R]:
    """The question, answered with its rows; its SQL is written once. Given by position alone."""
    return Question(question)


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
    return (type(param) is int and param >= NUMBER) or (isinstance(param, str) and WORD in param)


def same(asked: QuerySet[Any, Any], filled: tuple[str, tuple[Any, ...]]) -> None:
    """Raises AssertionError where Django would have asked something else."""
    try:
        written = asked.query.get_compiler(using=asked.db).as_sql()
    except EmptyResultSet:
        written = ("", ())
    if (written[0], tuple(written[1])) != filled:
        raise AssertionError(f"Filled in: {filled}. Django: {written}.")
