"""Lexical ranking, by itself: it decides nothing, and says why it names what it names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.wording import STOP_WORDS, Text, ranked, stem, words

CRITERIA = {
    "1.2": "Resolve customer issues or complaints referred from colleagues in accordance with procedures",
    "1.3": "Identify practicable ways of preventing recurrences of customer service issues",
    "2.1": "Design Key Performance Indicators (KPIs) that are capable of measuring customer service performance",
    "2.2": "Gain approval to KPIs",
    "3.1": "Evaluate the impact of existing organisational and regulatory requirements on customer service delivery",
    "3.3": "Communicate changes in organisational customer service procedures that meet regulatory requirements",
    "4.1": "Describe methods of coaching and training to improve customer service performance",
}
TEXTS = [Text(number, ((1.0, text),)) for number, text in CRITERIA.items()]

sentences = st.text(alphabet="abcdeginorst ,.-", max_size=60)
texts = st.lists(sentences, min_size=1, max_size=12).map(
    lambda found: [Text(str(place), ((1.0, text),)) for place, text in enumerate(found)]
)


@pytest.mark.parametrize(
    ("typed", "first", "because"),
    [
        ("I dealt with a complaint my colleague could not", "1.2", ("complaint", "colleague")),
        ("New KPI for the team, approved by the manager", "2.2", ("kpi", "approved")),
        ("I coached a starter", "4.1", ("coached",)),
        ("I told everybody of the changed regulations and procedures", "3.3", ("changed", "procedures")),
    ],
)
def test_the_nearest_criterion_comes_first_and_says_why(typed: str, first: str, because: tuple[str, ...]) -> None:
    best = ranked(typed, TEXTS)[0]
    assert best.key == first
    assert set(because) <= set(best.because)


def test_a_word_that_nearly_every_text_holds_suggests_nothing() -> None:
    assert ranked("customer service, customer service", TEXTS) == []


def test_a_word_in_the_text_itself_counts_more_than_one_around_it() -> None:
    around = Text("around", ((1.0, "Agree boundaries"), (0.3, "escalation of complaints")))
    within = Text("within", ((1.0, "Escalate complaints"), (0.3, "agreed boundaries")))
    assert ranked("escalated", [around, within])[0].key == "within"


def test_forms_of_a_word_are_one_word() -> None:
    assert {stem(word) for word in ("escalate", "escalated", "escalating", "escalation")} == {"escal"}
    assert list(words("The KPIs I set")) == ["kpi", "set"]


@given(typed=sentences, found=texts, most=st.integers(1, 8))
def test_every_match_shares_a_word_that_was_typed(typed: str, found: list[Text], most: int) -> None:
    matches = ranked(typed, found, most=most)
    by_key = {text.key: {stem(word) for word in words(text.fields[0][1])} for text in found}
    assert len(matches) <= most
    for match in matches:
        assert match.because
        for word in match.because:
            assert word in typed.lower()
            assert stem(word) in by_key[match.key]
    scores = [match.score for match in matches]
    assert scores == sorted(scores, reverse=True)


@given(typed=sentences, found=texts)
def test_neither_case_nor_small_words_nor_repetition_change_what_is_found(typed: str, found: list[Text]) -> None:
    usual = [(match.key, match.score) for match in ranked(typed, found)]
    fuller = f"{typed} {' '.join(sorted(STOP_WORDS))} {typed}"
    assert [(match.key, match.score) for match in ranked(fuller, found)] == usual
    assert [(match.key, match.score) for match in ranked(typed.upper(), found)] == usual


@given(found=texts)
def test_nothing_typed_suggests_nothing(found: list[Text]) -> None:
    assert ranked(" ", found) == []
    assert ranked("anything", []) == []
