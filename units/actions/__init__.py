"""Verbs of the standard, of a centre's approvals and of qualifications."""

from units.actions.approvals import (
    approve,
    approve_form,
    record_direct_claim,
    withdraw_direct_claim,
)
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
    "edit_qualification",
    "new_version",
    "publish",
    "publish_qualification",
    "publish_standard",
    "record_direct_claim",
    "structure_written",
    "withdraw_direct_claim",
    "write_qualification",
]
