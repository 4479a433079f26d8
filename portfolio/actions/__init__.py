"""Verbs of the ground floor: keyword-only, `by=`, `at=`, one transaction, one line in the audit book.

`by=None` is the installation's operator at the command line, who opens centres and invites their first administrator.
Everything else is done by somebody who administers the centre that day; `Refusal` carries the sentences otherwise. What
they are told by e-mail everybody chooses for themselves.
"""

from portfolio.actions.centre import open_centre, set_up_centre
from portfolio.actions.induction import acknowledge_induction, check_identity, record_induction
from portfolio.actions.invitations import accept_invitation, invite_candidate, invite_staff, resend_invitation
from portfolio.actions.records import achieve_qualification, edit_candidate, edit_staff, record_qualification
from portfolio.actions.roles import end_role, grant_role
from portfolio.actions.telling import choose_telling, stop_digest

__all__ = [
    "accept_invitation",
    "achieve_qualification",
    "acknowledge_induction",
    "check_identity",
    "choose_telling",
    "edit_candidate",
    "edit_staff",
    "end_role",
    "grant_role",
    "invite_candidate",
    "invite_staff",
    "open_centre",
    "record_induction",
    "record_qualification",
    "resend_invitation",
    "set_up_centre",
    "stop_digest",
]
