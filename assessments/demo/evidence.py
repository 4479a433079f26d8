"""What candidates of the demonstration centre show: items of contact-centre work, by unit."""

from dataclasses import dataclass

from assessments.enums import EvidenceKind as Kind


@dataclass(frozen=True)
class Piece:
    """An item: its words, the kind of file made for it, and where in it to look."""

    title: str
    words: str
    kind: Kind
    file: str
    locator: str = ""


MATRIX = Piece(
    "Escalation matrix for team leaders",
    "I drew up who may decide what: refunds up to £50 by agents, up to £250 by team leaders, everything with a "
    "regulator's name in it by me. I agreed it with the four team leaders and the complaints manager on 4 March.",
    Kind.WORK_PRODUCT,
    "pdf",
    "page 1",
)
LOG = Piece(
    "Complaint log with actions, spring quarter",
    "Fourteen complaints were passed up to me in the quarter. The log shows what each was about, what I did and why. "
    "Two were high profile: a councillor, and a customer in the local paper.\n\nThe third tab names what keeps coming "
    "back and what we changed so that it does not.",
    Kind.WORK_PRODUCT,
    "pdf",
)
KPIS = Piece(
    "KPI proposal to the operations board",
    "I proposed five indicators: first-contact resolution, quality score, abandoned calls, complaints per thousand "
    "calls and customer effort. The paper says how each is measured and why. The board approved it with one change.",
    Kind.WORK_PRODUCT,
    "pdf",
    "section 2",
)
CALIBRATION = Piece(
    "Call calibration session with the quality team",
    "We listened to six calls and scored them apart before we compared. The recording is of one of the calls, with "
    "the customer's details taken out.",
    Kind.AUDIO_VIDEO,
    "recording",
    "minute 0:01",
)
ANALYSIS = Piece(
    "Monthly service analysis",
    "Calls answered in target, by week. I compare them with the tolerance the regulator sets, and say what I changed "
    "in the monitoring afterwards: two more samples a week for new starters.",
    Kind.WORK_PRODUCT,
    "chart",
)
REVIEW = Piece(
    "Review of the call-recording rules",
    "When the rules on keeping card details changed, I looked at what that meant for our recordings, our scripts and "
    "our policy, and recommended pausing the recording at payment.",
    Kind.PROJECT,
    "text",
)
BRIEFING = Piece(
    "Team briefing on the new complaints procedure",
    "I briefed both shifts on what changes on Monday and why. The photograph is of the board after the early shift.",
    Kind.WORK_PRODUCT,
    "photograph",
)
DISCUSSION = Piece(
    "Notes for our professional discussion",
    "What I know about our services, our aims and where I keep up to date: the notes I spoke from.",
    Kind.PROFESSIONAL_DISCUSSION,
    "text",
)
COACHING = Piece(
    "Coaching plan for two agents",
    "What the monitoring showed for each of them, what we agreed to practise, and how their scores moved in six weeks.",
    Kind.WORK_PRODUCT,
    "pdf",
)
STATEMENT = Piece(
    "Personal statement: a difficult call",
    "A customer had been passed round four departments. I took the call, checked who I was speaking to, found the "
    "order, put it right within my authority, and passed the refund on because it was above it.",
    Kind.PERSONAL_STATEMENT,
    "text",
)

LATE_SHIFT = Piece(
    "The evening the booking system was down",
    "I took the escalated calls of the late shift and agreed with the team leaders what to tell customers.",
    Kind.WITNESS_TESTIMONY,
    "",
)
FLOOR_WALK = Piece(
    "Walking the floor with new starters",
    "I sat beside four new starters in their first week and showed them how I handle a complaint.",
    Kind.WITNESS_TESTIMONY,
    "",
)

SHOWS: dict[str, dict[Piece, tuple[str, ...]]] = {
    "sqa-h12e04": {
        LOG: ("4.1", "4.2", "4.3"),
        CALIBRATION: ("5.1",),
        ANALYSIS: ("5.2.1", "5.2.2"),
        REVIEW: ("6.1",),
        BRIEFING: ("6.2",),
    },
}
"""Which evidence requirements of a unit each item shows, by their places in its specification."""

BY_UNIT: dict[str, list[tuple[Piece, str]]] = {
    "ocr-cc16": [
        (MATRIX, "1.1 1.2"),
        (LOG, "1.2 1.3"),
        (KPIS, "2.1 2.2"),
        (CALIBRATION, "2.3"),
        (ANALYSIS, "2.4 2.5"),
        (REVIEW, "3.1 3.2"),
        (BRIEFING, "3.3"),
    ],
    "sqa-h12e04": [
        (MATRIX, "1 2 e"),
        (LOG, "3 4 5 f g"),
        (KPIS, "7 h"),
        (CALIBRATION, "8 11"),
        (ANALYSIS, "9 10 i"),
        (REVIEW, "12 13 14 b j k"),
        (BRIEFING, "6 15 16 d"),
        (DISCUSSION, "a b c"),
    ],
    "ocr-d20": [
        (ANALYSIS, "1.1 1.2 1.4 1.5 1.6"),
        (LOG, "1.3 1.7 2.2"),
        (KPIS, "1.8 2.1 2.4 2.6 3.3 3.4"),
        (COACHING, "2.3 2.5 3.7"),
        (DISCUSSION, "3.1 3.2 3.5 3.6"),
    ],
    "ocr-cc32": [
        (STATEMENT, "1.1 1.2 1.3 1.5 1.6"),
        (CALIBRATION, "1.4 2.1 2.2"),
        (COACHING, "3.1 3.2 4.6"),
        (DISCUSSION, "4.1 4.2 4.3 4.4 4.5"),
    ],
    "ocr-cc26": [
        (REVIEW, "1.1 1.2 1.3 4.2 4.3"),
        (BRIEFING, "2.1 2.2 2.3"),
        (COACHING, "3.1 3.2 3.3 4.4"),
        (DISCUSSION, "4.1"),
    ],
}
