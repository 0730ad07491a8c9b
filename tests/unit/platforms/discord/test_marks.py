"""What a thread shows of its ticket: name, tags, and that it is archived, through the real client."""

from typing import Any

import discord
import pytest

from bot.model import ChatRef, TicketStatus
from bot.outgoing import DeliveryKind
from bot.platforms.discord.marks import MOST_TAGS
from tests.unit.platforms.discord.world import World

NEW, OPEN, SOLVED = TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.SOLVED
LABELS = ("New", "Payments", "Telegram")


async def opened(world: World, labels: tuple[str, ...] = LABELS) -> ChatRef:
    more: dict[str, Any] = {"title": "#7 Deposit", "ticket_id": 7, "status": NEW, "labels": labels}
    receipt = await world.deliver(DeliveryKind.OPEN_THREAD, world.desk, "The card", **more)
    assert receipt.thread is not None
    return receipt.thread


async def shows(world: World, thread: ChatRef, status: TicketStatus, label: str, **more: Any) -> None:
    labels = (label, *LABELS[1:])
    await world.deliver(
        DeliveryKind.SHOW_STATUS, thread, status=status, labels=labels, **({"title": "#7 Deposit"} | more)
    )


def worn(world: World) -> list[str]:
    """The tags of the only post, in order."""
    by_id = {tag["id"]: tag["name"] for tag in world.staff._channel.available_tags}
    return [by_id[str(one)] for one in world.thread()._channel.applied_tags]


def offered(world: World) -> list[str]:
    return [tag["name"] for tag in world.staff._channel.available_tags]


def changes(world: World, place: str) -> list[Any]:
    """The bodies of every change of the channel or thread with this id."""
    asked = [r for r in world.env.http_requests if r.method == "PATCH" and r.path.endswith(f"/channels/{place}")]
    return [r.json for r in asked]


class TestTags:
    async def test_a_post_gets_the_ticket_s_labels_and_the_forum_those_it_lacks_at_once(self, world: World) -> None:
        world.offer_tags("bug", "telegram")

        await opened(world)

        assert offered(world) == ["bug", "telegram", "New", "Payments"]
        assert worn(world) == ["New", "Payments", "telegram"]
        assert len(changes(world, world.desk.chat_id)) == 1

    async def test_tags_are_made_once_also_before_the_library_has_heard_of_them(self, world: World) -> None:
        forum = world.env.bot.get_channel(world.staff.id)
        assert isinstance(forum, discord.ForumChannel)
        marks = world.platform._marks

        first, again = await marks.tags_for(forum, LABELS), await marks.tags_for(forum, LABELS)

        assert [tag.name for tag in first] == list(LABELS)
        assert first == again
        assert len(changes(world, world.desk.chat_id)) == 1

    async def test_a_change_of_status_changes_its_tag_and_leaves_what_staff_gave_the_post(self, world: World) -> None:
        world.offer_tags("bug")
        thread = await opened(world)
        (bug,) = [tag for tag in world.staff._channel.available_tags if tag["name"] == "bug"]
        await world.edit_thread(applied_tags=[*world.thread()._channel.applied_tags, int(bug["id"])])

        await shows(world, thread, OPEN, "Open")

        assert worn(world) == ["Open", "Payments", "Telegram", "bug"]

    async def test_a_status_in_another_language_goes_too(self, world: World) -> None:
        """As after `desk.language` was changed."""
        thread = await opened(world, ("新規",))

        await shows(world, thread, OPEN, "Open")

        assert worn(world) == ["Open", "Payments", "Telegram"]

    async def test_what_is_done_is_tagged_and_archived_in_one_request_and_left_alone_after_that(
        self, world: World
    ) -> None:
        thread = await opened(world)

        await shows(world, thread, SOLVED, "Solved")
        await shows(world, thread, TicketStatus.CLOSED, "Solved", title="#7 Another name")

        assert worn(world)[0] == "Solved"
        assert [sorted(body) for body in changes(world, thread.thread_id)] == [["applied_tags", "archived"]]

    async def test_without_the_right_to_make_tags_there_are_those_that_are_there(self, world: World) -> None:
        world.offer_tags("Payments")
        await world.withhold(world.staff, "manage_channels")

        thread = await opened(world)
        await shows(world, thread, OPEN, "Open")

        assert offered(world) == worn(world) == ["Payments"]
        assert changes(world, world.desk.chat_id) == changes(world, thread.thread_id) == []

    @pytest.mark.parametrize("code", [50013, 40061])
    async def test_a_ticket_is_opened_without_tags_that_discord_does_not_make(self, world: World, code: int) -> None:
        world.env.inject_error("PATCH", f"/channels/{world.staff.id}", status=400, code=code)

        await opened(world)

        assert worn(world) == []

    async def test_no_more_are_made_than_there_may_be_and_the_status_comes_first(self, world: World) -> None:
        world.offer_tags(*(f"tag {number}" for number in range(MOST_TAGS - 1)))

        await opened(world)

        assert worn(world) == ["New"]
        assert len(offered(world)) == MOST_TAGS

    async def test_long_names_are_cut(self, world: World) -> None:
        await opened(world, ("A very long name of a team",))

        assert worn(world) == ["A very long name of"]

    @pytest.mark.parametrize("desk_kind", ["text"])
    async def test_below_a_text_channel_there_are_none(self, world: World) -> None:
        thread = await opened(world)
        await shows(world, thread, OPEN, "Open")

        assert changes(world, thread.thread_id) == []


