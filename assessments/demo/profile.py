"""What a candidate of the demonstration centre says of herself."""

import datetime

from assessments.actions.profile import write_profile
from assessments.models import Profile
from portfolio.models import CandidateRecord

WORDS = {
    "job_title": "Team leader, customer relations",
    "employer": "Glanrafon Retail",
    "started": "May 2023",
    "supervisor": "Bethan Hughes, shift manager",
    "duties": "I lead twelve agents on the evening shift, take what they escalate, and keep the complaint log.",
    "career": "Agent at Glanrafon Retail from 2019. Before that the box office of Theatr y Glannau, Aberystwyth.",
    "qualifications": "Level 2 Certificate in Contact Centre Operations, 2021.",
}


def written(candidate: CandidateRecord, at: datetime.datetime) -> Profile:
    """Her profile, with no address: that is nobody's business."""
    return write_profile(candidate=candidate, words=WORDS, by=candidate.user, at=at)
