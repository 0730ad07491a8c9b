"""Files go out and come in within Telegram's sizes, and nobody is left waiting for one that never will."""

from pathlib import Path

import pytest

from bot.model import Attachment, AttachmentKind, Content
from bot.outgoing import DeliveryKind
from bot.platforms.telegram.files import DOWNLOAD_LIMIT, PHOTO_LIMIT, UPLOAD_LIMIT
from bot.ports import NeverDelivered, Receipt, TryLater
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_faults import Kind
from tests.servers.bot_api_media import png
from tests.servers.bot_api_objects import Chat, Message
from tests.servers.bot_api_people import Person
from tests.unit.platforms.telegram.stage import (
    ADA,
    TELEGRAM,
    Stage,
    delivery,
    desk,
    discord_file,
    files_in,
    no_files,
    private,
    ref,
)

SEND, EDIT = DeliveryKind.SEND, DeliveryKind.EDIT


async def send(stage: Stage, content: Content, folder: Path) -> Receipt:
    return await stage.platform.deliver(delivery(SEND, private(ADA), content=content), files_in(folder))


def seen(messages: list[Message]) -> list[tuple[str, str]]:
    """Each message's kind and text."""
    return [(message.file.kind if message.file else "text", message.text) for message in messages]


async def received(stage: Stage) -> Attachment:
    """The one file of the one event."""
    (event,) = await stage.until_events(1)
    (attachment,) = event.attachments  # type: ignore[union-attr]
    return attachment


async def test_file_of_telegram_is_passed_on_by_its_handle(
    running: Stage, server: FakeBotApi, group: Chat, ada: Person
) -> None:
    original = await ada.sends_photo(png(), "my deposit")
    content = Content(text="my deposit", attachments=(await received(running),))
    await running.platform.deliver(delivery(SEND, desk(), content=content), no_files)
    assert group.messages[0].file is original.file
    assert seen(group.messages) == [("photo", "my deposit")]


async def test_document_of_telegram_is_passed_on_by_its_handle(running: Stage, group: Chat, ada: Person) -> None:
    original = await ada.sends_document(b"%PDF", "receipt.pdf")
    content = Content(text="", attachments=(await received(running),))
    await running.platform.deliver(delivery(SEND, desk(), content=content), no_files)
    assert group.messages[0].file is original.file


@pytest.mark.parametrize("kind", ["video", "voice", "audio"])
async def test_moving_pictures_and_sounds_of_telegram_stay_what_they_are(
    running: Stage, group: Chat, ada: Person, kind: str
) -> None:
    original = await ada.sends_other(kind)
    content = Content(text="", attachments=(await received(running),))
    await running.platform.deliver(delivery(SEND, desk(), content=content), no_files)
    assert group.messages[0].file is original.file


@pytest.mark.parametrize("kind", ["video_note", "animation"])
async def test_what_cannot_be_sent_by_its_handle_is_copied_into_a_video(
    running: Stage, group: Chat, ada: Person, tmp_path: Path, kind: str
) -> None:
    await ada.sends_other(kind)
    file = await received(running)
    (tmp_path / "copy").mkdir()
    (tmp_path / file.handle).write_bytes(b"".join([piece async for piece in running.platform.open_file(file)]))
    content = Content(text="see", attachments=(file,))
    await running.platform.deliver(delivery(SEND, desk(), content=content), files_in(tmp_path))
    assert seen(group.messages) == [("video", "see")]


async def test_an_album_stays_one_and_its_text_stands_under_the_first_picture(
    running: Stage, server: FakeBotApi, group: Chat, ada: Person
) -> None:
    await ada.sends_album([png(), png(shade=9), png(shade=8)], "three")
    events = await running.until_events(3)
    files = tuple(file for event in events for file in event.attachments)  # type: ignore[union-attr]
    content = Content(text="three", attachments=files)
    receipt = await running.platform.deliver(delivery(SEND, desk(), content=content), no_files)
    assert seen(group.messages) == [("photo", "three"), ("photo", ""), ("photo", "")]
    assert receipt.messages == tuple(ref(message) for message in group.messages)
    assert len(server.calls_of("sendMediaGroup")) == 1


async def test_files_of_another_platform_are_uploaded_one_after_the_other(
    running: Stage, ada: Person, tmp_path: Path
) -> None:
    ada.starts()
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "log.txt").write_bytes(b"line\n")
    attachments = (discord_file("a.png", AttachmentKind.PHOTO), discord_file("log.txt"))
    receipt = await send(running, Content(text="**see** both", attachments=attachments), tmp_path)
    assert seen(ada.chat.messages) == [("photo", "see both"), ("document", "")]
    assert [message.file and message.file.content for message in ada.chat.messages] == [png(), b"line\n"]
    assert ada.chat.messages[1].file is not None
    assert ada.chat.messages[1].file.name == "log.txt"
    assert ada.chat.messages[0].entities[0]["type"] == "bold"
    assert receipt.messages == tuple(ref(message) for message in ada.chat.messages)


async def test_text_too_long_for_a_caption_comes_after_the_file(running: Stage, ada: Person, tmp_path: Path) -> None:
    ada.starts()
    (tmp_path / "a.txt").write_bytes(b"a")
    await send(running, Content(text="x" * 1025, attachments=(discord_file("a.txt"),)), tmp_path)
    assert seen(ada.chat.messages) == [("document", ""), ("text", "x" * 1025)]


