"""Settings of the product as it is served to be measured: with the bare page beside ours (bare.py)."""

from portfolio.settings import *  # noqa: F403
from portfolio.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "bench.bare"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "bench" / "templates"]
