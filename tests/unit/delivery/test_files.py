"""Files from one platform to another: through a temporary file, within the limits, and nothing of them is kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.delivery import Screening
from bot.delivery.files import fetching
from bot.internal_events import FilesHeld, ReplyFailed
from bot.model import ChatRef, Content, Made
from bot.outgoing import DeliveryKind, Outgoing, Priority
from bot.ports import NeverDelivered
from tests.unit.delivery.conftest import AtWork
from tests.unit.delivery.depot import DISCORD, ORIGIN, Depot, FakePlatform, file

LIMIT = 1000


@pytest.fixture
def discord() -> FakePlatform:
    platform = FakePlatform(DISCORD)
    platform.files = {"small": [b"abc", b"", b"def"], "most": [b"x" * 500] * 2, "large": [b"x" * 500] * 9}
    return platform


async def test_a_file_arrives_whole_and_is_gone_afterwards(discord: FakePlatform) -> None:
    async with fetching({DISCORD: discord}, LIMIT)(file("small")) as path:
        assert path.read_bytes() == b"abcdef"

    assert not path.exists()
    assert not path.parent.exists()


async def test_a_file_of_exactly_the_limit_is_taken(discord: FakePlatform) -> None:
    async with fetching({DISCORD: discord}, LIMIT)(file("most", 1000)) as path:
        assert path.stat().st_size == 1000


@pytest.mark.parametrize("told", [0, 10, 1001])
async def test_a_file_that_is_too_large_is_refused_whatever_size_it_claims(discord: FakePlatform, told: int) -> None:
    """And its rest is not left waiting in a connection."""
    with pytest.raises(NeverDelivered) as refused:
        async with fetching({DISCORD: discord}, LIMIT)(file("large", told)):
            raise AssertionError("too large to be used")

    assert refused.value.reason == "too_large"
    assert discord.left_open == 0


async def test_a_file_of_a_platform_that_does_not_run_cannot_be_had(tmp_path: Path) -> None:
    with pytest.raises(NeverDelivered):
        async with fetching({}, LIMIT)(file("small")):
            raise AssertionError("there is none")


async def test_a_file_crosses_platforms(depot: Depot, at_work: AtWork) -> None:
    depot.platforms[DISCORD].files["h"] = [b"%PDF-", b"1.7 %%EOF"]
    await depot.queue("a", content=Content(text="look", attachments=(file("h"),)))
    async with at_work() as courier:
        await courier.settled()

    assert depot.telegram.fetched == [b"%PDF-1.7 %%EOF"]


async def test_staff_are_told_that_a_file_is_too_large(depot: Depot, at_work: AtWork) -> None:
    depot.largest = 3
    depot.platforms[DISCORD].files["h"] = [b"picture"]
    content = Content(text="look", attachments=(file("h"),))
    await depot.queue("a", content=content, ticket_id=await depot.ticket(), origin=ORIGIN)
    async with at_work() as courier:
        await courier.settled()

    failed, held = depot.told
    assert isinstance(failed, ReplyFailed)
    assert isinstance(held, FilesHeld)
    assert (failed.reason, held.is_reply, [file.why for file in held.files]) == ("file_held", True, ["too_large"])


@pytest.mark.parametrize("text", [b"<html><script>1</script>", b"\x07", b"PK\x03\x04"])
async def test_what_the_bot_makes_itself_goes_as_it_is(discord: FakePlatform, text: bytes) -> None:
    """It is text of a person's own: a word in it that looks like a program must not keep it from them."""
    discord.files["1/2/en.txt"] = [text]
    export = replace(file("1/2/en.txt"), platform=Made.EXPORT, name="support.txt")
    row = Outgoing(
        id=1, kind=DeliveryKind.SEND, chat=ChatRef(DISCORD, "1"), priority=Priority.REQUESTER, due_at=1, message_id=1,
        content=Content(text="", attachments=(export,)),
    )  # fmt: skip

    async with Screening({}, made={Made.EXPORT: discord}).screened(row) as screened:
        assert screened.row == row
        async with screened.fetch(export) as path:
            assert path.read_bytes() == text