@pytest.mark.parametrize(
    "content", [png(3000, 100), b"no picture at all", png() + b"\x00" * PHOTO_LIMIT], ids=["long", "broken", "large"]
)
async def test_picture_telegram_would_not_show_arrives_as_a_file(
    running: Stage, ada: Person, tmp_path: Path, content: bytes
) -> None:
    ada.starts()
    (tmp_path / "shot.png").write_bytes(content)
    await send(running, Content(text="see", attachments=(discord_file("shot.png", AttachmentKind.PHOTO),)), tmp_path)
    assert seen(ada.chat.messages) == [("document", "see")]
    assert ada.chat.messages[0].file is not None
    assert ada.chat.messages[0].file.content == content


@pytest.mark.parametrize("declared", [0, UPLOAD_LIMIT + 1], ids=["found out when fetched", "known before"])
async def test_file_too_large_is_never_sent(
    running: Stage, server: FakeBotApi, ada: Person, tmp_path: Path, declared: int
) -> None:
    ada.starts()
    with (tmp_path / "big.bin").open("wb") as file:
        file.truncate(UPLOAD_LIMIT + 1)
    with pytest.raises(NeverDelivered) as caught:
        await send(running, Content(text="", attachments=(discord_file("big.bin", size=declared),)), tmp_path)
    assert caught.value.reason == "too_large"
    assert server.calls_of("sendDocument") == []


async def test_file_that_cannot_be_fetched_ends_the_delivery(running: Stage, ada: Person, tmp_path: Path) -> None:
    ada.starts()
    with pytest.raises(NeverDelivered) as caught:
        await send(running, Content(text="see", attachments=(discord_file("gone.txt"),)), tmp_path)
    assert caught.value.reason == "refused"


async def test_upload_that_breaks_is_tried_later_from_where_it_was(
    running: Stage, server: FakeBotApi, ada: Person, tmp_path: Path
) -> None:
    ada.starts()
    for name in "ab":
        (tmp_path / name).write_bytes(name.encode())
    content = Content(text="both", attachments=(discord_file("a"), discord_file("b")))
    server.fail_next("sendDocument", Kind.RESET, when=lambda _: len(ada.chat.messages) == 1)
    with pytest.raises(TryLater):
        await send(running, content, tmp_path)
    await send(running, content, tmp_path)
    assert [message.file and message.file.content for message in ada.chat.messages] == [b"a", b"b"]


async def test_caption_is_edited_as_a_caption(running: Stage, ada: Person, tmp_path: Path) -> None:
    ada.starts()
    (tmp_path / "a.txt").write_bytes(b"a")
    content = Content(text="old", attachments=(discord_file("a.txt"),))
    links = (await send(running, content, tmp_path)).messages
    with_file = Content(text="new", attachments=content.attachments)
    await running.deliver(EDIT, private(ADA), content=with_file, links=links)
    assert seen(ada.chat.messages) == [("document", "new")]
    await running.deliver(EDIT, private(ADA), content=Content(text="newest"), links=links)
    assert seen(ada.chat.messages) == [("document", "newest")]


# Coming in


async def test_file_is_read_in_pieces(running: Stage, ada: Person) -> None:
    content = bytes(range(256)) * 1000
    await ada.sends_document(content, "log.bin")
    pieces = [piece async for piece in running.platform.open_file(await received(running))]
    assert b"".join(pieces) == content
    assert len(pieces) > 1


async def read(stage: Stage, attachment: Attachment) -> bytes:
    return b"".join([piece async for piece in stage.platform.open_file(attachment)])


async def test_file_over_20_megabytes_is_not_asked_for(running: Stage, server: FakeBotApi) -> None:
    large = Attachment(
        platform=TELEGRAM, kind=AttachmentKind.DOCUMENT, handle="id", name="film", size=DOWNLOAD_LIMIT + 1
    )
    with pytest.raises(NeverDelivered) as caught:
        await read(running, large)
    assert caught.value.reason == "too_large"
    assert server.calls_of("getFile") == []


async def test_telegram_may_refuse_a_size_nobody_declared(running: Stage, ada: Person) -> None:
    message = await ada.sends_document(b"\x00" * (DOWNLOAD_LIMIT + 1), "film")
    assert message.file is not None
    unknown = Attachment(platform=TELEGRAM, kind=AttachmentKind.DOCUMENT, handle=message.file.id, name="film")
    with pytest.raises(NeverDelivered) as caught:
        await read(running, unknown)
    assert caught.value.reason == "too_large"


@pytest.mark.parametrize("method", ["getFile", "download"])
@pytest.mark.parametrize("fault", [500, 429, Kind.RESET])
async def test_download_that_breaks_is_tried_later(
    running: Stage, server: FakeBotApi, ada: Person, method: str, fault: Kind | int
) -> None:
    await ada.sends_document(b"content", "a.txt")
    attachment = await received(running)
    # A broken connection that had been used before is replaced once, where asking twice does no harm.
    server.fail_next(method, fault, 2 if (method, fault) == ("download", Kind.RESET) else 1)
    with pytest.raises(TryLater):
        await read(running, attachment)
    assert await read(running, attachment) == b"content"


async def test_file_that_is_gone_is_refused(running: Stage, server: FakeBotApi, ada: Person) -> None:
    await ada.sends_document(b"content", "a.txt")
    attachment = await received(running)
    server.fail_next("download", 404)
    with pytest.raises(NeverDelivered) as caught:
        await read(running, attachment)
    assert caught.value.reason == "refused"
