"""Kill the real program again and again while both sides write: nothing is lost, overtaken or said twice.

The server outside decides when: at the n-th request, before anything was done or before the answer leaves, or at any
time. What a crash may cost is only what nobody could know: on Telegram, something that was just being sent may come
once more (design, "Going out"); those are counted.
"""

import random
from pathlib import Path

import pytest

from tests.crash.places import OPEN
from tests.crash.program import Program
from tests.crash.story import WALK, Story

KILLS, MANY_KILLS = 12, 200
UNDER_WAY = 3
"""So many deliveries can be on their way at once, each of which a kill may repeat."""


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


async def sweep(platform: str, kills: int, seed: int, folder: Path, cache: Path) -> str:
    place = await OPEN[platform]()
    program = Program(folder, place.settings(), cache)
    story = Story(place, program, seed)
    try:
        await story.begins()
        await story.lives_and_dies(kills)
        await story.comes_to_its_end()
    finally:
        await program.over()
        await place.stop()

    repeats = [*story.repeated(), *story.spare_threads()]
    account = f"{platform}, seed {seed}: {story.kills} kills, lost {story.table()}; repeated {len(repeats)}"
    assert story.lost() == [], account
    assert story.unmarked() == [], account
    assert story.out_of_order() == [], account
    assert story.misdirected() == [], account
    assert story.numbers() == list(range(1, len(story.people) + 1)), account
    *walks, undisturbed = story.walks()
    assert len(undisturbed) == len(WALK), account
    assert walks == [undisturbed] * len(walks), account
    assert len(repeats) <= (UNDER_WAY * kills if place.repeats_once else 0), f"{account}: {repeats}"
    assert place.problems() == []
    return account


@pytest.mark.timeout(400)
@pytest.mark.parametrize("platform", OPEN)
async def test_twelve_kills_lose_nothing(platform: str, tmp_path: Path, cache: Path) -> None:
    await sweep(platform, KILLS, 20260101, tmp_path, cache)


@pytest.mark.soak
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("platform", OPEN)
async def test_two_hundred_kills_lose_nothing(
    platform: str, tmp_path: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    with capsys.disabled():
        print(f"\n{platform}: {MANY_KILLS} kills with seed {seed}")
    account = await sweep(platform, MANY_KILLS, seed, tmp_path, cache)
    with capsys.disabled():
        print(account)
