"""What the demonstration centre says of people's data, and who asked for theirs."""

import datetime

from assessments.actions import data_request
from assessments.demo.centre import Harbour
from portfolio import actions
from portfolio.plain_text import plain_text

DAY = datetime.timedelta(days=1)
FILLED_IN = {
    "[address]": "1 Harbour Street",
    "[data protection contact]": "1 Harbour Street, privacy@harbour.example",
    "[awarding bodies]": "OCR and SQA",
    "[Ofqual, Qualifications Wales, SQA Accreditation or CCEA]": "Ofqual and SQA Accreditation",
    "[Processors: hosting, mail.]": "Harbour IT, which runs the system for us.",
    "[how long you need them]": "we look at them once a year",
}
"""What the template leaves to a centre. Its periods, and whatever else stands in brackets, is as it is here."""


def told(harbour: Harbour, now: datetime.datetime) -> None:
    """The privacy notice, from the template, filled in."""
    notice = plain_text("portfolio/privacy_template.txt", {"centre": harbour.centre})
    for blank, words in FILLED_IN.items():
        notice = notice.replace(blank, words)
    notice = notice.replace("[", "").replace("]", "")
    by = harbour.staff.administrator
    actions.set_privacy_notice(centre=harbour.centre, notice=notice, address="", by=by, at=now - 90 * DAY)


def asked_for(harbour: Harbour, now: datetime.datetime) -> None:
    """Siân asked at the office, and gets her copy next; of a letter it is not clear yet whether it is Tom's."""
    office, centre = harbour.staff.administrator, harbour.centre
    for name, ago, asked, identity in (
        ("sian", 6, "Everything you keep about her; asked at the office.", "She asked in person, and Morag knows her."),
        ("tom", 3, "A letter without a return address: all his feedback, and who read it.", ""),
    ):
        data_request.record_data_request(
            centre=centre,
            address=harbour.candidates[name].user.email,
            received_on=(now - ago * DAY).date(),
            asked=asked,
            identity=identity,
            by=office,
            at=now - ago * DAY,
        )
