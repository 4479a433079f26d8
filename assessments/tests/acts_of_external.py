"""The verbs of external verification, ready to be done: see acts.py."""

import datetime
from collections.abc import Callable

from django.utils import timezone

from assessments.actions import access as office
from assessments.actions import activities, external
from assessments.models import CentreAction, ClaimAuthorisation, ExternalAccess, ExternalNote
from assessments.testing import House, an_enrolment, an_external, signed_off
from assessments.tests.acts_of_strategy import a_policy
from assessments.tests.doing import Act
from portfolio.models import User
from portfolio.testing import address_of
from units.models import AwardingBody

DAY = datetime.timedelta(days=1)


def a_note(house: House, access: ExternalAccess | None = None) -> ExternalNote:
    """Something an external verifier wrote down about a visit."""
    access = access or an_external(house)
    by = access.grant.user
    return external.write_note(access=access, enrolment=None, words="Ask for the log.", by=by, at=timezone.now())


def asked_of_the_centre(access: ExternalAccess, owner: User) -> CentreAction:
    """Something that an external verifier wants done within a week."""
    due_on, by = timezone.localdate() + 7 * DAY, access.grant.user
    return activities.ask_of_staff(
        source=access, owner=owner, wanted="Send the minutes.", due_on=due_on, by=by, at=timezone.now()
    )


def give_access(house: House) -> Act:
    today = timezone.localdate()
    return Act(
        house.administrator,
        lambda by: office.give_access(
            centre=house.centre,
            email=address_of("Una Unknown"),
            name="Una Unknown",
            awarding_body=AwardingBody.objects.get(code="ocr"),
            starts_on=today,
            ends_on=today + DAY,
            may_download=False,
            reference="Visit 7",
            by=by,
            at=timezone.now(),
        ),
    )


def extend_access(house: House) -> Act:
    access = an_external(house)
    ends_on = timezone.localdate() + 30 * DAY
    return Act(
        house.administrator,
        lambda by: office.extend_access(access=access, ends_on=ends_on, by=by, at=timezone.now()),
    )


def shorten_access(house: House) -> Act:
    access = an_external(house)
    ends_on = timezone.localdate() + DAY
    return Act(
        house.administrator,
        lambda by: office.shorten_access(access=access, ends_on=ends_on, by=by, at=timezone.now()),
    )


def end_access(house: House) -> Act:
    access = an_external(house)
    return Act(
        house.administrator,
        lambda by: office.end_access(access=access, reason="The visit is put off.", by=by, at=timezone.now()),
    )


def set_downloads(house: House) -> Act:
    access = an_external(house)
    return Act(
        house.administrator,
        lambda by: office.set_downloads(access=access, may_download=False, by=by, at=timezone.now()),
    )


def choose_unit(house: House) -> Act:
    access, unit = an_external(house), an_enrolment(house)
    return Act(
        access.grant.user,
        lambda by: external.choose_unit(
            access=access, enrolment=unit, reason="A new assessor.", by=by, at=timezone.now()
        ),
    )


def mark_looked_at(house: House) -> Act:
    access, unit = an_external(house), an_enrolment(house)
    by = access.grant.user
    choice = external.choose_unit(access=access, enrolment=unit, reason="New.", by=by, at=timezone.now())
    return Act(by, lambda by: external.mark_looked_at(choice=choice, by=by, at=timezone.now()))


def write_note(house: House) -> Act:
    access = an_external(house)
    return Act(
        access.grant.user,
        lambda by: external.write_note(access=access, enrolment=None, words="Good.", by=by, at=timezone.now()),
    )


def change_note(house: House) -> Act:
    note = a_note(house)
    return Act(
        note.access.grant.user,
        lambda by: external.change_note(note=note, words="Better.", by=by, at=timezone.now()),
    )


def discard_note(house: House) -> Act:
    note = a_note(house)
    return Act(note.access.grant.user, lambda by: external.discard_note(note=note, by=by, at=timezone.now()))


def issue_note(house: House) -> Act:
    note = a_note(house)
    return Act(note.access.grant.user, lambda by: external.issue_note(note=note, by=by, at=timezone.now()))


def agree_strategy(house: House) -> Act:
    access, policy = an_external(house), a_policy(house)
    return Act(
        access.grant.user,
        lambda by: external.agree_strategy(access=access, policy=policy, by=by, at=timezone.now()),
    )


def an_authorisation(house: House) -> ClaimAuthorisation:
    """The claim of a unit that is signed off, authorised on a visit."""
    access, unit = an_external(house), signed_off(an_enrolment(house, "ocr-cc26"))
    return external.authorise_claim(
        access=access, enrolment=unit, reference="Report 7", by=access.grant.user, at=timezone.now()
    )


def authorise_claim(house: House) -> Act:
    access, unit = an_external(house), signed_off(an_enrolment(house))
    return Act(
        access.grant.user,
        lambda by: external.authorise_claim(
            access=access, enrolment=unit, reference="Report 7", by=by, at=timezone.now()
        ),
    )


def take_back_authorisation(house: House) -> Act:
    row = an_authorisation(house)
    return Act(
        row.access.grant.user,
        lambda by: external.take_back_authorisation(
            access=row.access, authorisation=row, reason="Something came up.", by=by, at=timezone.now()
        ),
    )


ACTS_OF_EXTERNAL: dict[str, Callable[[House], Act]] = {
    "give_access": give_access,
    "extend_access": extend_access,
    "shorten_access": shorten_access,
    "end_access": end_access,
    "set_downloads": set_downloads,
    "choose_unit": choose_unit,
    "mark_looked_at": mark_looked_at,
    "write_note": write_note,
    "change_note": change_note,
    "discard_note": discard_note,
    "issue_note": issue_note,
    "agree_strategy": agree_strategy,
    "authorise_claim": authorise_claim,
    "take_back_authorisation": take_back_authorisation,
}
