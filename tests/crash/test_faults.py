"""The real program in the platforms' bad moments: everything arrives, in order, and staff are told the truth.

What a message meets comes in one run, one trouble after the other, while both sides write.
"""

import re
from pathlib import Path

import pytest

from tests.crash.places import OPEN, Place, Thread
from tests.crash.program import Program

TROUBLES = (429, 500, 502, 503, "reset", "lost")
TIMES = 2
PATIENCE = 60.0
_MARK = re.compile(r"\b[rs]\d+\b")


class Talk:
    """One requester with a ticket of an agent's; every text has a mark of its own."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.asked: list[str] = []
        self.answered: list[str] = []

    async def begins(self) -> None:
        self.place.arrives("Aiko")
        await self.place.until(self.place.is_connected, PATIENCE)
        await self.place.writes("Aiko", "/human")
        await self.place.until(lambda: self._thread and self._thread.texts and self.place.chat("Aiko"), PATIENCE)
        await self.asks()
        await self.place.until(lambda: not self.missing(), PATIENCE)
        assert self._thread
        await self.place.agent_writes(self._thread.id, "/take")

    async def asks(self) -> None:
        self.asked.append(f"r{len(self.asked)}")
        await self.place.writes("Aiko", f"here it is {self.asked[-1]}")

    async def answers(self) -> None:
        assert self._thread
        self.answered.append(f"s{len(self.answered)}")
        await self.place.agent_writes(self._thread.id, f"/reply look at {self.answered[-1]}")

    async def both_write(self) -> None:
        await self.asks()
        await self.answers()

    def said(self) -> list[str]:
        """All that somebody wrote and the other side was shown."""
        texts = [*(self._thread.texts if self._thread else ()), *self.place.chat("Aiko")]
        return [text for text in texts if _MARK.search(text)]

    def seen(self, whose: str) -> list[str]:
        """The marks that have arrived, in order, repeats left out."""
        marks = [mark for text in self.said() for mark in _MARK.findall(text)]
        return list(dict.fromkeys(mark for mark in marks if mark.startswith(whose)))

    def missing(self) -> set[str]:
        """What has not arrived, and what arrived without the agent being told so."""
        told = {mark for text in self.place.marked() for mark in _MARK.findall(text)}
        seen = {*self.seen("r"), *(mark for mark in self.seen("s") if mark in told)}
        return {*self.asked, *self.answered} - seen

    @property
    def _thread(self) -> Thread | None:
        return next(iter(self.place.threads()), None)


async def running(platform: str, folder: Path) -> tuple[Place, Program, Talk]:
    place = await OPEN[platform]()
    program = Program(folder, place.settings(), folder / "cache")
    await program.start()
    return place, program, Talk(place)


@pytest.mark.parametrize("platform", OPEN)
async def test_nothing_is_lost_in_bad_moments_or_an_outage_and_stopping_ends_well(
    platform: str, tmp_path: Path
) -> None:
    place, program, talk = await running(platform, tmp_path)
    try:
        await talk.begins()
        for trouble in TROUBLES:
            place.fails(trouble, TIMES)
            await talk.both_write()
            await place.until(lambda: not talk.missing(), PATIENCE)
        await place.is_out(talk.both_write)
        await place.until(lambda: not talk.missing(), PATIENCE)
        await talk.both_write()
        assert await program.stop() == 0, program.last_words()
        await program.start()
        await place.until(lambda: not talk.missing(), PATIENCE)
    finally:
        await program.over()
        await place.stop()

    assert (talk.seen("r"), talk.seen("s")) == (talk.asked, talk.answered)
    # Where the answer was lost: Discord recognizes the message by its nonce, Telegram has nothing of the kind.
    repeated = len(talk.said()) - len(set(talk.said()))
    assert repeated == (TIMES if place.repeats_once else 0)
    assert len(place.threads()) == 1
    assert place.problems() == []


async def test_a_token_that_discord_refuses_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    place = await OPEN["discord"]()
    settings = place.settings()
    assert isinstance(settings["discord"], dict)
    settings["discord"]["token"] = "not.the.token"
    program = Program(tmp_path, settings, tmp_path / "cache")
    try:
        await program.start()
        assert await program.ended() == 1
    finally:
        await program.over()
        await place.stop()

    assert "Error: Discord refused the token" in program.last_words(1)
    assert "not.the.token" not in program.last_words()
