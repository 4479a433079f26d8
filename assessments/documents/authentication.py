"""The Centre Authentication form: that a candidate's unit is authentic, in everybody's declared words."""

from collections.abc import Sequence

from assessments.documents.words import Facts, day, foot, heading, place, signature_facts, titled
from assessments.enums import SignedAs
from assessments.models import Registration
from assessments.queries.printed import PrintedAuthentication, PrintedSignature, PrintedUnit
from portfolio.canonical import JSON
from portfolio.models import CandidateRecord
from units.models import Unit


def authentication_form_facts(printed: PrintedAuthentication) -> Facts:
    """The Centre Authentication form: whom and what it is about, and who declared what.

    Source: fields of the awarding bodies' authentication forms (domain document F2). What is not known is left out. Its
    reference is the document's own, which the press adds.
    """
    record, unit = printed.record, printed.record.printed_unit
    candidate = record.enrolment.candidate
    facts: Facts = {
        "form": "Centre Authentication Form",
        "heading": heading(unit.unit),
        "candidate": candidate.legal_name,
        "about": [
            *fields_of_centre(unit),
            *fields_of_qualifications(printed.registered),
            *fields_of_unit(unit.unit),
            *fields_of_candidate(candidate, printed.registered),
        ],
        "declarations": declarations(printed),
    }
    return {**facts, "foot": foot(facts, candidate.legal_name, *place(unit))}


def fields_of_centre(unit: PrintedUnit) -> list[JSON]:
    body = unit.unit.awarding_body
    return fields(
        ("Centre", str(unit.centre)),
        ("Centre number", unit.approval.centre_number if unit.approval else ""),
        ("Awarding body", body.name),
    )


def fields_of_qualifications(registered: Sequence[Registration]) -> list[JSON]:
    """What the candidate is registered for: each with its number on the register."""
    pairs = [
        pair
        for row in registered
        for pair in (("Qualification", row.qualification.title), ("Qualification number", row.qualification.number))
    ]
    return fields(*pairs)


def fields_of_unit(unit: Unit) -> list[JSON]:
    return fields(
        ("Unit", titled(unit)),
        ("Awarding body’s unit number", unit.body_unit_number),
        ("Sector unit number", unit.sector_unit_number),
        ("Unit reference number", unit.unit_reference_number),
        ("Unit reference number (from public lists)", unit.public_reference_number),
        ("Level", str(unit.level or "")),
    )


def fields_of_candidate(candidate: CandidateRecord, registered: Sequence[Registration]) -> list[JSON]:
    return fields(
        ("Candidate", candidate.legal_name),
        ("Candidate number", candidate.candidate_number),
        *(("Registration number", registration_number(row, registered)) for row in registered),
        ("Unique learner number", candidate.uln),
        ("Scottish candidate number", candidate.scn),
        ("Centre’s own reference", candidate.centre_reference),
    )


def registration_number(row: Registration, registered: Sequence[Registration]) -> str:
    """The number of one of the registrations; where there are several, with what it is for."""
    return f"{row.number} ({row.qualification.title})" if row.number and len(registered) > 1 else row.number


def fields(*pairs: tuple[str, str]) -> list[JSON]:
    """A label and a value a line; what is not known is left out."""
    return [{"label": label, "value": value} for label, value in pairs if value]


def declarations(printed: PrintedAuthentication) -> list[JSON]:
    """Who declared what, in the order of the form: candidate, assessor, countersigner, verifier, centre."""
    signatures = printed.record.signatures
    found = [
        declaration("Candidate’s declaration", signatures.get(SignedAs.CANDIDATE_AUTHENTICITY), "Candidate"),
        declaration(
            "Assessor’s declaration", signatures.get(SignedAs.ASSESSOR_AUTHENTICITY), "Assessor", award_line(printed)
        ),
    ]
    countersigned = signatures.get(SignedAs.COUNTERSIGNER)
    if countersigned and countersigned.in_force:
        found.append(declaration("Countersignature", countersigned, "Countersigner"))
    centre = PrintedSignature(printed.form.signature)
    position = f"Position: {printed.job_title}." if printed.job_title else ""
    return [
        *found,
        *verification(printed),
        declaration("Centre’s declaration", centre, "For the centre", position),
    ]


def declaration(title: str, signed: PrintedSignature | None, part: str, *lines: str) -> JSON:
    """The words declared, with their version, the signature, and what belongs beside it."""
    statement = signed.signature.statement if signed else None
    text = statement.text if statement else ""
    return {
        "title": title,
        "text": text,
        "version": statement.version if statement else None,
        "lines": [line for line in lines if line],
        "signature": signature_facts(signed, part, above=text),
    }


def award_line(printed: PrintedAuthentication) -> str:
    """Whether the assessor was qualified on the day they signed, or working towards it."""
    award = printed.award
    if award is None:
        return "No assessor qualification is on the centre’s record."
    if printed.award_held:
        number = f", certificate {award.certificate_number}" if award.certificate_number else ""
        return f"Qualified: {award.get_kind_display()}, achieved {day(award.achieved_on)}{number}."
    return f"Working towards: {award.get_kind_display()}, by {day(award.target_on or award.achieved_on)}."


def verification(printed: PrintedAuthentication) -> list[JSON]:
    """The verifier's confirmation if the unit was sampled or verified; else why it was not; else nothing yet."""
    signed, sampled = printed.record.signatures.get(SignedAs.VERIFIER), day(printed.record.sampled_at)
    title = "Internal verification"
    if signed or sampled:
        line = f"Date sampled: {sampled}." if sampled else "This unit was not in the sample."
        return [declaration(title, signed, "Internal verifier", line)]
    if printed.record.unsampled_reason:
        line = f"This unit was left out of the sample: {printed.record.unsampled_reason}"
        return [{"title": title, "text": "", "version": None, "lines": [line], "signature": None}]
    return []
