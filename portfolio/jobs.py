"""Work that a worker does outside the request (`manage.py db_worker`).

A task names its work as a string, so that whoever asks for it need not import whoever does it. The queue's rows are
written in the transaction of whoever asks, so a worker sees them after its commit and none is lost. A worker that is
killed leaves its task unfinished for good: so every task can be run again without harm, and sweeps ask again.
"""

import datetime

from django.utils.module_loading import import_string
from django_tasks import task


@task()
def render_document(document_id: int) -> None:
    """Make the PDF of a Document that waits."""
    import_string("portfolio.press.make")(document_id)


@task(priority=50)
def destroy_bytes(destruction_id: int) -> None:
    """Carry out a Destruction."""
    import_string("portfolio.shredder.carry_out")(destruction_id)


@task()
def destroy_records(disposal_id: int) -> None:
    """Destroy what a confirmed order names under the retention schedule."""
    import_string("assessments.actions.destroying.carry_out")(disposal_id)


def requeue_lost_records(at: datetime.datetime) -> int:
    """Have the floor that orders destructions ask again for those whose worker was lost. Returns how many."""
    again: int = import_string("assessments.actions.destroying.requeue_lost")(at=at)
    return again


@task(priority=-10)
def draw_pages(rendition_id: int) -> None:
    """Draw the pages of a Rendition that waits. Letters and documents that somebody waits for go first."""
    import_string("portfolio.renditions.make")(rendition_id)


@task()
def scan(stored_id: int) -> None:
    """Have a file that waits scanned for malware."""
    import_string("portfolio.scanning.scan")(stored_id)


def shut_away_infected(stored_id: int, signature: str, at: datetime.datetime) -> list[int]:
    """Have the floor that uses an infected file put it in quarantine, in the caller's transaction. Returns the ids."""
    shut_away: list[int] = import_string("assessments.actions.safekeeping.shut_away_infected")(stored_id, signature, at)
    return shut_away


@task(priority=-20)
def make_archive(archive_id: int) -> None:
    """Make an Archive that waits. Whatever somebody looks at the clock for goes first."""
    import_string("portfolio.archive.asking.make")(archive_id)


@task(priority=-5)
def make_forms(batch_id: int) -> None:
    """Make some more forms of a batch. A document that somebody waits for goes between."""
    import_string("assessments.documents.issuing.make")(batch_id)


def requeue_lost_forms(at: datetime.datetime) -> int:
    """Go on with every batch of forms whose worker was killed. Returns how many."""
    count: int = import_string("assessments.documents.issuing.requeue_lost")(at)
    return count


def sweep_gathered(now: datetime.datetime) -> int:
    """Remove files of forms put together some days ago. Returns how many."""
    count: int = import_string("assessments.documents.issuing.sweep")(now)
    return count


def sweep_units(now: datetime.datetime) -> int:
    """Forget files of units from outside that nobody took. Returns how many."""
    count: int = import_string("units.actions.bringing.sweep")(now)
    return count


@task()
def check_book(check_id: int) -> None:
    """Walk an audit book that somebody asked to have checked."""
    import_string("portfolio.audit.carry_out")(check_id)


@task()
def read_people(import_id: int) -> None:
    """Check a table of people that was sent."""
    import_string("portfolio.importing.read")(import_id)


@task()
def take_people(import_id: int) -> None:
    """Take the people of a table that was checked."""
    import_string("portfolio.importing.take_all")(import_id)


@task(priority=-5)
def send_invitations(centre_id: int, by_id: int, act_id: str) -> None:
    """Invite everybody of a centre whose letter was held back."""
    import_string("portfolio.inviting.invite_all")(centre_id, by_id, act_id)
