"""What a floor above has to say beside a criterion: handed down, as this floor knows nothing of a centre's work."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.utils.module_loading import import_string

from portfolio.models import User
from units.models import Unit


@dataclass(frozen=True)
class Guidance:
    """What a centre agreed on a criterion, which guides whoever judges against it there."""

    centre_id: int
    centre: str
    verdict: str
    words: str
    where: str
    on: datetime.date


Guide = Callable[[User, Unit], dict[int, list[Guidance]]]

_guides: list[str] = []


def guided_by(dotted_path: str) -> None:
    """Say who knows of guidance.

    `dotted_path` names a function `(user, unit) -> guidance by criterion`, as far as it is for the person, of the floor
    that keeps it, which calls this from its `AppConfig.ready`.
    """
    if dotted_path not in _guides:
        _guides.append(dotted_path)


def guidance_for(user: User, unit: Unit) -> dict[int, list[Guidance]]:
    """The guidance on the criteria of a unit that is for the person, by criterion."""
    found: dict[int, list[Guidance]] = {}
    for path in _guides:
        for criterion, said in cast(Guide, import_string(path))(user, unit).items():
            found.setdefault(criterion, []).extend(said)
    return found
