"""A visit to a page of the demonstration, and what stands in many of its addresses."""

from collections.abc import Callable
from dataclasses import dataclass

from assessments.demo.centre import DOMAIN, SLUG
from assessments.models import Enrolment
from portfolio.models import User

Where = Callable[[], list[object]]
NOBODY = ""
SECOND = "lighthouse"


@dataclass(frozen=True)
class Visit:
    """A reader at a page. `name` is the address by name, `where` what stands in it, `query` what follows it."""

    who: str
    name: str
    where: Where = list
    query: str = ""
    about: str = ""
    status: int = 200

    def __str__(self) -> str:
        words = [self.name.removeprefix("assessments:").removeprefix("portfolio:"), self.about, self.who or "nobody"]
        return "-".join(word.replace(":", "-").replace("_", "-") for word in words if word)


# --- what stands in an address ---------------------------------------------------------------------------------------


def person(name: str) -> User:
    return User.objects.get(email=f"{name}@{DOMAIN}")


def enrolment(candidate: str, key: str) -> Enrolment:
    return Enrolment.objects.get(candidate__user=person(candidate), unit__key=key)


def unit(candidate: str, key: str, *more: object) -> Where:
    return lambda: [enrolment(candidate, key).pk, *more]


def centre(*more: object) -> Where:
    return lambda: [SLUG, *more]
