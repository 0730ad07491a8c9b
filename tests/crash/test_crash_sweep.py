"""Kill the real program again and again while both sides write: nothing is lost, overtaken or said twice.

The server outside decides when: at the n-th request, before anything was done or before the answer leaves, or at any
time. What a crash may cost is only what nobody could know: on Telegram, something that was just being sent may come
once more (design, "Going out"); those are counted.
"""

from pathlib import Path

import pytest

from tests.crash.places import telegram
from tests.crash.program import Program
from tests.crash.story import WALK, Story

KILLS = 12
UNDER_WAY = 3
"""So many deliveries can be on their way at once, each of which a kill may repeat."""


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


async def sweep(kills: int, seed: int, folder: Path, cache: Path) -> None:
    place = await telegram()
    program = Program(folder, place.settings(), cache)
    story = Story(place, program, seed)
    try:
        await story.lives_and_dies(kills)
        await story.comes_to_its_end()
    finally:
        program.kill()
        await place.stop()

    repeats = [*story.repeated(), *story.spare_threads()]
    account = f"{place.name}, seed {seed}: {story.kills} kills, lost {story.table()}; repeated {len(repeats)}"
    assert story.lost() == [], account
    assert story.unmarked() == [], account
    assert story.out_of_order() == [], account
    assert story.misdirected() == [], account
    assert story.numbers() == list(range(1, len(story.people) + 1)), account
    *walks, undisturbed = story.walks()
    assert len(undisturbed) == len(WALK), account
    assert walks == [undisturbed] * len(walks), account
    assert len(repeats) <= UNDER_WAY * kills, f"{account}: {repeats}"
    assert place.problems() == []


@pytest.mark.timeout(400)
async def test_twelve_kills_lose_nothing(tmp_path: Path, cache: Path) -> None:
    await sweep(KILLS, 20260101, tmp_path, cache)
