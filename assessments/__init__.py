"""Where evidence meets the standard: enrolment, evidence, judgement, verification, award."""
