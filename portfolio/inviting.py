"""Invitations that were held back, sent for a whole centre by a worker: each by the verb of its own, as one act."""

import logging
import uuid

from django.db import transaction
from django.utils import timezone

from portfolio import actions
from portfolio.actions.checks import refuse_strangers
from portfolio.jobs import send_invitations
from portfolio.models import Centre, User
from portfolio.queries import held_back
from portfolio.refusal import Refusal

log = logging.getLogger(__name__)


def invite_held_back(*, centre: Centre, by: User) -> int:
    """Have a worker invite everybody whose letter was held back. Returns how many there are."""
    waiting = held_back(centre, timezone.localdate()).count()
    with transaction.atomic():
        refuse_strangers(by, centre, timezone.now())
        if not waiting:
            raise Refusal(["Everybody has been invited already."])
        send_invitations.enqueue(centre.pk, by.pk, str(uuid.uuid4()))
    return waiting


def invite_all(centre_id: int, by_id: int, act_id: str) -> None:
    """Invite them one by one. Run again, or twice at once, nobody gets a second letter: who was invited is left out."""
    centre, by = Centre.objects.get(pk=centre_id), User.objects.get(pk=by_id)
    passed = 0
    while person := held_back(centre, timezone.localdate()).filter(pk__gt=passed).order_by("pk").first():
        passed = person.pk
        try:
            with transaction.atomic():
                Centre.objects.select_for_update(no_key=True).get(pk=centre_id)
                if held_back(centre, timezone.localdate()).filter(pk=person.pk).exists():
                    actions.resend_invitation(
                        centre=centre, user=person, by=by, at=timezone.now(), act_id=uuid.UUID(act_id)
                    )
        except Refusal as refusal:
            log.warning("An invitation of centre %s was not sent: %s", centre_id, refusal)
            return
