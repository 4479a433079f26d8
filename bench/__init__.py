"""Measurements of the house, beside it: nothing of the product imports this (bench/README.md)."""
