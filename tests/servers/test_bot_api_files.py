"""The fake Bot API's files: uploads, downloads, albums, copies; driven by the real python-telegram-bot."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot, InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest

from tests.servers.bot_api import FakeBotApi, running_bot_api
from tests.servers.bot_api_media import DOWNLOAD_LIMIT, png

ADA = 5_300_000_001
PHOTO = png()


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with running_bot_api() as server:
        yield server


@pytest.fixture
async def bot(server: FakeBotApi) -> AsyncIterator[Bot]:
    async with Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url) as bot:
        yield bot


async def test_files_go_up_come_down_and_are_sent_again_by_id(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    await ada.sends_photo(PHOTO, "my screen")
    update = (await bot.get_updates())[-1]
    assert update.message is not None
    assert update.message.caption == "my screen"
    small, large = update.message.photo
    assert (small.width, large.width, large.height) == (90, 320, 200)
    file = await bot.get_file(large)
    assert bytes(await file.download_as_bytearray()) == PHOTO
    small_file = await bot.get_file(small.file_id)
    assert bytes(await small_file.download_as_bytearray()) != PHOTO

    again = await bot.send_photo(ADA, large.file_id, caption="<b>seen</b>", parse_mode="HTML")
    assert again.photo[-1].file_unique_id == large.file_unique_id
    sent = await bot.send_document(ADA, b"a,b\n1,2\n", filename="report.csv")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.mime_type) == ("report.csv", "text/csv")
    shown = ada.chat.messages[-1]
    assert shown.file is not None
    assert shown.file.content == b"a,b\n1,2\n"
    with pytest.raises(BadRequest, match="Can't use file of type document as photo"):
        await bot.send_photo(ADA, sent.document.file_id)


async def test_file_limits_are_the_published_ones(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    big = await ada.sends_document(b"x" * (DOWNLOAD_LIMIT + 1), "video.mp4")
    assert big.file is not None
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file(big.file.id)
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("AgACAgIAAxkBAAInonsense")
    for bad, sentence in ((b"", "File must be non-empty"), (b"no picture", "Image_process_failed")):
        with pytest.raises(BadRequest, match=sentence):
            await bot.send_photo(ADA, bad)
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_document(ADA, "AgACAgIAAxkBAAInonsense")


async def test_albums_stay_together_both_ways(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    await ada.sends_album([PHOTO, png(64, 64), PHOTO], "three")
    messages = [update.message for update in await bot.get_updates()]
    assert [message and message.caption for message in messages] == ["three", None, None]
    assert len({message and message.media_group_id for message in messages}) == 1

    sent = await bot.send_media_group(ADA, [InputMediaPhoto(PHOTO, "first"), InputMediaPhoto(png(10, 10))])
    assert [message.caption for message in sent] == ["first", None]
    assert [message.text for message in ada.chat.messages[-2:]] == ["first", ""]
    assert len({message.album for message in ada.chat.messages[-2:]}) == 1
    before = len(ada.chat.messages)
    with pytest.raises(BadRequest, match="album"):
        await bot.send_media_group(ADA, [InputMediaPhoto(PHOTO), InputMediaDocument(b"x")])
    assert len(ada.chat.messages) == before


async def test_copies_keep_the_content_and_lose_the_buttons(server: FakeBotApi, bot: Bot) -> None:
    ada = server.user(ADA, "Ada")
    sticker = await ada.sends_other("sticker")
    photo = await ada.sends_photo(PHOTO, "old caption")
    await bot.copy_message(ADA, ADA, sticker.id)
    await bot.copy_message(ADA, ADA, photo.id, caption="new caption")
    copies = ada.chat.messages[-2:]
    assert [copy.file and copy.file.kind for copy in copies] == ["sticker", "photo"]
    assert copies[1].text == "new caption"
    kept = await bot.send_message(ADA, "secret", protect_content=True)
    with pytest.raises(BadRequest, match="Message can't be copied"):
        await bot.copy_message(ADA, ADA, kept.message_id)
    forwarded = await bot.forward_message(ADA, ADA, photo.id)
    assert forwarded.forward_origin is not None
    assert forwarded.forward_origin.type == "user"
