"""Documents of a candidate's portfolio: title page, profile, contents, who signed, who witnessed; and all in one."""

from collections.abc import Sequence

from assessments.documents.sheets import Cells, Column, Covers, Part, Sheet, known, numbers, sheet_facts, table
from assessments.documents.words import Facts, day, foot, titled
from assessments.enums import SignedAs, WitnessStatus
from assessments.models import AssessmentPlan, Enrolment, Profile
from assessments.queries.binder import Binder, Contents, TitlePage, UnitContents, WitnessLine
from assessments.queries.signatories import CANDIDATE, WITNESS, Signatory
from portfolio.models import StaffQualification
from units.enums import VerifierSignature

TITLE = "Portfolio title page"
PROFILE = "Personal profile"
CONTENTS = "Contents checklist"
SIGNATORIES = "Signatory list"
WITNESSES = "Witness status list"
WHOLE = "Portfolio"
YES, NOT_YET, NONE = "Yes", "Not yet", "None needed"


def binder_sheet(
    binder: Binder,
    form: str,
    parts: Sequence[Part],
    *,
    about: tuple[tuple[str, str], ...] = (),
    heading: str = "",
    staff: bool = False,
) -> Sheet:
    """A document of the portfolio, as far as whoever asks sees it."""
    candidate = binder.candidate
    return Sheet(
        form=form,
        heading=heading,
        candidate=candidate.legal_name,
        stamp=stamp_of(binder),
        about=about,
        parts=tuple(parts),
        covers=Covers(binder.ids, staff=staff),
    )


def stamp_of(binder: Binder) -> str:
    """What the pages of a portfolio are stamped with: its units, as far as they are few."""
    codes = list(dict.fromkeys(unit.unit.short_code for unit in binder.units))
    if not codes:
        return "Portfolio"
    return f"Portfolio {', '.join(codes)}" if len(codes) <= 4 else f"Portfolio, {len(codes)} units"


# --- whose it is -----------------------------------------------------------------------------------------------------


def title_sheet(found: TitlePage) -> Sheet:
    """Whose portfolio it is, for which units, at which centre, and who works on it (domain document F1)."""
    candidate, profile = found.binder.candidate, found.profile
    columns = (Column("Unit", 20), Column("Title"), Column("Level", 13))
    people = (Column("Assessor", 34), Column("Countersigner", 32), Column("Internal verifier", 34))
    parts = [
        Part(
            "Candidate",
            fields=known(
                ("Name as on legal identification", candidate.legal_name),
                ("Known as", candidate.known_as),
                ("Candidate number", candidate.candidate_number),
                ("Scottish candidate number", candidate.scn),
                ("Unique learner number", candidate.uln),
                ("Centre’s own reference", candidate.centre_reference),
                ("Registered with the awarding body", day(candidate.registered_on)),
                ("Job", profile.job_title if profile else ""),
                ("Employer", profile.employer if profile else ""),
                ("Place of work", candidate.workplace),
                ("Mentor or supervisor", profile.supervisor if profile else ""),
            ),
        ),
        Part(
            "Units",
            table=table((*columns, *people), (unit_cells(unit, found.names) for unit in found.binder.units)),
            note="" if found.binder.units else "The candidate is enrolled on no unit yet.",
        ),
        Part(
            "Centre",
            fields=known(
                ("Centre", str(candidate.centre)),
                *((f"{row.awarding_body} centre number", row.centre_number) for row in found.approvals),
                ("Centre co-ordinator", "\n".join(in_office(row.name, row.job_title) for row in found.office)),
            ),
        ),
    ]
    return binder_sheet(found.binder, TITLE, parts, heading=candidate.legal_name)


def unit_cells(unit: Enrolment, names: dict[int, str]) -> Cells:
    """A unit with those allocated to it now."""
    return (
        unit.unit.short_code,
        f"{unit.unit.shown_title}\n{unit.get_status_display()}",
        str(unit.unit.level or ""),
        names.get(unit.assessor_id, ""),
        names.get(unit.countersigner_id or 0, ""),
        names.get(unit.verifier_id, ""),
    )


def in_office(name: str, job_title: str) -> str:
    return f"{name}, {job_title}" if job_title else name


