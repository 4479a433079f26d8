"""Which fixtures make up the standard, in the order in which they are loaded (all at once, or one after the other)."""

SPECIFICATIONS = {
    "ocr_cc16": "ocr-cc16",
    "sqa_h12e04": "sqa-h12e04",
    "ocr_d20": "ocr-d20",
    "ocr_cc32": "ocr-cc32",
    "ocr_cc26": "ocr-cc26",
}
KEYS = list(SPECIFICATIONS.values())
FIXTURES = ["awarding_bodies", *SPECIFICATIONS, "crosswalk", "statements"]
