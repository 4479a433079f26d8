"""Verbs: one act, one function, one transaction, one audit line."""
