"""The walls of the upper floor: what keeps judgement honest, whoever asks the database to change it.

What was handed in is never edited, what was said stands, and nobody verifies an enrolment in which they ever judged.
The verbs refuse all of this sooner and in more words; these hold when somebody goes past them.
"""

from assessments.own_walls.access import ACCESS
from assessments.own_walls.activities import ACTIVITIES
from assessments.own_walls.appeal import APPEAL
from assessments.own_walls.award import AWARD, REGISTRATION
from assessments.own_walls.breaks import BREAKS
from assessments.own_walls.case import CASE
from assessments.own_walls.checks import CHECKS
from assessments.own_walls.consistency import CONSISTENCY
from assessments.own_walls.data_request import DATA_REQUEST
from assessments.own_walls.declarations import DECLARATIONS
from assessments.own_walls.enrolment import ENROLMENT
from assessments.own_walls.evidence import EVIDENCE
from assessments.own_walls.external import EXTERNAL
from assessments.own_walls.judgement import JUDGEMENT
from assessments.own_walls.moving import MOVING
from assessments.own_walls.observed import OBSERVED
from assessments.own_walls.planning import PLANNING
from assessments.own_walls.question_sets import QUESTION_SETS
from assessments.own_walls.retention import RETENTION
from assessments.own_walls.simulation import ADJUSTMENT, SIMULATION
from assessments.own_walls.standardisation import STANDARDISATION
from assessments.own_walls.strategy import STRATEGY
from assessments.own_walls.testimony import TESTIMONY
from assessments.own_walls.transfer import TRANSFER
from assessments.own_walls.verification import VERIFICATION

WALLS = [
    *ACCESS,
    *ENROLMENT,
    *MOVING,
    *BREAKS,
    *TRANSFER,
    *ADJUSTMENT,
    *SIMULATION,
    *EVIDENCE,
    *TESTIMONY,
    *QUESTION_SETS,
    *OBSERVED,
    *JUDGEMENT,
    *APPEAL,
    *STRATEGY,
    *CHECKS,
    *VERIFICATION,
    *ACTIVITIES,
    *STANDARDISATION,
    *REGISTRATION,
    *EXTERNAL,
    *AWARD,
    *DECLARATIONS,
    *CASE,
    *CONSISTENCY,
    *PLANNING,
    *RETENTION,
    *DATA_REQUEST,
]
