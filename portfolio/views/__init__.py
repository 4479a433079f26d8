"""Rooms behind doors: what a person asks (GET) or does (POST) on the ground floor."""
