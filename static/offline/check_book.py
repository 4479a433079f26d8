"""Check a file that NVQ Portfolio wrote with "Download with proof", on any computer with Python 3.8 or later.

    python check_book.py audit-book-harbour-2026-11-29.jsonl

Every line of an audit book holds the hash of the line before it. This reads the lines one after the other, works out
the hash of each that is given in full, and says which line is the first that does not hold. Of a line that was left out
only its place is checked: it follows the line before it, and the next one follows it. At the end it names the head, the
hash of the last line: compare it with one noted before, on paper or by `export_heads`, to see that the book was not
written anew. How a hash is made: docs/audit-book.md.
"""

import hashlib
import json
import sys


def written(value):
    """The one way of writing a value: JSON with sorted keys, in UTF-8, without spaces."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def hash_of(book, line):
    said = {
        "chain": line.get("book", book),
        "sequence": line["sequence"],
        "at": line["at"],
        "actor": line["actor"],
        "verb": line["verb"],
        "subject": line["subject"],
        "act": line["act"],
        "details": line["details_digest"],
        "previous": line["previous"],
    }
    return hashlib.sha256(written(said)).hexdigest()


def what_is_wrong(book, line, number, previous):
    """Why the line does not hold at its place, or None."""
    if line["sequence"] != number:
        return "it is missing: line %s stands in its place" % line["sequence"]
    if line["previous"] != previous:
        return "it does not hold the hash of the line before it"
    if line.get("left_out"):
        return None
    if hash_of(book, line) != line["hash"]:
        return "it was altered: it no longer gives its hash"
    if "details" in line:
        digest = hashlib.sha256(line["salt"].encode("utf-8") + written(line["details"])).hexdigest()
        if digest != line["details_digest"]:
            return "its details were altered: they no longer give their digest"
    return None


def check(lines):
    """What to say of the file, and whether it holds."""
    head = json.loads(next(lines))
    number, previous, full = 0, "0" * 64, 0
    for text in lines:
        number += 1
        line = json.loads(text)
        wrong = what_is_wrong(head["book"], line, number, previous)
        if wrong:
            return "Line %d does not hold: %s." % (number, wrong), False
        previous = line["hash"]
        full += not line.get("left_out")
    if number != head["length"] or previous != head["head"]:
        return "The file ends at line %d, the book had %d: what follows is missing." % (number, head["length"]), False
    return "All %d lines hold, %d of them given in full. Head: %s" % (number, full, previous), True


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say which file: python check_book.py audit-book.jsonl")
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            said, holds = check(file)
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as fault:
        sys.exit("%s cannot be read as an exported audit book: %r" % (sys.argv[1], fault))
    print(said)
    sys.exit(0 if holds else 1)
