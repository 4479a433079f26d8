"""A verb, ready to be done."""

from collections.abc import Callable
from dataclasses import dataclass

from portfolio.models import User


@dataclass(frozen=True)
class Act:
    """Who may do it here, and how it is done by somebody."""

    by: User
    do: Callable[[User], object]
