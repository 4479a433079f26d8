"""Doors: who is asking, and which view opens for whom. Every view of the house carries exactly one lock."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from portfolio import interrupted, second_factor
from portfolio.audit import listed, looked_at, looked_since
from portfolio.enums import Role
from portfolio.models import Centre, RoleGrant, RolesRead, User

View = Callable[..., HttpResponseBase]
IN_PLACE_ONLY = (
    "Your account shows evidence and records in place only: nothing can be downloaded or printed with it. Ask an "
    "administrator of the centre, who can allow downloads for the rest of your days."
)
A_SITTING = datetime.timedelta(minutes=30)
"""How long the parts of a record that an external verifier is shown count as one look."""
SIGN_IN_AGAIN = "You are signed out. Sign in again to go on; nothing is lost."


@dataclass(frozen=True)
class Standing:
    """What a person is, at which centres, on a day."""

    user: User
    day: datetime.date
    roles: dict[int, frozenset[str]]
    sealed: frozenset[int] = frozenset()
    """Centres whose files and documents the person may look at in place, and not take away."""

    def holds(self, role: Role, centre_id: int | None = None) -> bool:
        """Whether the person holds the role at that centre, or at any when none is named."""
        if centre_id is not None:
            return role in self.roles.get(centre_id, frozenset())
        return any(role in held for held in self.roles.values())

    def centres(self, *roles: Role) -> list[int]:
        """Ids of the centres where the person holds any of the roles."""
        return [centre for centre, held in self.roles.items() if held & set(roles)]


def standing_of(user: User, day: datetime.date) -> Standing:
    """One query: the person's roles in force on the day."""
    roles: dict[int, set[str]] = {}
    sealed = set()
    columns = ("centre_id", "role", "may_download")
    for centre_id, role, may_download in RoleGrant.objects.on(day).filter(user=user).values_list(*columns):
        roles.setdefault(centre_id, set()).add(role)
        if not may_download:
            sealed.add(centre_id)
    return Standing(user, day, {centre: frozenset(held) for centre, held in roles.items()}, frozenset(sealed))


class SignedInRequest(HttpRequest):
    """A request behind the lock: somebody is signed in, and what they are is known."""

    user: User
    standing: Standing


def opens(lock: str) -> Callable[[View], View]:
    """Mark a view with its lock, which the structural tests and the permission page read."""

    def mark(view: View) -> View:
        view.lock = lock  # type: ignore[attr-defined]
        return view

    return mark


def open_to_all(view: View) -> View:
    """Nobody needs to be signed in: sign-in pages, invitations, health."""
    return opens("everybody")(view)


def by_script(request: HttpRequest) -> bool:
    """Whether a script of ours asks, which wants to be told rather than led to another page."""
    return "HX-Request" in request.headers or "application/json" in request.headers.get("Accept", "")


def sign_in_first(request: HttpRequest) -> HttpResponseBase | None:
    """How somebody who is signed out is answered: what they sent is kept over the sign-in. None for whoever is in."""
    if request.user.is_authenticated:
        return None
    if by_script(request):
        return JsonResponse({"refused": [SIGN_IN_AGAIN]}, status=401)
    carried = interrupted.carry(request) if request.method == "POST" else None
    return interrupted.ask_to_sign_in(request, carried) if carried else redirect_to_login(request.get_full_path())


def factor_first(request: HttpRequest) -> HttpResponseBase | None:
    """How somebody is answered whose role asks for a second factor, and who has none. None for everybody else."""
    standing = with_standing(request)
    held = frozenset[str]().union(*standing.roles.values())
    if not second_factor.is_missing(request, standing.user, held):
        return None
    if by_script(request):
        return JsonResponse({"refused": [second_factor.NEEDED]}, status=403)
    if request.method != "POST":
        return redirect("mfa_index")
    context = {"carried": interrupted.carry(request), "needed": second_factor.NEEDED}
    return render(request, "portfolio/factor_first.html", context, status=403)


def signed_in(view: View) -> View:
    """Somebody with a role must be signed in; the view itself fetches through `visible_to`, so strangers get 404."""

    @wraps(view)
    def locked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (answer := sign_in_first(request) or factor_first(request)) is not None:
            return answer
        return view(request, *args, **kwargs)

    return opens("signed in")(locked)


