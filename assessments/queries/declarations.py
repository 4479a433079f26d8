"""The words of the declarations on authentication forms, in force, waiting and before, as their page shows them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from assessments.form_enums import DeclarationOf
from assessments.models import ExternalAccess, Wording
from portfolio import signing
from portfolio.models import Centre, Statement, User
from units.models import AwardingBody, CentreApproval


@dataclass(frozen=True)
class DeclarationLine:
    """A declaration for the units of a body: the words in force, those that wait, and the centre's earlier ones."""

    declaration: DeclarationOf
    in_force: Statement
    approved: Wording | None
    """The wording that the words in force were approved as; None for the house's."""
    waiting: Wording | None
    earlier: list[Wording]
    may_approve: bool


@dataclass(frozen=True)
class BodyDeclarations:
    """The three declarations of an awarding body."""

    body: AwardingBody
    lines: list[DeclarationLine]


def declarations_at(centre: Centre, user: User, bodies: Sequence[AwardingBody]) -> list[BodyDeclarations]:
    """What is signed for the units of these bodies, three queries however many."""
    statements = list(Statement.objects.known_at(centre.pk).filter(key__in=DeclarationOf.values))
    wordings: dict[tuple[int, str], list[Wording]] = defaultdict(list)
    for wording in Wording.objects.filter(centre=centre).select_related("statement", "written_by"):
        wordings[wording.awarding_body_id, wording.declaration].append(wording)
    looks_for = set(ExternalAccess.objects.in_force(user).filter(centre=centre).values_list("awarding_body", flat=True))
    return [
        BodyDeclarations(
            body,
            [
                line_of(declaration, body, statements, wordings[body.pk, declaration], body.pk in looks_for)
                for declaration in DeclarationOf
            ],
        )
        for body in bodies
    ]


def line_of(
    declaration: DeclarationOf,
    body: AwardingBody,
    statements: Sequence[Statement],
    wordings: Sequence[Wording],
    may_approve: bool,
) -> DeclarationLine:
    in_force = signing.newest(statements, declaration, body.code)
    approved = next((row for row in wordings if row.statement_id == in_force.pk), None)
    return DeclarationLine(
        declaration=declaration,
        in_force=in_force,
        approved=approved,
        waiting=next((row for row in wordings if row.statement_id is None and row.withdrawn_at is None), None),
        earlier=[row for row in wordings if row.statement_id and row is not approved],
        may_approve=may_approve,
    )


def bodies_shown(centre: Centre, user: User, *, office: bool) -> list[AwardingBody]:
    """The bodies that approved the centre; to an external verifier the one they look for. One query."""
    found = CentreApproval.objects.filter(centre=centre).select_related("awarding_body").order_by("awarding_body")
    if not office:
        looked_for = ExternalAccess.objects.in_force(user).filter(centre=centre)
        found = found.filter(awarding_body__in=looked_for.values("awarding_body"))
    return [approval.awarding_body for approval in found]