def profile_sheet(binder: Binder, profile: Profile | None) -> Sheet:
    """What the centre's record holds of the candidate, and what they say of themselves (domain document F1)."""
    candidate = binder.candidate
    started = min((unit.started_on for unit in binder.units), default=None)
    parts = [
        Part(
            "From the centre’s record",
            fields=known(
                ("Name", candidate.legal_name),
                ("Known as", candidate.known_as),
                ("Place of work", candidate.workplace),
                ("Began at the centre", day(started)),
                ("Registered with the awarding body", day(candidate.registered_on)),
            ),
        )
    ]
    own = known(
        ("Job", profile.job_title),
        ("Employer", profile.employer),
        ("In this job since", profile.started),
        ("Mentor or supervisor", profile.supervisor),
        ("Address or telephone", profile.contact),
    ) if profile else ()  # fmt: skip
    prose = known(
        ("Main duties", profile.duties),
        ("Career so far", profile.career),
        ("Qualifications held already", profile.qualifications),
    ) if profile else ()  # fmt: skip
    if own or prose:
        written = f"Written by the candidate, last on {day(profile.written_at)}." if profile else ""
        parts.append(Part("In the candidate’s own words", fields=own, note=written))
        parts += [Part(title, text) for title, text in prose]
    else:
        parts.append(Part("In the candidate’s own words", note="The candidate has written nothing here yet."))
    return binder_sheet(binder, PROFILE, parts, heading=candidate.legal_name)


# --- what is in it ---------------------------------------------------------------------------------------------------


def contents_sheet(found: Contents) -> Sheet:
    """What a portfolio should hold, whether it does, and where it stands (domain document F1)."""
    profile = found.profile
    written = f"Written on {day(profile.written_at)}" if profile else "The candidate has not written one"
    rows: list[Cells] = [
        (TITLE, YES, "Made from the centre’s record"),
        (PROFILE, YES if profile else NOT_YET, written),
        (SIGNATORIES, YES, "Made from what was signed and decided"),
        (
            WITNESSES,
            YES if found.witnesses else NONE,
            people_in_words(found.witnesses) if found.witnesses else "No witness has testified",
        ),
    ]
    columns = (Column("What belongs in it", 62), Column("There", 26), Column("Where, and what is missing"))
    parts = [Part("The portfolio", table=table(columns, rows))]
    parts += [Part(titled(unit.enrolment.unit), table=table(columns, unit_lines(unit))) for unit in found.units]
    if not found.units:
        parts.append(Part("Units", note="The candidate is enrolled on no unit yet."))
    return binder_sheet(found.binder, CONTENTS, parts)


def people_in_words(count: int) -> str:
    return "1 witness" if count == 1 else f"{count} witnesses"


def unit_lines(found: UnitContents) -> list[Cells]:
    """What belongs to a unit, line by line."""
    unit, items = found.enrolment, found.items
    met, all_of_them = unit.accepted_count, unit.criteria_count
    return [
        plan_line(found.plans),
        (
            "Evidence, in its index",
            YES if items else NOT_YET,
            f"Evidence {numbers(row.evidence.number or 0 for row in items)}" if items else "Nothing is handed in",
        ),
        *(
            [("Evidence held elsewhere", YES, f"Evidence {numbers(found.elsewhere)}: the index says where")]
            if found.elsewhere
            else []
        ),
        (
            "Every item read by an assessor",
            NOT_YET if found.unread or not items else YES,
            f"Not read yet: evidence {numbers(found.unread)}" if found.unread else "",
        ),
        *(
            [("Records signed by the candidate", NOT_YET, f"Not signed: evidence {numbers(found.unsigned)}")]
            if found.unsigned
            else []
        ),
        (
            "Every criterion accepted",
            YES if all_of_them and met == all_of_them else NOT_YET,
            f"{met} of {all_of_them} criteria: the unit progress record has each",
        ),
        signed_line("Signed by the candidate", found, SignedAs.CANDIDATE),
        signed_line("Signed by the assessor", found, SignedAs.ASSESSOR),
        *(
            [signed_line("Countersigned", found, SignedAs.COUNTERSIGNER)]
            if unit.countersigner_id or SignedAs.COUNTERSIGNER in found.signatures
            else []
        ),
        (
            "Sampled by the internal verifier",
            YES if found.sampled_at else NOT_YET,
            day(found.sampled_at) or "Only what the sampling plan chooses is sampled",
        ),
        signed_line("Signed by the internal verifier", found, SignedAs.VERIFIER, unless=only_if_sampled(unit)),
        (
            "Centre Authentication Form",
            YES if found.form else NOT_YET,
            f"Signed for the centre on {day(found.form.signature.signed_at)}" if found.form else "",
        ),
    ]


def plan_line(plans: Sequence[AssessmentPlan]) -> Cells:
    """Whether an assessment plan was agreed."""
    agreed = [plan for plan in plans if plan.agreed_at]
    if agreed:
        said = "\n".join(f"{plan}: agreed {day(plan.agreed_at)}" for plan in agreed)
        return "Assessment plan, agreed", YES, said
    return "Assessment plan, agreed", NOT_YET, "Proposed, and not agreed yet" if plans else ""


def only_if_sampled(unit: Enrolment) -> str:
    """What to know where the awarding body wants a verifier's signature on sampled units alone."""
    always = unit.unit.awarding_body.verifier_signature == VerifierSignature.ALWAYS
    return "" if always else f"{unit.unit.awarding_body} asks for it only where the unit is sampled"


