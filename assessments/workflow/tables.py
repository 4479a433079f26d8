"""The two journeys as tables, and whose move it is at each status. `manage.py print_docs` prints them."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from assessments.enums import HANDED_IN, ItemStatus, Party, UnitStatus, Verb
from assessments.rules import PERMISSIONS

StatusT = TypeVar("StatusT", UnitStatus, ItemStatus)

U = UnitStatus
I = ItemStatus  # noqa: E741  # read as a table

UNIT_WHILE_FROZEN = (Verb.REVOKE,)
"""What is recorded of a unit that the centre's office holds: what the awarding body did. Nothing else moves."""
SUSPENDABLE = (U.COLLECTING, U.DECLARED, U.AWAITING_COUNTERSIGNATURE, U.SIGNED_OFF, U.VERIFIED)


@dataclass(frozen=True)
class Step(Generic[StatusT]):
    """A row of a journey's table. Without targets the status stays; several targets: the verb decides which."""

    verb: Verb
    sources: tuple[StatusT, ...]
    targets: tuple[StatusT, ...]
    phrase: str
    needs: str

    @property
    def turn(self) -> tuple[Party, ...]:
        return PERMISSIONS[self.verb]


SAFEKEEPING = (Verb.QUARANTINE, Verb.RELEASE, Verb.REDACT)

ITEM_JOURNEY: tuple[Step[ItemStatus], ...] = (
    Step(
        Verb.SUBMIT, (I.DRAFT, I.RETURNED), (I.SUBMITTED,), "hand this item in",
        "a file, a named location or a witness's signed testimony, and no witness still to sign; mapped to "
        "at least one criterion; what was done and when; declared authentic; "
        "nothing in quarantine; a setting its units allow; a simulation approved by the unit's "
        "verifier before its day; its units still collecting",
    ),
    Step(
        Verb.REVIEW, (I.SUBMITTED, I.REVIEWED), (I.REVIEWED, I.RETURNED), "assess this item",
        "decisions, the four rules of evidence, feedback where something is not met; part of the mappings may wait",
    ),
    Step(
        Verb.REPLACE, (I.RETURNED, I.REVIEWED), (I.DRAFT,), "replace this item",
        "no unit it is mapped to is past collecting; the earlier version and its decisions stay",
    ),
    Step(
        Verb.MAP_MORE, (I.DRAFT, *HANDED_IN), (), "map this item",
        "the unit mapped to is collecting; a new mapping waits to be assessed",
    ),
    Step(
        Verb.WITHDRAW_ITEM, (I.DRAFT, *HANDED_IN), (I.WITHDRAWN,), "withdraw this item",
        "the candidate while it is a draft, else the assessor; a reason; no unit it is mapped to is past collecting; "
        "its number is never used again",
    ),
    Step(
        Verb.QUARANTINE, (I.DRAFT, *HANDED_IN, I.WITHDRAWN), (), "quarantine a file of this item",
        "a reason; from then on nobody can open the file; a version that was replaced may be meant, too",
    ),
    Step(
        Verb.RELEASE, (I.DRAFT, *HANDED_IN, I.WITHDRAWN), (), "release a file of this item from quarantine",
        "a reason; by somebody else than whoever put it there; the quarantine stays on record",
    ),
    Step(
        Verb.REDACT, (I.DRAFT, *HANDED_IN, I.WITHDRAWN), (), "redact a file of this item",
        "a reason and the redacted file; the old bytes are destroyed, the lines stay; a version that was replaced may "
        "be meant, too",
    ),
    Step(
        Verb.HAND_OVER, (I.DRAFT,), (I.SUBMITTED,), "hand a record over",
        "made by the assessor themselves: where, in what situation, what was seen or said, feedback and the next step "
        "agreed; every passage or answer that counts marked with a criterion of a unit they assess; signed; nothing in "
        "quarantine or still being scanned; never by anybody who verified in the unit",
    ),
    Step(
        Verb.CORRECT, (I.SUBMITTED, I.REVIEWED), (I.SUBMITTED,), "correct this record",
        "by its author alone, as its next version, which needs all that a first one needs; the earlier version, its "
        "decisions and what the candidate said of it stay",
    ),
    Step(
        Verb.ACKNOWLEDGE, (I.SUBMITTED, I.REVIEWED), (), "acknowledge this record",
        "made by an assessor and not acknowledged yet; signed by the candidate",
    ),
    Step(
        Verb.DISPUTE, (I.SUBMITTED, I.REVIEWED), (), "dispute this record",
        "made by an assessor and not acknowledged yet; words; until it is corrected, acknowledged or withdrawn the "
        "unit is neither declared complete nor signed off",
    ),
)  # fmt: skip

