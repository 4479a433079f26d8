"""Pages of the standard."""