class TestNames:
    @pytest.mark.parametrize("desk_kind", ["forum", "text"])
    async def test_a_thread_is_named_anew_only_as_often_as_discord_takes_it(self, world: World) -> None:
        thread = await opened(world, ())
        for name in ("two", "three", "four"):
            await world.deliver(DeliveryKind.SHOW_STATUS, thread, status=OPEN, title=name)
        assert world.thread().name == "three"

        world.env.backend.advance_clock(601)
        await world.deliver(DeliveryKind.SHOW_STATUS, thread, status=OPEN, title="four")

        assert world.thread().name == "four"
        assert [body["name"] for body in changes(world, thread.thread_id)] == ["two", "three", "four"]

    async def test_the_same_name_is_not_given_again(self, world: World) -> None:
        thread = await opened(world, ())

        await world.deliver(DeliveryKind.SHOW_STATUS, thread, status=OPEN, title="#7   Deposit")

        assert changes(world, thread.thread_id) == []

    async def test_a_name_that_comes_too_soon_holds_nothing_else_up(self, world: World) -> None:
        """As after a restart, when it is not known that the thread was named twice just before."""
        thread = await opened(world)
        world.env.inject_error("PATCH", f"/channels/{thread.thread_id}", status=429)

        await shows(world, thread, SOLVED, "Solved", title="#7 Deposit → Ann")

        assert world.thread().name == "#7 Deposit"
        assert world.is_archived()
        assert worn(world)[0] == "Solved"


class TestResting:
    async def test_a_thread_that_rests_is_archived_until_its_ticket_wants_somebody(self, world: World) -> None:
        """A message brings it back by itself: Discord sees to that."""
        thread = await opened(world)
        await shows(world, thread, TicketStatus.PENDING, "Pending", rests=True)
        assert world.is_archived()

        await shows(world, thread, OPEN, "Open")
        assert not world.is_archived()

    async def test_a_new_thread_tells_how_many_there_are(self, world: World) -> None:
        more: dict[str, Any] = {"title": "#7 Deposit", "ticket_id": 7, "status": NEW, "labels": LABELS}
        receipt = await world.deliver(DeliveryKind.OPEN_THREAD, world.desk, "The card", **more)

        assert receipt.threads == (1, 1000)
