"""The ticket's card as Discord's components, through the real client: what is framed, and that it stays so."""

from typing import Any

import discord
import pytest

from bot.model import Button, Content, MessageRef, TicketStatus
from bot.outgoing import DeliveryKind
from bot.platforms.discord.cards import CARD_LIMIT
from bot.ports import Receipt
from tests.servers.discord_server import labels_of, text_of
from tests.unit.platforms.discord.world import World

both_desks = pytest.mark.parametrize("desk_kind", ["forum", "text"])
HEAD = "**My deposit has not arrived**\nwaiting to be taken · Payments · –"
BUTTONS = ((Button("Take", "t1.7.take"), Button("Close", "t1.7.close")),)


def card(facts: str = "Bob · Discord · English  \nSent: **today**", **more: Any) -> Content:
    return Content(text=f"{HEAD}  \n{facts}", **({"buttons": BUTTONS} | more))


async def opened(world: World, content: Content, status: TicketStatus = TicketStatus.NEW) -> Receipt:
    return await world.deliver(DeliveryKind.OPEN_THREAD, world.desk, content, title="#7 Deposit", status=status)


async def changed(world: World, content: Content, links: tuple[MessageRef, ...], status: TicketStatus) -> Receipt:
    return await world.deliver(DeliveryKind.EDIT, world.desk, content, links=links, title="#7 Deposit", status=status)


def frame(message: discord.Message) -> discord.Container:
    (container,) = message.components
    assert isinstance(container, discord.Container)
    return container


@both_desks
async def test_heading_and_facts_are_set_apart_and_the_buttons_are_in_the_frame(world: World) -> None:
    (ref,) = (await opened(world, card())).messages
    message = world.message(ref)

    heading, line, facts, row = frame(message).children
    assert isinstance(heading, discord.TextDisplay)
    assert isinstance(facts, discord.TextDisplay)
    assert (heading.content, facts.content) == (HEAD, "Bob · Discord · English\nSent: **today**")
    assert isinstance(line, discord.SeparatorComponent)
    assert isinstance(row, discord.ActionRow)
    assert labels_of(message) == ("Take", "Close")
    assert message.content == ""
    assert message.flags.components_v2


@both_desks
async def test_the_colour_is_that_of_the_status_and_every_status_has_its_own(world: World) -> None:
    links = (await opened(world, card())).messages
    colours = [frame(world.message(links[0])).accent_colour]

    for status in list(TicketStatus)[1:]:
        await changed(world, card(), links, status)
        colours.append(frame(world.message(links[0])).accent_colour)

    assert len(set(colours)) == len(TicketStatus)


@both_desks
async def test_a_card_changes_as_a_whole_and_pressing_its_buttons_works_after_a_restart(world: World) -> None:
    links = (await opened(world, card())).messages
    await changed(world, card("Taken", buttons=((Button("Close", "t1.7.close"),),)), links, TicketStatus.OPEN)
    await world.reconnect()

    await world.agent.click(world.message(links[0]), label="Close")

    assert text_of(world.message(links[0])) == f"{HEAD}\nTaken"
    assert world.event.data == "t1.7.close"


async def test_a_card_from_before_there_were_components_becomes_one(world: World) -> None:
    thread = (await opened(world, card())).thread
    assert thread is not None
    old = await world.send(Content(text="The card as it was", buttons=BUTTONS), thread)

    await changed(world, card(), old.messages, TicketStatus.OPEN)

    message = world.message(old.messages[0])
    assert (message.content, frame(message).accent_colour) == ("", discord.Colour(0x5865F2))


@both_desks
async def test_nobody_is_ever_pinged(world: World) -> None:
    links = (await opened(world, card("<@1> @everyone"))).messages
    await changed(world, card("<@1> @everyone"), links, TicketStatus.OPEN)

    bodies: list[Any] = [r.json for r in world.env.http_requests if r.method in ("POST", "PATCH") and r.json]
    bodies = [body.get("message", body) for body in bodies if "components" in body.get("message", body)]
    assert len(bodies) == 2
    assert all(body["allowed_mentions"] == {"parse": []} for body in bodies)


@both_desks
@pytest.mark.parametrize("facts", ["word " * 2000, "**line**  \n" * 1500, "x" * 9000], ids=["words", "lines", "x"])
async def test_what_does_not_fit_on_a_card_follows_as_text_and_never_outgrows_an_edit(
    world: World, facts: str
) -> None:
    receipt = await opened(world, card(facts))
    first, *rest = map(world.message, receipt.messages)

    assert len(text_of(first)) <= CARD_LIMIT + 1
    assert labels_of(first) == ("Take", "Close")
    assert rest
    assert all(labels_of(message) == () and not message.flags.components_v2 for message in rest)

    receipt = await changed(world, card("short"), receipt.messages, TicketStatus.OPEN)
    assert len(receipt.messages) == 1
    receipt = await changed(world, card(facts), receipt.messages, TicketStatus.OPEN)
    assert [text_of(world.message(ref))[-1] for ref in receipt.messages] == ["…"]
    assert labels_of(world.message(receipt.messages[0])) == ("Take", "Close")


async def test_a_heading_too_long_for_one_text_loses_nothing(world: World) -> None:
    receipt = await opened(world, Content(text="head " * 500 + "  \nfacts"))

    shown = " ".join(text_of(world.message(ref)) for ref in receipt.messages)
    assert shown.split() == ["head"] * 500 + ["facts"]


async def test_only_cards_are_framed(world: World) -> None:
    thread = (await opened(world, card())).thread
    assert thread is not None

    sent = await world.send(card(), thread)
    await world.deliver(DeliveryKind.EDIT, thread, card("changed"), links=sent.messages)

    assert not world.message(sent.messages[0]).flags.components_v2