UNIT_JOURNEY: tuple[Step[UnitStatus], ...] = (
    Step(
        Verb.DECLARE, (U.COLLECTING,), (U.DECLARED,), "declare this unit complete",
        "every criterion met (or met and awaiting countersignature), and as often as a rule of the centre that blocks "
        "asks; every part of the evidence requirements shown, no item waiting, every record that an assessor made "
        "acknowledged; statements signed",
    ),
    Step(
        Verb.REFER, (U.DECLARED,), (U.COLLECTING,), "refer this unit back",
        "feedback; the candidate's signatures are voided by a row",
    ),
    Step(
        Verb.SIGN_OFF, (U.DECLARED,), (U.SIGNED_OFF, U.AWAITING_COUNTERSIGNATURE), "sign this unit off",
        "statements signed; no signature stale; every record that an assessor made acknowledged; every criterion shown "
        "as often as a rule of the centre that blocks asks; an unqualified assessor's goes to the countersigner",
    ),
    Step(
        Verb.COUNTERSIGN, (U.AWAITING_COUNTERSIGNATURE,), (U.SIGNED_OFF,), "countersign this unit",
        "one act covers the sign-off and every pending decision, a row each; none of the decisions is one's own",
    ),
    Step(
        Verb.HAND_BACK, (U.AWAITING_COUNTERSIGNATURE,), (U.DECLARED,), "hand this unit back",
        "a reason, naming the decisions disagreed with; the assessor's signatures are voided by a row",
    ),
    Step(
        Verb.VERIFY, (U.SIGNED_OFF,), (U.VERIFIED,), "verify this unit",
        "a sample closed as agreed, or the awarding body wants the verifier on every unit; no open sample or action; "
        "own signature; never by anybody who decided in the unit, is a witness in it, made a record in it or devised "
        "questions asked in it",
    ),
    Step(
        Verb.SEND_BACK, (U.DECLARED, U.SIGNED_OFF, U.VERIFIED), (U.COLLECTING,), "send this unit back",
        "a finding and an action with a due date; signatures voided by rows; never by anybody who decided in the unit",
    ),
    Step(
        Verb.CLAIM, (U.VERIFIED, U.SIGNED_OFF), (U.CLAIMED,), "claim this unit",
        "verified, or left unsampled with a reason where the body asks for the verifier only if sampled; no open "
        "sample, action or appeal; no signature stale; direct claim status or the external verifier's authorisation",
    ),
    Step(
        Verb.UNCLAIM, (U.CLAIMED,), (U.VERIFIED, U.SIGNED_OFF), "take back the claim of this unit",
        "a reason; the unit stands as before the claim",
    ),
    Step(
        Verb.CERTIFICATE, (U.CLAIMED,), (U.CERTIFICATED,), "record the certificate of this unit",
        "the certificate number and date",
    ),
    Step(
        Verb.REVOKE, (U.CERTIFICATED,), (U.REVOKED,), "record that the certificate was revoked",
        "a reason and date",
    ),
    Step(
        Verb.SUSPEND, SUSPENDABLE, (U.SUSPENDED,), "suspend this unit",
        "a reason; the status is kept; a break in learning suspends all that a candidate is working on",
    ),
    Step(
        Verb.RESUME, (U.SUSPENDED,), SUSPENDABLE, "resume this unit",
        "the unit stands as before it was suspended; what a break in learning paused goes on with the return from it",
    ),
    Step(
        Verb.WITHDRAW, (*SUSPENDABLE, U.SUSPENDED), (U.WITHDRAWN,), "withdraw from this unit",
        "a reason",
    ),
    Step(
        Verb.REOPEN, (U.SIGNED_OFF, U.VERIFIED), (U.COLLECTING,), "reopen this unit",
        "a reason; signatures voided by rows",
    ),
    Step(
        Verb.MOVE_ON, (U.COLLECTING,), (U.WITHDRAWN,), "move this unit to a new version",
        "what became of each criterion is recorded; no open sample, action or appeal; the unit goes on as an enrolment "
        "on the later version, to which its evidence is mapped; decisions stay with the earlier one, to be confirmed",
    ),
    Step(
        Verb.TRANSFER_OUT, (*SUSPENDABLE, U.SUSPENDED), (U.WITHDRAWN,), "close this unit for a transfer",
        "with all others of a candidate who leaves for another centre; where to, since when and why; the candidate "
        "knows of it; no open sample, action or appeal",
    ),
)  # fmt: skip

UNIT_STEPS = {step.verb: step for step in UNIT_JOURNEY}
ITEM_STEPS = {step.verb: step for step in ITEM_JOURNEY}

UNIT_OWNER: dict[UnitStatus, Party] = {
    U.COLLECTING: Party.CANDIDATE,
    U.DECLARED: Party.ASSESSOR,
    U.AWAITING_COUNTERSIGNATURE: Party.COUNTERSIGNER,
    U.SIGNED_OFF: Party.VERIFIER,
    U.VERIFIED: Party.ADMINISTRATOR,
    U.CLAIMED: Party.ADMINISTRATOR,
    U.SUSPENDED: Party.ADMINISTRATOR,
}
UNIT_FINAL = (U.CERTIFICATED, U.REVOKED, U.WITHDRAWN)
ITEM_OWNER: dict[ItemStatus, Party] = {
    I.DRAFT: Party.CANDIDATE,
    I.SUBMITTED: Party.ASSESSOR,
    I.REVIEWED: Party.CANDIDATE,
    I.RETURNED: Party.CANDIDATE,
}
ITEM_FINAL = (I.WITHDRAWN,)
