"""Questions whose SQL is written once."""

import datetime
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.db import connection, connections
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portfolio.compiled import KEPT, Count, Question, Unfillable, compiled, stretched
from portfolio.enums import Role
from portfolio.models import RoleGrant, RolesRead, User, centres_of
from portfolio.testing import a_candidate, a_centre, a_staff_member, an_administrator

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
DAY = NOON.date()


@compiled
def roles_on(user: User, day: datetime.date) -> QuerySet[RoleGrant, Any]:
    seen = Q(user=user) | Q(centre__in=centres_of(user, Role.ADMINISTRATOR, day=day))
    return RoleGrant.objects.on(day).filter(seen).values_list("user_id", "role", "starts_on").order_by("pk")


@compiled
def people(pks: list[int]) -> QuerySet[User]:
    return User.objects.filter(pk__in=pks).order_by("-pk")


@compiled
def grants_at(slug: str, since: datetime.datetime, most: Count) -> QuerySet[RoleGrant]:
    found = RoleGrant.objects.filter(centre__slug=slug, centre__created_at__gte=since)
    return found.select_related("centre").annotate(named=Concat("role", Value("!"))).order_by("pk")[:most]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The SQL that Django wrote since."""
    monkeypatch.setattr(Question, "checked", False)
    vars(connections["default"]).pop(KEPT, None)
    found: list[str] = []
    plain = SQLCompiler.as_sql

    def noted(self: SQLCompiler, *args: Any, **kwargs: Any) -> Any:
        answer = plain(self, *args, **kwargs)
        if self.query.subquery is False:
            found.append(str(answer[0]))
        return answer

    monkeypatch.setattr(SQLCompiler, "as_sql", noted)
    return found


def with_roles(user: User, day: datetime.date = DAY) -> User:
    """The person as a page's door leaves them."""
    roles: dict[int, set[str]] = {}
    for centre, role in RoleGrant.objects.on(day).filter(user=user).values_list("centre_id", "role"):
        roles.setdefault(centre, set()).add(role)
    user.roles_read = RolesRead(day, {centre: frozenset(held) for centre, held in roles.items()})
    return user


def test_a_question_is_written_once_and_answered_for_everybody(written: list[str]) -> None:
    north, south = a_centre("Northgate Centre", at=NOON), a_centre("Southgate Centre", at=NOON)
    today = timezone.localdate()
    alma, beth = with_roles(an_administrator(north), today), an_administrator(south, "Beth Admin")
    a_candidate(north)
    written.clear()
    first, asked = roles_on(alma, today), len(written)
    second = roles_on(with_roles(beth, today), today)
    assert [row[1] for row in first] == [Role.ADMINISTRATOR, Role.CANDIDATE]
    assert second == [(beth.pk, Role.ADMINISTRATOR, today)]
    assert asked == 1
    assert len(written) == asked + 1  # for the roles that are read here, and not by the question
    yesterday = today - datetime.timedelta(days=1)
    assert roles_on(with_roles(alma, yesterday), yesterday) == []


def test_the_day_may_be_another_than_that_of_the_roles(written: list[str]) -> None:
    alma, today = an_administrator(a_centre()), timezone.localdate()
    yesterday = today - datetime.timedelta(days=1)
    for _ in range(2):
        assert roles_on(with_roles(alma, today), yesterday) == []
        assert len(roles_on(with_roles(alma, yesterday), today)) == 1


def test_who_holds_other_roles_is_another_question(written: list[str]) -> None:
    centre, today = a_centre(), timezone.localdate()
    alma, ivy = an_administrator(centre), a_staff_member(centre, "Ivy Verifier", Role.INTERNAL_VERIFIER).user
    assert len(roles_on(with_roles(alma, today), today)) == 2
    assert len(roles_on(with_roles(ivy, today), today)) == 1


def test_rows_are_what_django_makes_of_them(written: list[str]) -> None:
    centre = a_centre(at=NOON)
    an_administrator(centre)
    a_candidate(centre)
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            [first, second] = grants_at("northgate-centre", NOON, Count(2))
            assert (first.centre.name, vars(first)["named"], first.starts_on) == (
                "Northgate Centre",
                "administrator!",
                timezone.localdate(),
            )
        assert len(captured) == 1
    assert second.role == Role.CANDIDATE
    assert len(grants_at("northgate-centre", NOON, Count(1))) == 1
    assert grants_at("southgate-centre", NOON, Count(2)) == []
    assert grants_at("northgate-centre", NOON + datetime.timedelta(seconds=1), Count(2)) == []


