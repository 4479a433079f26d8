"""What of the upper floor does not travel in archives."""

import secrets

from django.db.models import Model

from portfolio import links
from portfolio.archive import catalogue
from portfolio.archive.catalogue import Renewed

LEFT_OUT = {
    "assessments.FormBatch": "Forms asked for at once: what came of it, signatures and issued forms, is in the record.",
    "assessments.BatchedForm": "A unit of such a batch.",
}


def register() -> None:
    catalogue.leave_out(LEFT_OUT)
    catalogue.renew(
        "assessments.Testimony",
        {
            "token_digest": Renewed(
                "A link leads to the installation that sent it: the candidate sends another.",
                "assessments.leaving.no_link",
            )
        },
    )
    catalogue.renew(
        "assessments.DataRequest", {"package": Renewed("The copy that was made is kept for some days, and stays here.")}
    )
    catalogue.leads_home(
        "assessments.Certificate", "portfolio.Centre", "claim__enrolment__centre", "award__batch__centre"
    )
    catalogue.leads_home(
        "assessments.Certificate",
        "portfolio.CandidateRecord",
        "claim__enrolment__candidate",
        "award__registration__candidate",
    )


def no_link(row: Model) -> str:
    """The digest of a link that was never sent."""
    return links.digest_of(secrets.token_urlsafe(24))
