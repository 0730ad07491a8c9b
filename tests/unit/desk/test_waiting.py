"""How long a first answer takes: from enough real ones, never shorter than it was, in words of every language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.waiting import FEWEST_SAMPLES, Range, range_of, sentence
from bot.operations.knowledge import Learned
from bot.timing import MINUTE
from bot.wording import Wording

HOUR = 60


def test_too_few_say_nothing() -> None:
    assert range_of([MINUTE] * (FEWEST_SAMPLES - 1)) is None
    assert range_of([MINUTE] * FEWEST_SAMPLES) == Range(MINUTE, MINUTE)


@given(st.lists(st.integers(0, 10**12), min_size=FEWEST_SAMPLES, max_size=200))
def test_half_of_all_and_four_in_five_had_to_wait_no_longer(waited: list[int]) -> None:
    found = range_of(waited)
    assert found is not None
    assert sum(one <= found.usual for one in waited) * 2 >= len(waited)
    assert sum(one <= found.long for one in waited) * 5 >= len(waited) * 4
    assert sum(one < found.long for one in waited) * 5 < len(waited) * 4
    assert found.usual <= found.long


@pytest.mark.parametrize(
    ("usual", "long", "key", "least", "most"),
    [
        (22, 47, "waiting.minutes", 20, 50),
        (20, 50, "waiting.minutes", 20, 50),
        (3, 4, "waiting.minutes_up_to", 0, 5),
        (0, 0, "waiting.minutes_up_to", 0, 5),
        (46, 47, "waiting.minutes", 45, 50),
        (30, 90, "waiting.minutes", 30, 90),
        (30, 91, "waiting.hours_up_to", 0, 2),
        (61, 121, "waiting.hours", 1, 3),
        (20 * HOUR, 30 * HOUR, "waiting.hours", 20, 30),
    ],
)
def test_a_range_is_round_and_never_shorter_than_it_was(
    usual: int, long: int, key: str, least: int, most: int
) -> None:
    said = sentence(Range(usual * MINUTE, long * MINUTE))
    assert (said.key, said.values["least"], said.values["count"]) == (key, least, most)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_it_can_be_said_in_every_language(learned: Learned, language: str) -> None:
    for usual, long in ((22, 47), (1, 2), (30, 100), (100, 200)):
        said = Wording(learned.knowledge, {}).say(sentence(Range(usual * MINUTE, long * MINUTE)), language)
        assert "{" not in said
        assert any(letter.isdecimal() for letter in said)
