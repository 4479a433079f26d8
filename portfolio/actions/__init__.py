"""Verbs of the ground floor: keyword-only, `by=`, `at=`, one transaction, one line in the audit book.

`by=None` is the installation's operator at the command line, who opens centres and invites their first administrator.
Nearly all is done by somebody who administers the centre that day, the rest by people about themselves: what they are
told by e-mail, what they learn, what they say of themselves. `Refusal` carries the sentences otherwise.
"""

from portfolio.actions.book import check_book
from portfolio.actions.centre import open_centre, set_privacy_notice, set_up_centre
from portfolio.actions.diversity import answer_diversity, erase_diversity
from portfolio.actions.factors import (
    end_sign_ins,
    note_factors,
    note_single_sign_on,
    remove_factors,
    remove_single_sign_on,
    rename_passkey,
    sign_out,
)
from portfolio.actions.induction import acknowledge_induction, check_identity, record_induction
from portfolio.actions.invitations import (
    accept_invitation,
    invite_candidate,
    invite_staff,
    record_of,
    resend_invitation,
)
from portfolio.actions.jobs import try_job_again
from portfolio.actions.records import achieve_qualification, edit_candidate, edit_staff, record_qualification
from portfolio.actions.roles import end_role, grant_role
from portfolio.actions.seals import end_seal, set_seal
from portfolio.actions.staff import (
    correct_development,
    end_competence,
    record_competence,
    record_development,
    take_back_development,
)
from portfolio.actions.telling import choose_telling, stop_digest

__all__ = [
    "accept_invitation",
    "achieve_qualification",
    "acknowledge_induction",
    "answer_diversity",
    "check_book",
    "check_identity",
    "choose_telling",
    "correct_development",
    "edit_candidate",
    "edit_staff",
    "end_competence",
    "end_role",
    "end_seal",
    "end_sign_ins",
    "erase_diversity",
    "grant_role",
    "invite_candidate",
    "invite_staff",
    "note_factors",
    "note_single_sign_on",
    "open_centre",
    "record_competence",
    "record_development",
    "record_induction",
    "record_of",
    "record_qualification",
    "remove_factors",
    "remove_single_sign_on",
    "rename_passkey",
    "resend_invitation",
    "set_privacy_notice",
    "set_seal",
    "set_up_centre",
    "sign_out",
    "stop_digest",
    "take_back_development",
    "try_job_again",
]
