"""Doors: open, ask or act, answer."""
