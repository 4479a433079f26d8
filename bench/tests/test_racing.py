"""Two people at one item at the same moment: nothing decided is lost, nothing is decided twice unseen."""

import pytest

from assessments.testing import a_house, an_enrolment
from bench.racing import RACES, run

ROUNDS = 6


@pytest.mark.django_db(transaction=True)
def test_races_end_with_one_saved_and_the_other_told() -> None:
    house = a_house()
    unit = an_enrolment(house)
    for race in RACES:
        tally = run(race, house, unit, ROUNDS)
        assert tally.faults == [], race
        assert sum(tally.ends.values()) == ROUNDS
