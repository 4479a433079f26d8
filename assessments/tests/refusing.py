"""Asking for what must be refused."""

from collections.abc import Callable

import pytest

from portfolio.refusal import Refusal


def refusals(act: Callable[[], object]) -> list[str]:
    """The sentences with which the act is refused; fails when it is done."""
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.sentences