def test_lists_of_near_lengths_are_one_question(written: list[str]) -> None:
    centre = a_centre()
    pks = [an_administrator(centre, f"{name} Admin").pk for name in ("Ann", "Bea", "Cay", "Dee")]
    written.clear()
    assert [user.pk for user in people(pks)] == pks[::-1]
    assert [user.pk for user in people(pks[:3])] == pks[2::-1]
    assert len(written) == 1
    assert people([]) == []
    assert people.first(pks) == people(pks)[0]
    assert people.first([]) is None
    page = Paginator(people.listed(pks), 3).get_page("2")
    assert (page.paginator.count, [user.pk for user in page]) == (4, pks[:1])
    assert Paginator(people.listed([]), 3).get_page("1").paginator.count == 0
    assert stretched({5}) == [5]
    assert stretched([5, 6, 5, 7]) == [5, 6, 7, -1]


def test_whose_roles_are_not_read_is_asked_as_ever(written: list[str]) -> None:
    user = an_administrator(a_centre())
    for _ in range(2):
        written.clear()
        assert len(roles_on(user, timezone.localdate())) == 1
        assert len(written) == 1


def of_today(pk: int) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.on(timezone.localdate()).filter(user=pk)


def with_the_word_altered(word: str) -> QuerySet[User]:
    return User.objects.filter(email__icontains=word)


def with_the_word_lowered(word: str) -> QuerySet[User]:
    return User.objects.filter(email=word.lower())


def with_the_number_as_a_word(pk: int) -> QuerySet[User]:
    return User.objects.filter(handle=str(pk))


def as_many_as(most: int) -> QuerySet[User]:
    return User.objects.all()[:most]


@pytest.mark.parametrize(
    ("question", "given"),
    [
        (of_today, 1),
        (with_the_word_altered, "lee"),
        (with_the_word_lowered, "Lee"),
        (with_the_number_as_a_word, 1),
        (as_many_as, 3),
    ],
    ids=["a day looked up", "a word altered", "a word lowered", "a number as a word", "how many"],
)
def test_what_cannot_be_filled_in_is_written_each_time(question: Any, given: Any, written: list[str]) -> None:
    an_administrator(a_centre(), "Ann Lee")
    expected = list(question(given))
    written.clear()
    for _ in range(2):
        assert compiled(question)(given) == expected
    assert len(written) >= 2
    Question.checked = True
    with pytest.raises(Unfillable):
        compiled(question)(given)


@compiled
def at_address(address: str) -> QuerySet[User]:
    return User.objects.filter(email__iexact=address)


def test_a_word_is_no_pattern(written: list[str]) -> None:
    User.objects.create(email="ann_lee@example.org")
    User.objects.create(email="annalee@example.org")
    for _ in range(2):
        assert [user.email for user in at_address("Ann_Lee@example.org")] == ["ann_lee@example.org"]


@compiled
def numbered(pk: int) -> QuerySet[User]:
    return User.objects.filter(pk=pk)


def test_a_number_that_no_record_has_finds_none(written: list[str]) -> None:
    user = an_administrator(a_centre())
    assert numbered(user.pk) == [user]
    assert numbered(10**20) == numbered(-(10**20)) == []


EVERYBODY = User.objects.order_by("pk")


@compiled
def everybody() -> QuerySet[User]:
    return EVERYBODY


def test_a_queryset_that_others_ask_too_stays_as_it_is(written: list[str]) -> None:
    user = an_administrator(a_centre())
    assert everybody() == [user]
    assert list(EVERYBODY.filter(pk=0)) == []


def by_whom(pk: int) -> QuerySet[User]:
    return User.objects.filter(pk=pk) if pk > 10**9 else User.objects.exclude(pk=pk)


def test_a_question_that_branches_on_what_it_is_given_is_found_out(written: list[str]) -> None:
    Question.checked = True
    with pytest.raises(AssertionError):
        compiled(by_whom)(1)
