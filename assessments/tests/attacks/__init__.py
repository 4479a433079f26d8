"""An evening with the product as a hostile candidate, assessor, other centre and stranger: what was tried, to stay.

One file for each subject. docs/security.md says what each is about, and where other attacks are tried.
"""
