"""Candidates who leave for another centre, and who came from one."""

import datetime

from django.utils import timezone

from assessments.actions import transfer
from assessments.models import AchievedElsewhere, TransferIn, TransferOut
from assessments.testing import House, a_unit
from portfolio.models import CandidateRecord, User

DAY = datetime.timedelta(days=1)


def leaves(
    house: House, *, candidate: CandidateRecord | None = None, left: int = 0, known: int = 3, by: User | None = None
) -> TransferOut:
    """So many days ago, and known to them before."""
    today = timezone.localdate()
    return transfer.transfer_out(
        candidate=candidate or house.candidate,
        to_centre="Southgate College",
        left_on=today - left * DAY,
        known_on=today - known * DAY,
        reason="A new job in the south.",
        by=by or house.administrator,
        at=timezone.now(),
    )


def comes(house: House, *, joined: int = 5, by: User | None = None) -> TransferIn:
    return transfer.transfer_in(
        candidate=house.candidate,
        from_centre="Eastgate Training",
        joined_on=timezone.localdate() - joined * DAY,
        note="An archive, from the candidate.",
        by=by or house.administrator,
        at=timezone.now(),
    )


def achieved_there(came: TransferIn, by: User) -> AchievedElsewhere:
    return transfer.record_achieved(
        transfer=came,
        unit=a_unit("ocr-d20"),
        title="",
        achieved_on=timezone.localdate() - 60 * DAY,
        certificate="C 77",
        seen="The certificate, by Northgate Admin.",
        by=by,
        at=timezone.now(),
    )


def achieved_elsewhere(house: House) -> AchievedElsewhere:
    return achieved_there(comes(house), house.administrator)
