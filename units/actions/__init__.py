"""Verbs of the standard, of units from outside, of a centre's approvals and of qualifications."""

from units.actions.approvals import (
    approve,
    approve_form,
    record_direct_claim,
    withdraw_direct_claim,
)
from units.actions.bringing import discard_draft, load_units, send_units, take_units, throw_units_away
from units.actions.qualifications import (
    Particulars,
    WrittenGroup,
    arrange,
    edit_qualification,
    new_version,
    publish_qualification,
    structure_written,
    write_qualification,
)
from units.actions.standard import publish, publish_standard

__all__ = [
    "Particulars",
    "WrittenGroup",
    "approve",
    "approve_form",
    "arrange",
    "discard_draft",
    "edit_qualification",
    "load_units",
    "new_version",
    "publish",
    "publish_qualification",
    "publish_standard",
    "record_direct_claim",
    "send_units",
    "structure_written",
    "take_units",
    "throw_units_away",
    "withdraw_direct_claim",
    "write_qualification",
]