def signed_line(what: str, found: UnitContents, part: SignedAs, *, unless: str = "") -> Cells:
    """Whether a signature in force is there; `unless` says when there need be none."""
    row = found.signatures.get(part)
    if row is None:
        return what, NOT_YET, unless
    return what, YES, f"{row.signature.signer_name}, {day(row.signature.signed_at)}"


# --- who signed, and who saw -----------------------------------------------------------------------------------------


def signatories_sheet(binder: Binder, found: Sequence[Signatory]) -> Sheet:
    """Everybody who signed or decided anything in the units, and how they sign (domain document F1)."""
    columns = (Column("Name and initials", 36), Column("Part", 27), Column("Qualification", 42))
    further = (Column("What, and when", 36), Column("How they sign"))
    return binder_sheet(
        binder,
        SIGNATORIES,
        [
            Part(
                "Who signed or decided",
                table=table((*columns, *further), (signatory_cells(row) for row in found)),
                note=HOW_SIGNED if found else "Nobody has signed or decided anything yet.",
            )
        ],
    )


HOW_SIGNED = (
    "Everybody signs with their own sign-in and password asked again, a witness by the link sent to their address. The "
    "digest is of what was signed: it would be another had a letter of it changed."
)


def signatory_cells(row: Signatory) -> Cells:
    """A person as a row."""
    did = "\n".join(f"{what}: {count}" for what, count in row.did.items())
    first, last = day(row.first), day(row.last)
    if signature := row.signature:
        how = f"{signature.signer_name}\n{day(signature.signed_at)}, digest {signature.digest[:12]}"
    else:
        how = "By deciding under their sign-in; they signed no form"
    needs_none = set(row.parts) <= {CANDIDATE, WITNESS}
    awards = "\n".join(award_in_words(award) for award in row.qualifications)
    return (
        f"{row.name}\n{initials(row.name)}",
        "\n".join(row.parts),
        awards or ("" if needs_none else "None on record"),
        f"{did}\n{first if first == last else f'{first} to {last}'}",
        how,
    )


def award_in_words(award: StaffQualification) -> str:
    """Held since when, or worked towards until when."""
    if award.achieved_on:
        return f"{award.get_kind_display()}, {day(award.achieved_on)}"
    return f"Working towards {award.get_kind_display()}, by {day(award.target_on)}"


def initials(name: str) -> str:
    """`S. Ł. Ŵ.-Ś.` would be more than a specimen needs: the first letter of each word."""
    return "".join(word[0].upper() for word in name.split())


def witnesses_sheet(binder: Binder, lines: Sequence[WitnessLine]) -> Sheet:
    """Everybody who testified, what they are to the candidate and know of the work (SQA's witness status list).

    How to reach them is told to staff alone.
    """
    staff = not binder.own
    columns = (Column("Witness", 40), Column("To the candidate", 32), Column("Status", 15), Column("Evidence", 22))
    last = (
        (Column("Units", 22), Column("Signed")) if not staff else (Column("Units", 18), Column("Contact and signature"))
    )
    categories = [(str(number), f"“{status.label}”") for number, status in enumerate(WitnessStatus, start=1)]
    parts = [
        Part(
            "Witnesses",
            table=table((*columns, *last), (witness_cells(line, staff=staff) for line in lines)),
            note="" if lines else "No witness has testified.",
        )
    ]
    if lines:
        parts.append(
            Part("What the status says", table=table((Column("Status", 15), Column("The witness said")), categories))
        )
    return binder_sheet(binder, WITNESSES, parts, staff=staff and bool(lines))


def witness_cells(line: WitnessLine, *, staff: bool) -> Cells:
    """A witness as a row."""
    row = line.testimony
    contact = "\n".join(filter(None, (row.email, row.telephone))) if staff else ""
    signature = row.signature
    signed = f"{day(signature.signed_at)}, digest {signature.digest[:12]}" if signature else ""
    return (
        "\n".join(filter(None, (row.name, row.own_job_title or row.job_title))),
        row.own_relationship,
        str(list(WitnessStatus).index(WitnessStatus(row.status)) + 1),
        numbers(line.evidence),
        ", ".join(line.units),
        "\n".join(filter(None, (contact, signed))),
    )


# --- all of it -------------------------------------------------------------------------------------------------------


def set_facts(binder: Binder, sheets: Sequence[Sheet]) -> Facts:
    """Every sheet in its order, each with the facts it has when it is asked for alone."""
    place = str(binder.candidate.centre)
    facts: Facts = {
        "form": WHOLE,
        "candidate": binder.candidate.legal_name,
        "stamp": stamp_of(binder),
        "sheets": [sheet_facts(sheet, place) for sheet in sheets],
        "covers": {"units": list(binder.ids), "staff": any(sheet.covers.staff for sheet in sheets)},
    }
    return {**facts, "foot": foot(facts, binder.candidate.legal_name, place)}
