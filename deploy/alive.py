"""Whether the pages of this container answer: its HEALTHCHECK."""

import sys
import urllib.request

with urllib.request.urlopen("http://127.0.0.1:8000/healthz", timeout=4) as answer:
    sys.exit(answer.status != 200)