def signed_in_to_set_up(view: View) -> View:
    """As `signed_in`, for pages on which somebody sets up the second factor that their role asks for."""

    @wraps(view)
    def locked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if (answer := sign_in_first(request)) is not None:
            return answer
        with_standing(request)
        return view(request, *args, **kwargs)

    return opens("signed in")(locked)


def signed_in_or_401(view: View) -> View:
    """As `signed_in`, for requests that a script makes: it is told 401 instead of being led to the sign-in page."""

    @wraps(view)
    def locked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return JsonResponse({"refused": [SIGN_IN_AGAIN]}, status=401)
        if factor_first(request) is not None:
            return JsonResponse({"refused": [second_factor.NEEDED]}, status=403)
        return view(request, *args, **kwargs)

    return opens("signed in")(locked)


def holds(*roles: Role) -> Callable[[View], View]:
    """The person must hold one of the roles at some centre today, else 403 with the sentence."""

    def lock(view: View) -> View:
        @wraps(view)
        def locked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if (answer := sign_in_first(request) or factor_first(request)) is not None:
                return answer
            standing = with_standing(request)
            if not standing.centres(*roles):
                names = " or ".join(role.label.lower() for role in roles)
                raise PermissionDenied(f"This page is for a person who is {names}. Ask your centre if that is you.")
            return view(request, *args, **kwargs)

        return opens(", ".join(roles))(locked)

    return lock


def with_standing(request: HttpRequest) -> Standing:
    """The standing of whoever is signed in, looked up once per request. What `visible_to` asks is answered from it."""
    found = getattr(request, "standing", None)
    if found is None:
        user = cast(User, request.user)
        found = standing_of(user, timezone.localdate())
        user.roles_read = RolesRead(found.day, found.roles)
        request.standing = found  # type: ignore[attr-defined]
    return cast(Standing, found)


def may_take_away(request: SignedInRequest, centre_id: int) -> None:
    """403 with the sentence for an external verifier who may look at the centre's work in place only."""
    if centre_id in request.standing.sealed:
        raise PermissionDenied(IN_PLACE_ONLY)


def taken_from(request: SignedInRequest, centre_ids: Iterable[int]) -> list[Centre]:
    """The centres of which a list is taken away: those whose records are in it, and those where the person looks from
    outside, whether or not something of theirs is. 403 with the sentence where one of them is seen in place only."""
    ids = {*centre_ids, *request.standing.centres(Role.EXTERNAL_VERIFIER)}
    for centre_id in ids:
        may_take_away(request, centre_id)
    return list(Centre.objects.filter(pk__in=ids))


def looked_from_outside(request: SignedInRequest, record: Model, centre_id: int, *, in_parts: bool = False) -> None:
    """Note in the book that an external verifier looked at a record; of nobody else's looking (domain rule 10).

    Where a look is many requests it is noted once in a sitting: of a record shown `in_parts`, as a player asks for a
    recording bit by bit and a page for each picture of a file; and where a script asks how a page stands by now.
    """
    if request.method != "GET" or not request.standing.holds(Role.EXTERNAL_VERIFIER, centre_id):
        return
    now = timezone.now()
    in_parts = in_parts or "HX-Request" in request.headers
    if not (in_parts and looked_since(record, request.user, now - A_SITTING)):
        looked_at(record, by=request.user, centre_id=centre_id, at=now)


def listed_from_outside(request: SignedInRequest, kind: str) -> None:
    """Note the same of a page that is of no one record, by what the book calls it: at each centre they look at."""
    if request.method == "GET":
        for centre_id in request.standing.centres(Role.EXTERNAL_VERIFIER):
            listed(kind, by=request.user, centre_id=centre_id, at=timezone.now())


@dataclass(frozen=True)
class Door:
    """An address of the house: how it is written, what it is called, and its lock (None where one was forgotten)."""

    address: str
    name: str
    lock: str | None


def lock_of(view: object) -> str | None:
    """The lock a view carries, however it is wrapped."""
    while view is not None:
        lock = getattr(view, "lock", None)
        if lock is not None:
            return cast(str, lock)
        view = getattr(view, "__wrapped__", None)
    return None


def doors(resolver: URLResolver | None = None, address: str = "/", namespace: str = "") -> Iterator[Door]:
    """Every address of the house, in the order in which they are tried."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = address + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            within = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from doors(pattern, here, within)
        else:
            yield Door(here, f"{namespace}{pattern.name or ''}", lock_of(pattern.callback))
