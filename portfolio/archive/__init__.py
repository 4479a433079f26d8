"""Leaving with everything: the record of a centre, or of one candidate, as one archive that opens without the house.

`catalogue` says what travels, `selection` which rows, `record` writes them down, `shape` describes them, `bag` packs
them; `opening` looks through an archive that came, `loading` reads it back. docs/archive.md describes the format.
"""
