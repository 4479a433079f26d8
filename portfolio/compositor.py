"""One process that sets pages for another: `python -m portfolio.compositor <line>`, started by composing.py.

It is handed whole manuscripts and hands back PDFs, and knows nothing of the records, the database or the settings.
It ends when the other end of its line is gone, however that came about.
"""

import contextlib
import logging
import os
import sys
import traceback
from multiprocessing.connection import Connection

from portfolio import pdf
from portfolio.pdf import CannotRender, Manuscript

MADE, CANNOT, FAULT = "made", "cannot", "fault"
LATER = 5
"""How much it gives way to whoever asks for a page at the same moment (nice)."""

Answer = tuple[str, bytes | str]


def answer(manuscript: Manuscript) -> Answer:
    """The PDF; or why it cannot be made, or what went wrong, to be raised at the other end."""
    try:
        return MADE, pdf.typeset(manuscript)
    except CannotRender as error:
        return CANNOT, str(error)
    except Exception:
        return FAULT, traceback.format_exc()


def serve(line: "Connection[Answer, Manuscript]") -> None:
    """Set what comes over the line, one after the other, until nobody is there any more."""
    with contextlib.suppress(CannotRender):  # said of each document instead
        pdf.warm()
    while True:
        try:
            manuscript = line.recv()
        except EOFError:
            return
        line.send(answer(manuscript))


if __name__ == "__main__":
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    with contextlib.suppress(OSError):  # where the system does not let it
        os.nice(LATER)
    serve(Connection(int(sys.argv[1])))
