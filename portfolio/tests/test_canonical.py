"""Writing facts down: the same facts always give the same digest, and what is ambiguous is refused."""

import datetime
import json
import uuid
from decimal import Decimal
from typing import Any

import pytest

from portfolio.canonical import beside, canonical, digest, digest_of_written, plain
from portfolio.enums import Role

LONDON = datetime.timezone(datetime.timedelta(hours=1))


def test_it_is_json_with_sorted_keys_and_no_spaces_in_utf_8() -> None:
    assert canonical({"name": "Siân Ŵyn", "marks": [1, None, True]}) == (
        '{"marks":[1,null,true],"name":"Siân Ŵyn"}'.encode()
    )


def test_it_writes_moments_in_utc_with_microseconds_and_days_as_days() -> None:
    at = datetime.datetime(2026, 6, 1, 12, 30, tzinfo=LONDON)
    assert plain({"at": at, "on": at.date()}) == {"at": "2026-06-01T11:30:00.000000+00:00", "on": "2026-06-01"}


def test_it_writes_choices_and_uuids_as_their_words() -> None:
    act = uuid.uuid4()
    written = plain([Role.ASSESSOR, act])
    assert json.dumps(written) == f'["assessor", "{act}"]'


@pytest.mark.parametrize(
    "ambiguous",
    [1.0, Decimal("1.0"), b"bytes", {1: "one"}, {"a", "b"}, object(), datetime.datetime(2026, 6, 1)],  # noqa: DTZ001
)
def test_it_refuses_what_has_no_single_way_of_being_written(ambiguous: Any) -> None:
    with pytest.raises(TypeError):
        canonical({"fact": [ambiguous]})


@pytest.mark.parametrize("name", ["comments", "facts", "samples", "Ŵ"])
def test_facts_of_which_one_is_written_already_are_as_if_they_were_written_at_once(name: str) -> None:
    facts: dict[str, Any] = {"samples": [], "comments": "Siân “ok”", "facts": {"items": [1]}, "Ŵ": None}
    others = {key: value for key, value in facts.items() if key != name}
    assert beside(others, name, canonical(facts[name])) == canonical(facts)
    assert beside({}, name, canonical(1)) == canonical({name: 1})
    assert digest_of_written(canonical(facts)) == digest(facts)


def test_its_digest_is_sha_256_of_salt_and_text() -> None:
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert digest({}, salt="a") != digest({}, salt="b")


@pytest.mark.parametrize(
    "facts",
    [
        None,
        [],
        {"b": {"z": [], "a": {}}, "a": ""},
        {"": [True, False, 0, -1, 10**30]},
        'quotes " and \\ and \u2028 and \n and 🖋',
        {"ŵ": 1, "w": 2, "W": 3},
    ],
)
def test_its_digest_survives_the_way_through_a_json_column(facts: Any) -> None:
    assert canonical(json.loads(json.dumps(plain(facts)))) == canonical(facts)
