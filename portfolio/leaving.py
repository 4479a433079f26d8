"""What of the ground floor does not travel in archives, and why."""

import secrets
from typing import cast

from django.db.models import Model, Q

from portfolio import press
from portfolio.archive import catalogue
from portfolio.archive.catalogue import Renewed
from portfolio.enums import DocumentStatus
from portfolio.models import Document

OF_THE_INSTALLATION = "What libraries keep of sign-ins, sessions and jobs belongs to the installation."
LEFT_OUT = {
    "portfolio.Archive": "A copy of the record, kept for some days.",
    "portfolio.Arrival": "Said by the books of record/index.json.",
    "portfolio.ArrivedNumbers": "Said by the numbers of each row.",
    "portfolio.BookCheck": "That somebody had the book checked here; it is checked again as it arrives.",
    "portfolio.PeopleImport": "A table on its way in; whoever was taken from it is in the record.",
    "portfolio.ImportedRow": "A row of such a table.",
    "portfolio.OutgoingMessage": "A letter that waits to be sent, or was: what it tells of is in the record.",
    "portfolio.Notice": "News of what is in the record; goes after ninety days.",
    "portfolio.Telling": "How often a person wants letters, at whatever centre: theirs to choose anew.",
    "portfolio.LeftOut": "Which letters a person does not want, at whatever centre: theirs to choose anew.",
    "portfolio.Upload": "A file on its way in; once used it is in the record.",
    "portfolio.Rendition": "Pictures of a file's pages, which are drawn again.",
    "portfolio.WorkInProgress": "What somebody is still typing: on no record, and read by nobody else.",
    "portfolio.Seal": "The key of a seal stays where it was set; forms carry their seal, and say of it what there is.",
    "portfolio.Worker": "A process of this installation.",
    **dict.fromkeys(
        (
            "account.EmailAddress",
            "account.EmailConfirmation",
            "auth.Group",
            "auth.Permission",
            "axes.AccessAttempt",
            "axes.AccessAttemptExpiration",
            "axes.AccessFailureLog",
            "axes.AccessLog",
            "contenttypes.ContentType",
            "django_tasks_database.DBTaskResult",
            "mfa.Authenticator",
            "sessions.Session",
            "socialaccount.SocialAccount",
            "socialaccount.SocialApp",
            "socialaccount.SocialToken",
            "usersessions.UserSession",
        ),
        OF_THE_INSTALLATION,
    ),
}
CREDENTIALS = Renewed("A sign-in is an address; its credentials stay, and whoever arrives chooses a new password.")
HERE = "portfolio.leaving"


def register() -> None:
    catalogue.leave_out(LEFT_OUT)
    catalogue.renew(
        "portfolio.User",
        {
            "password": Renewed(CREDENTIALS.reason, f"{HERE}.no_password"),
            **dict.fromkeys(("last_login", "handle", "is_active", "created_at"), CREDENTIALS),
        },
    )
    catalogue.renew(
        "portfolio.Document", {"key": Renewed("Worked out of the rest, with numbers of here.", f"{HERE}.key_here")}
    )
    catalogue.only(
        "portfolio.Document",
        Q(issued=True, status=DocumentStatus.READY),
        "Issued documents are kept for good; drafts can be made again.",
    )
    catalogue.leads_home("portfolio.AuditChain", "portfolio.Centre", "centre")
    catalogue.hangs_on_what_is_referred_to("portfolio.Scan")


def no_password(row: Model) -> str:
    """What nobody's password gives."""
    return f"!{secrets.token_urlsafe(30)}"


def key_here(row: Model) -> str:
    """The key under which the press finds the document here."""
    return press.key_kept(cast(Document, row))
