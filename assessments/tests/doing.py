"""A verb ready to be done: who does it, and the act."""

from collections.abc import Callable
from dataclasses import dataclass

from portfolio.models import User

Do = Callable[[User], object]


@dataclass(frozen=True)
class Act:
    """Who may do it here, and how it is done by somebody."""

    by: User
    do: Do
    also: tuple[User, ...] = ()
    """Others who may do it as well."""
