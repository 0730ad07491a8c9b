"""Deliveries through the real client: what people see, and what the receipt says of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.model import Agent, Attachment, AttachmentKind, Button, ChatRef, MessageRef, TicketStatus
from bot.outgoing import DeliveryKind
from bot.ports import NeverDelivered, Receipt, TryLater
from tests.unit.platforms.discord.world import DISCORD, World, file, plain

both_desks = pytest.mark.parametrize("desk_kind", ["forum", "text"])
CARD = plain("The card", buttons=((Button("Take", "t1.7.take"),),))


class TestMessages:
    async def test_the_requester_reads_it_as_it_was_typed(self, world: World) -> None:
        receipt = await world.send(plain("@everyone look **here** <@1>", author="Ann"))

        (message,) = world.requester.dm_channel.history()
        assert message.content == "**Ann**\n\\@everyone look \\*\\*here\\*\\* \\<@1>"
        assert receipt.messages == (MessageRef(world.dm, str(message.id)),)

    async def test_nobody_is_ever_pinged_and_nothing_unfurls(self, world: World) -> None:
        await world.open_ticket()
        await world.send("see https://example.com", world.desk_thread())

        card, words = world.sent("/threads")["message"], world.sent("/messages")
        assert card["allowed_mentions"] == words["allowed_mentions"] == {"parse": []}
        assert words["flags"] == 4

    async def test_only_whom_a_message_names_hears_of_it(self, world: World) -> None:
        """Whatever else it says, and whoever else that mentions."""
        await world.open_ticket()
        mika, ken = str(world.agent.id), str(world.requester.id)
        await world.send(plain(f"<@{ken}> @everyone", wakes=(Agent(DISCORD, mika, "Mika"),)), world.desk_thread())

        words = world.sent("/messages")
        assert words["allowed_mentions"] == {"parse": [], "users": [int(mika)]}
        assert words["flags"] == 4
        assert words["content"] == f"\\<@{ken}> \\@everyone\n-# <@{mika}>"

    async def test_what_need_wake_nobody_makes_no_sound(self, world: World) -> None:
        await world.open_ticket()
        await world.send(plain("hello", wakes=()), world.desk_thread())

        words = world.sent("/messages")
        assert words["allowed_mentions"] == {"parse": []}
        assert words["flags"] == 4 | 1 << 12

    async def test_of_a_long_text_only_the_part_with_the_names_makes_a_sound(self, world: World) -> None:
        await world.open_ticket()
        long = plain("word " * 900, wakes=(Agent(DISCORD, str(world.agent.id), "Mika"),))
        await world.send(long, world.desk_thread())

        sent: list[Any] = [r.json for r in world.env.http_requests if r.path.endswith("/messages")]
        assert [one["flags"] & 1 << 12 for one in sent[-3:]] == [0, 1 << 12, 1 << 12]
        assert all(len(one["content"]) <= 2000 for one in sent)

    async def test_a_message_carries_its_row_as_a_nonce(self, world: World) -> None:
        row = world.row(DeliveryKind.SEND, world.dm, "word " * 500)
        await world.carry_out(row)

        sent: list[Any] = [r.json for r in world.env.http_requests if r.path.endswith("/messages")]
        assert [s["nonce"] for s in sent] == [str(row.id), f"{row.id}.1"]
        assert all(s["enforce_nonce"] and len(s["nonce"]) <= 25 for s in sent)

    async def test_a_long_text_is_several_messages_in_order(self, world: World) -> None:
        receipt = await world.send("paragraph " * 150 + "\n\n" + "more " * 200)

        messages = world.requester.dm_channel.history()
        assert [ref.message_id for ref in receipt.messages] == [str(m.id) for m in messages]
        assert [m.content.split()[0] for m in messages] == ["paragraph", "more"]

    async def test_a_quoted_message_is_replied_to_even_if_it_is_gone(self, world: World) -> None:
        (card,) = (await world.send("card")).messages

        await world.send("about it", quoted=card)
        await world.send("about what?", quoted=MessageRef(world.dm, "interaction-5"))

        _, answer, plain_one = world.requester.dm_channel.history()
        assert answer.reference is not None
        assert str(answer.reference.message_id) == card.message_id
        assert plain_one.reference is None

    @both_desks
    async def test_in_a_thread_nothing_is_quoted_for_the_thread_says_what_is_meant(self, world: World) -> None:
        """Below a text channel the card is in another channel, and Discord refuses a reply to that."""
        (card,) = (await world.open_ticket()).messages

        await world.send("about it", world.desk_thread(), quoted=card)

        assert world.thread().last_message.reference is None

    async def test_an_edit_replaces_text_and_buttons(self, world: World) -> None:
        links = (await world.send(CARD)).messages

        receipt = await world.deliver(DeliveryKind.EDIT, world.dm, "Taken", links=links)

        (message,) = world.requester.dm_channel.history()
        assert (message.content, message.components, receipt.messages) == ("Taken", [], links)

    async def test_an_edit_to_less_text_takes_the_rest_away(self, world: World) -> None:
        links = (await world.send("word " * 500)).messages
        assert len(links) == 2

        receipt = await world.deliver(DeliveryKind.EDIT, world.dm, "short", links=links)

        assert world.shown() == ["short"]
        assert receipt.messages == links[:1]

    async def test_a_message_can_be_deleted_twice(self, world: World) -> None:
        links = (await world.send("oops")).messages

        await world.deliver(DeliveryKind.DELETE, world.dm, links=links)
        await world.deliver(DeliveryKind.DELETE, world.dm, links=links)

        assert world.shown() == []

    async def test_a_requesters_message_stays_since_no_bot_may_delete_it(self, world: World) -> None:
        sent = await world.requester.send_dm("my password is …")
        before = len(world.env.http_requests)

        receipt = await world.deliver(DeliveryKind.DELETE, world.dm, target=MessageRef(world.dm, str(sent.id)))

        assert receipt == Receipt()
        assert len(world.env.http_requests) == before

    async def test_somebody_elses_message_on_the_desk_is_deleted(self, world: World) -> None:
        await world.open_ticket()
        sent = await world.agent.send(world.thread(), "oops")
        place = world.desk_thread()

        await world.deliver(DeliveryKind.DELETE, place, target=MessageRef(place, str(sent.id)))
        await world.deliver(DeliveryKind.DELETE, place, target=MessageRef(place, "interaction-5"))

        assert world.said_in_thread() == ["The card"]

    async def test_a_message_in_a_public_channel_is_deleted(self, world: World) -> None:
        sent = await world.visitor.send(world.lobby, "my password is …")
        lobby = ChatRef(DISCORD, str(world.lobby.id))

        await world.deliver(DeliveryKind.DELETE, lobby, target=MessageRef(lobby, str(sent.id)))

        assert world.lobby.history() == []

    async def test_a_reaction_lands_on_its_message(self, world: World) -> None:
        await world.open_ticket()
        sent = await world.agent.send(world.thread(), "reply")
        target = MessageRef(world.desk_thread(), str(sent.id))

        await world.deliver(DeliveryKind.REACT, world.desk_thread(), target=target, reaction="✅")

        (reaction,) = world.thread().history()[-1].reactions
        assert (reaction.emoji, reaction.count) == ("✅", 1)


class TestThreads:
    @both_desks
    async def test_a_ticket_gets_a_thread_with_its_card(self, world: World) -> None:
        receipt = await world.open_ticket(CARD, title="#7 Deposit " + "x" * 200)

        thread = world.thread()
        assert thread.name == ("#7 Deposit " + "x" * 200)[:100]
        assert receipt.thread == ChatRef(DISCORD, str(world.staff.id), str(thread.id))
        (card,) = receipt.messages
        assert world.card_text(card) == "The card"

    @both_desks
    async def test_the_card_can_be_edited_in_an_archived_thread(self, world: World) -> None:
        opened = await world.open_ticket(CARD)
        assert opened.thread is not None
        await world.deliver(DeliveryKind.SHOW_STATUS, opened.thread, status=TicketStatus.SOLVED)
        if opened.messages[0].chat.thread_id:
            # simcord edits in archived threads; Discord answers this.
            world.env.inject_error("PATCH", "/channels/*/messages/*", status=400, code=50083)

        await world.deliver(DeliveryKind.EDIT, world.desk, "Solved", links=opened.messages, title="#7 Deposit")

        assert world.card_text(opened.messages[0]) == "Solved"
        assert world.is_archived()

    async def test_a_long_card_goes_on_inside_the_thread(self, world: World) -> None:
        receipt = await world.open_ticket("word " * 1000)

        assert [m.chat.thread_id for m in receipt.messages] == [str(world.thread().id)] * 2
        assert len(world.thread().history()) == 2

    @both_desks
    async def test_closing_archives_and_reopening_brings_back(self, world: World) -> None:
        thread = (await world.open_ticket()).thread
        assert thread is not None

        await world.deliver(DeliveryKind.SHOW_STATUS, thread, status=TicketStatus.SOLVED)
        assert world.is_archived()
        await world.deliver(DeliveryKind.SHOW_STATUS, thread, status=TicketStatus.SOLVED)
        await world.deliver(DeliveryKind.SHOW_STATUS, thread, status=TicketStatus.OPEN)

        assert not world.is_archived()
        changes = [r.json for r in world.env.http_requests if r.method == "PATCH"]
        assert changes == [{"archived": True}, {"archived": False}]

    async def test_a_chat_without_a_thread_is_left_alone(self, world: World) -> None:
        before = len(world.env.http_requests)

        await world.deliver(DeliveryKind.SHOW_STATUS, world.desk, status=TicketStatus.SOLVED)

        assert len(world.env.http_requests) == before

    @pytest.mark.parametrize("desk_kind", ["text"])
    async def test_a_thread_whose_answer_was_lost_is_used(self, world: World) -> None:
        world.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=160004)

        receipt = await world.open_ticket()

        (card,) = receipt.messages
        assert receipt.thread == ChatRef(DISCORD, world.desk.chat_id, card.message_id)

    @both_desks
    async def test_an_attempt_that_ended_halfway_is_gone_on_with(self, world: World) -> None:
        """As where there is no room for one more thread: whatever was made is not made again, however late it is."""
        row = world.row(DeliveryKind.OPEN_THREAD, world.desk, "The card " * 800, title="#7 Deposit", ticket_id=7)
        world.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=160006)
        world.env.inject_error("POST", "/channels/*/messages", status=503) if world.is_forum else None
        with pytest.raises(TryLater):
            await world.carry_out(replace(row, attempts=1))
        world.env.backend.advance_clock(3600)
        await world.agent.send(world.lobby, "meanwhile")

        receipt = await world.carry_out(replace(row, attempts=2))

        assert receipt.thread == world.desk_thread()
        card, *_ = receipt.messages
        assert " ".join(world.card_text(ref) for ref in receipt.messages).split() == ["The", "card"] * 800
        above = [message for message in world.staff.history() if message.type is discord.MessageType.default]
        assert [str(message.id) for message in above] == ([] if world.is_forum else [card.message_id])

    @pytest.mark.parametrize("desk_kind", ["voice"])
    async def test_a_channel_without_threads_gets_the_card_alone(self, world: World) -> None:
        receipt = await world.open_ticket()

        assert receipt.thread == world.desk
        assert receipt.messages[0].chat == world.desk

    async def test_a_forum_that_insists_on_a_tag_gets_one(self, world: World) -> None:
        world.insist_on_tags("ticket", "other")

        await world.open_ticket()

        assert world.sent("/threads")["applied_tags"] == ["77"]


class TestFiles:
    async def test_a_file_of_another_platform_is_uploaded_with_its_caption(
        self, world: World, tmp_path: Path
    ) -> None:
        proof = tmp_path / "proof"
        proof.write_bytes(b"the bytes")

        await world.send(plain("look", attachments=(file(proof, name="a/../\r\nproof.png"),)))

        (message,) = world.requester.dm_channel.history()
        (attached,) = message.attachments
        assert (message.content, attached.filename) == ("look", "a..proof.png")
        assert await attached.read() == b"the bytes"

    async def test_ten_files_are_one_message_and_eleven_two(self, world: World, tmp_path: Path) -> None:
        proof = tmp_path / "proof"
        proof.write_bytes(b"x")

        receipt = await world.send(plain("", attachments=(file(proof),) * 11))

        assert [len(m.attachments) for m in world.requester.dm_channel.history()] == [10, 1]
        assert len(receipt.messages) == 2

    async def test_a_file_too_large_is_not_even_fetched(self, world: World, tmp_path: Path) -> None:
        proof = tmp_path / "small"
        proof.write_bytes(b"x")
        told = file(proof, size=11 * 1024 * 1024)

        with pytest.raises(NeverDelivered) as refused:
            await world.send(plain("", attachments=(told,)))

        assert refused.value.reason == "too_large"
        assert world.shown() == []

    async def test_a_size_that_was_a_lie_is_noticed(self, world: World, tmp_path: Path) -> None:
        proof = tmp_path / "large"
        with proof.open("wb") as large:
            large.truncate(11 * 1024 * 1024)

        with pytest.raises(NeverDelivered) as refused:
            await world.send(plain("", attachments=(file(proof, size=1),)))

        assert refused.value.reason == "too_large"

    async def test_a_requesters_file_is_read_by_its_handle(self, world: World, cdn: None) -> None:
        await world.requester_sends_file(b"png bytes" * 20_000)

        (attachment,) = world.event.attachments
        assert b"".join([piece async for piece in world.platform.open_file(attachment)]) == b"png bytes" * 20_000

    async def test_a_requesters_file_is_shown_to_staff(self, world: World, cdn: None) -> None:
        await world.requester_sends_file(b"png bytes")
        await world.open_ticket()

        await world.send(plain("", author="Bob", attachments=world.event.attachments), world.desk_thread())

        message = world.thread().last_message
        assert message.content == "**Bob**"
        assert await message.attachments[0].read() == b"png bytes"

    async def test_a_file_whose_message_was_deleted_is_refused(self, world: World, cdn: None) -> None:
        sent = await world.requester_sends_file(b"png bytes")
        (attachment,) = world.event.attachments
        await world.requester.delete(sent)

        with pytest.raises(NeverDelivered) as refused:
            await world.send(plain("", attachments=(attachment,)))

        assert refused.value.reason == "refused"

    async def test_a_file_server_in_trouble_means_later(self, world: World, cdn: None) -> None:
        await world.requester_sends_file(b"png bytes", name="broken.png")

        with pytest.raises(TryLater):
            await world.send(plain("", attachments=world.event.attachments))

    async def test_a_file_beyond_all_limits_is_not_read(self, world: World, cdn: None) -> None:
        await world.requester_sends_file(b"png bytes", size=600 * 1024 * 1024)

        with pytest.raises(NeverDelivered) as refused:
            _ = [piece async for piece in world.platform.open_file(world.event.attachments[0])]

        assert refused.value.reason == "too_large"


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "code", "reason"),
        [(403, 50007, "blocked"), (404, 10003, "chat_gone"), (413, 40005, "too_large"), (400, 50035, "refused")],
    )
    async def test_a_refusal_has_a_reason(self, world: World, status: int, code: int, reason: str) -> None:
        world.env.inject_error("POST", "/channels/*/messages", status=status, code=code)

        with pytest.raises(NeverDelivered) as refused:
            await world.send("hello")

        assert refused.value.reason == reason

    async def test_another_bot_cannot_be_written_to(self, world: World) -> None:
        robot = world.env.create_user("robot", bot=True)

        with pytest.raises(NeverDelivered) as refused:
            await world.send("hello", ChatRef(DISCORD, str(robot.dm_channel.id)))

        assert refused.value.reason == "blocked"

    @pytest.mark.parametrize(
        ("withheld", "named"),
        [("attach_files", "Attach Files"), ("manage_threads", "Manage Threads"), ("view_channel", "View Channel")],
    )
    async def test_missing_rights_are_named_with_their_channel(self, world: World, withheld: str, named: str) -> None:
        await world.withhold(world.staff, withheld)
        world.env.inject_error("POST", "/channels/*/threads", status=403, code=50013)

        with pytest.raises(NeverDelivered) as refused:
            await world.open_ticket()

        assert (refused.value.reason, refused.value.lacking) == ("forbidden", f"{named} in #desk")
        assert str(refused.value) == f"give the bot: {named} in #desk (Discord answered 403, error 50013)"

    async def test_a_refusal_that_no_missing_right_explains_says_so(self, world: World) -> None:
        world.env.inject_error("POST", "/channels/*/threads", status=403, code=50013)

        with pytest.raises(NeverDelivered, match="no permission is known to be missing in #desk") as refused:
            await world.open_ticket()

        assert refused.value.lacking == ""

    async def test_a_room_names_the_channel_it_is_below(self, world: World) -> None:
        assert world.env.bot.user is not None
        room = world.env.backend.create_thread(world.lobby.id, "Support – Bob", world.env.bot.user.id, type=12)
        await world.withhold(world.lobby, "send_messages_in_threads")
        world.env.inject_error("POST", "/channels/*/messages", status=403, code=50001)

        with pytest.raises(NeverDelivered) as refused:
            await world.send("hello", ChatRef(DISCORD, str(room.id)))

        assert refused.value.lacking == "Send Messages in Threads in #lobby"

    @pytest.mark.parametrize(("status", "code"), [(404, 10003), (403, 50001)])
    async def test_a_staff_channel_that_is_gone_says_which_setting_to_correct(
        self, world: World, status: int, code: int
    ) -> None:
        world.env.backend.delete_channel(world.staff.id)
        await world.env.settle()
        world.env.inject_error("GET", "/channels/*", status=status, code=code)

        with pytest.raises(NeverDelivered, match=r"correct discord\.staff_channel") as refused:
            await world.open_ticket()

        assert refused.value.reason in ("chat_gone", "forbidden")

    async def test_writing_brings_back_a_thread_that_was_archived_and_locked(self, world: World) -> None:
        await world.open_ticket()
        thread = world.desk_thread()
        await world.deliver(DeliveryKind.SHOW_STATUS, thread, status=TicketStatus.SOLVED)
        # Discord brings back an archived thread by itself, but not a locked one; simcord does neither.
        world.env.inject_error("POST", "/channels/*/messages", status=400, code=50083)

        await world.send("one more thing", thread)

        assert world.thread().last_message.content == "one more thing"
        assert not world.is_archived()

    async def test_a_locked_thread_that_the_bot_may_not_open_holds_its_words_back(self, world: World) -> None:
        await world.open_ticket()
        await world.withhold(world.staff, "manage_threads")
        world.env.inject_error("POST", "/channels/*/messages", status=400, code=160005)

        with pytest.raises(NeverDelivered, match="the thread is locked: unlock it") as refused:
            await world.send("one more thing", world.desk_thread())

        assert (refused.value.reason, refused.value.lacking) == ("forbidden", "Manage Threads in #desk")

    async def test_files_go_along_when_a_thread_had_to_be_brought_back(self, world: World, tmp_path: Path) -> None:
        proof = tmp_path / "proof"
        proof.write_bytes(b"the bytes")
        await world.open_ticket()
        world.env.inject_error("POST", "/channels/*/messages", status=400, code=50083)

        await world.send(plain("look", attachments=(file(proof),)), world.desk_thread())

        assert await world.thread().last_message.attachments[0].read() == b"the bytes"

    @pytest.mark.parametrize("kind", [DeliveryKind.EDIT, DeliveryKind.REACT, DeliveryKind.SHOW_STATUS])
    async def test_what_is_gone_is_gone(self, world: World, kind: DeliveryKind) -> None:
        gone = ChatRef(DISCORD, world.desk.chat_id, "5")
        link = MessageRef(gone, "6")

        with pytest.raises(NeverDelivered) as refused:
            await world.deliver(kind, gone, "x", links=(link,), target=link, reaction="✅")

        assert refused.value.reason == "chat_gone"

    @pytest.mark.parametrize("status", [500, 503])
    async def test_trouble_of_the_platform_means_later(self, world: World, status: int) -> None:
        world.env.inject_error("POST", "/channels/*/messages", status=status)

        with pytest.raises(TryLater):
            await world.send("hello")

        await world.send("hello")
        assert world.shown() == ["hello"]


class TestOwnAttachment:
    async def test_a_handle_that_names_no_file_is_refused(self, world: World) -> None:
        sent = await world.requester.send_dm("no file here")
        lost = Attachment(
            platform=DISCORD, kind=AttachmentKind.PHOTO, handle=f"{world.dm.chat_id}/{sent.id}/9", name="x"
        )

        with pytest.raises(NeverDelivered) as refused:
            await world.send(plain("", attachments=(lost,)))

        assert refused.value.reason == "refused"


async def test_the_requester_sees_that_something_is_on_its_way(world: World) -> None:
    await world.platform.show_at_work(world.dm, AttachmentKind.PHOTO)

    assert [r.path for r in world.env.http_requests if r.path.endswith("/typing")] == [
        f"/channels/{world.dm.chat_id}/typing"
    ]
