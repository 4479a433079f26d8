"""What happens to something that was asked of somebody, in a unit or at a centre: answered, sent back, closed.

Called by the verbs of both, with the row as it stands under their lock, once nothing refuses.
"""

import datetime

from django.utils import timezone

from assessments.enums import Turn
from assessments.models import Action, ActionTurn, CentreAction, CentreActionTurn
from portfolio.models import User
from portfolio.refusal import Refusal

NEW_DAY = "The new day on which the action is due must be today or later."


def answered(row: Action | CentreAction, answer: str, by: User, at: datetime.datetime) -> None:
    """The owner's answer stands; what stood before stays among the turns."""
    _turn(row, Turn.ANSWERED, answer, None, by, at)
    _change(row, answer=answer, answered_at=at, answered_by=by)


def sent_back(
    row: Action | CentreAction, words: str, due_on: datetime.date | None, by: User, at: datetime.datetime
) -> None:
    """The answer is not accepted: its owner answers again, by the day given anew if one is."""
    if due_on is not None and due_on < timezone.localdate(at):
        raise Refusal([NEW_DAY])
    _turn(row, Turn.SENT_BACK, words, due_on, by, at)
    _change(row, answer="", answered_at=None, answered_by=None, due_on=due_on or row.due_on)


def closed(row: Action | CentreAction, by: User, at: datetime.datetime) -> None:
    """The verifier is satisfied."""
    _change(row, closed_at=at, closed_by=by)


def _change(row: Action | CentreAction, **columns: object) -> None:
    type(row).objects.filter(pk=row.pk).update(**columns)
    row.refresh_from_db()


def _turn(
    row: Action | CentreAction, kind: Turn, words: str, due_on: datetime.date | None, by: User, at: datetime.datetime
) -> None:
    turns = {"kind": kind, "words": words, "due_on": due_on, "by": by, "at": at}
    if isinstance(row, Action):
        ActionTurn.objects.create(action=row, **turns)
    else:
        CentreActionTurn.objects.create(action=row, **turns)
