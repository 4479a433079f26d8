"""The standard: what a unit asks for. Knows no candidate."""
