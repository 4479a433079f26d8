"""A version of a centre's questions stands as it was written."""

from portfolio.walls import stands_for_good

CHECKS = [
    *stands_for_good("assessments_samplequestions", "lists of sample questions"),
    *stands_for_good("assessments_samplequestion", "sample questions"),
]
