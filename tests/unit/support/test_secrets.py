"""No secret rests in any table, wherever it was written and however it came."""

from dataclasses import replace

import pytest

from bot.model import AttachmentKind, Person, PlatformName
from bot.outbox import MarkSent
from bot.outgoing import DeliveryKind
from tests.unit.support.office import MIKA, Office, picture

SEED = "abandon ability able about above absent absorb abstract absurd abuse access accident"
KEY = "5Kb8kLf9zgWQnogidDA76MzPL6TsZZY36hWXMssSzNydYXYB9KF"
HEX = "e9873d79c6d87dc0fb6a5778633389f4453213303da61f20bd67fc233aa33262"
CARD = "4111 1111 1111 1111"
PASSWORD = "my password is hunter2-Zebra!9"
SECRETS = {SEED: "abandon ability", f"private key {HEX}": HEX, KEY: KEY, CARD: "1111 1111", PASSWORD: "hunter2"}


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("before", [(), ("my deposit has not arrived",), ("/human",), ("/human", "12345678")])
async def test_no_secret_rests_in_any_table(office: Office, text: str, before: tuple[str, ...]) -> None:
    """In no mode of a conversation: idle, in a checklist, with a ticket, as the answer to an intake question."""
    for earlier in before:
        await office.says(earlier)
    await office.says(text)
    await office.says("what now?")

    assert SECRETS[text] not in office.dump()


@pytest.mark.parametrize("text", SECRETS)
async def test_no_secret_in_a_name_rests_in_any_table(office: Office, text: str) -> None:
    """Display names and file names are typed by strangers, too."""
    person = Person(PlatformName.WEB, "1", text, "en")
    await office.says("/human", sender=person)
    await office.says("look", sender=person, attachments=(picture(f"{text}.png"),))
    data = office.buttons()[-1][1]
    event = office.message("hello", "2", sender=replace(person, user_id="2"))
    await office.support.handle(event)
    await office.presses(data)

    assert SECRETS[text] not in office.dump()
    assert office.count("tickets") == 1


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("prefix", ["", "// ", "/note ", "/canned ", "/nonsense "])
async def test_what_staff_write_is_masked_too(office: Office, text: str, prefix: str) -> None:
    await office.says("/human")
    await office.has_thread(office.rows("SELECT id FROM tickets")[0][0])
    loud = replace(MIKA, name=f"Mika {text}")
    await office.staff_says(prefix + text)
    await office.staff_says("/take", agent=loud)
    await office.staff_says(prefix + text, attachments=(picture(text),), agent=loud)

    assert SECRETS[text] not in office.dump()


async def test_a_hint_at_a_language_is_no_place_for_words(office: Office) -> None:
    await office.says("hello", sender=Person(PlatformName.WEB, "1", "Aiko", PASSWORD))

    assert "hunter2" not in office.dump()


PIECES = {
    "in two": ("abandon ability able about above absent", "absorb abstract absurd abuse access accident"),
    "in three": ("abandon ability able about", "above absent absorb abstract", "absurd abuse access accident"),
    "in four": ("abandon ability able", "about above absent", "absorb abstract absurd", "abuse access accident"),
    "numbered": ("1. abandon\n2. ability\n3. able\n4. about\n5. above\n6. absent", "7. absorb 8. abstract 9. absurd "
        "10. abuse 11. access 12. accident"),
    "in a sentence": ("my words are abandon ability able about above absent",
        "absorb abstract absurd abuse access accident"),
}  # fmt: skip
WORDS = SEED.split()


def leaked(office: Office) -> list[str]:
    """The words of the phrase that stand in a table, but for those that the bot's own texts use."""
    dump = office.dump()
    return [word for word in WORDS if word in dump and word not in ("about", "above", "access", "able", "absent")]


@pytest.mark.parametrize("pieces", PIECES.values(), ids=PIECES)
@pytest.mark.parametrize("before", [(), ("/human",), ("/human", "12345678")], ids=["idle", "ticket", "intake"])
async def test_a_seed_phrase_in_pieces_leaves_every_table(
    office: Office, pieces: tuple[str, ...], before: tuple[str, ...]
) -> None:
    """The first pieces looked like ordinary words: they were kept, asked about, put on the card, shown to staff."""
    for earlier in before:
        await office.says(earlier)
    for piece in pieces:
        await office.says(piece)

    assert leaked(office) == []
    assert all(piece not in office.dump() for piece in pieces)


@pytest.mark.parametrize("pieces", PIECES.values(), ids=PIECES)
async def test_every_piece_is_asked_to_be_deleted(office: Office, pieces: tuple[str, ...]) -> None:
    """Where a platform lets a bot it is deleted, and its writer is told in any case."""
    await office.says("hello")
    sent = [office.message(piece) for piece in pieces]
    for event in sent:
        office.clock.forward(1)
        await office.support.handle(event)

    deleted = [row.target for row in office.outbox() if row.kind is DeliveryKind.DELETE]
    assert set(deleted) == {event.message for event in sent}
    told = office.said_to()
    assert sum("together held a seed phrase" in text for text in told) >= 1


async def test_the_desk_sees_pieces_no_longer_whether_they_were_sent_or_not(office: Office) -> None:
    """What waits is changed where it waits; what may have left already is edited behind it."""
    await office.says("/human")
    await office.says("abandon ability able about above absent")
    [relay] = [row for row in office.outbox() if row.in_thread and row.content and "abandon" in row.content.text and
               row.kind is DeliveryKind.SEND]  # fmt: skip
    await office.store.commit((MarkSent(relay.id, office.clock.now()),))
    await office.says("absorb abstract absurd abuse access accident")

    edits = [row for row in office.outbox() if row.kind is DeliveryKind.EDIT and row.message_id == relay.message_id]
    assert [row.content.text for row in edits if row.content] == ["⟦seed phrase⟧"]
    assert edits[0].lane == relay.lane
    assert edits[0].id > relay.id


async def test_a_whole_phrase_takes_no_innocent_message_with_it(office: Office) -> None:
    """ "human" is on the list of seed words, and /human is a command."""
    await office.says("/human")
    await office.says("hello human")
    await office.says(SEED)

    texts = [text for (text,) in office.rows("SELECT text FROM messages ORDER BY id")]
    assert texts == ["/human", "hello human", "⟦seed phrase⟧"]


async def test_pieces_of_others_are_left_alone(office: Office) -> None:
    first, second = PIECES["in two"]
    await office.says(first, "2")
    await office.says(first)
    await office.says(second)

    assert [text for (text,) in office.rows("SELECT text FROM messages WHERE author = 'web:2'")] == [first]


async def test_a_file_keeps_its_kind_and_handle(office: Office) -> None:
    await office.says("/human")
    await office.says("", attachments=(picture("screen.png"),))

    [row] = [row for row in office.outbox() if row.content and row.content.attachments]
    assert row.content
    assert row.content.attachments[0].kind is AttachmentKind.PHOTO
    assert row.content.attachments[0].handle == "h1"
