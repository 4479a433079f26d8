"""What readers are shown of hostile files is what becomes of them."""

import pytest

from bench.hostile import RESULTS, rows, table

pytestmark = pytest.mark.django_db


def test_the_table_says_what_becomes_of_each_hostile_file() -> None:
    found = rows()
    assert [row.hostile.what for row in found if not row.right] == []
    assert RESULTS.read_text() == table(found)
