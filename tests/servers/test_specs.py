"""The published API descriptions: what they catch, and that the fakes are held to them."""

from pathlib import Path

import pytest

from tests.servers import specs
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_calls import STRINGS
from tests.servers.specs import BotApiSpec, DiscordSpec


@pytest.fixture
def telegram() -> BotApiSpec:
    return BotApiSpec.load()


@pytest.fixture
def discord() -> DiscordSpec:
    return DiscordSpec.load()


def test_absent_descriptions_skip_or_fail_as_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHARED", str(tmp_path / "nowhere"))
    monkeypatch.delenv("REQUIRE_SHARED", raising=False)
    assert BotApiSpec.find() is None
    with pytest.raises(pytest.skip.Exception, match="not here"):
        specs.require_shared()
    monkeypatch.setenv("REQUIRE_SHARED", "1")
    with pytest.raises(pytest.fail.Exception, match="not here"):
        BotApiSpec.find()


@pytest.mark.parametrize(
    ("method", "params", "problem"),
    [
        ("sendMesage", {}, "sendMesage: no such method"),
        ("sendMessage", {"chat_id": 1}, "sendMessage.text: missing"),
        ("sendMessage", {"chat_id": 1, "text": "x", "txt": "y"}, "sendMessage.txt: unknown"),
        ("sendMessage", {"chat_id": True, "text": "x"}, "sendMessage.chat_id: Integer expected, got True"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{"callback_data": "x"}]]}},
            "sendMessage.reply_markup.inline_keyboard[0][0].text: missing",
        ),
        (
            "setMessageReaction",
            {"chat_id": 1, "message_id": 2, "reaction": [{"type": "emoji", "emoji": 3}]},
            "setMessageReaction.reaction[0].emoji: String expected, got 3",
        ),
        (
            "sendMediaGroup",
            {"chat_id": 1, "media": [{"type": "photo", "media": "a"}, {"type": "video"}]},
            "sendMediaGroup.media[1].media: missing",
        ),
    ],
)
def test_bad_telegram_requests_are_named(
    telegram: BotApiSpec, method: str, params: dict[str, object], problem: str
) -> None:
    assert telegram.check_request(method, params) == [problem]


def test_good_telegram_requests_pass(telegram: BotApiSpec) -> None:
    assert telegram.check_request("sendmessage", {"chat_id": -100, "text": "x"}) == []
    assert telegram.check_request("sendPhoto", {"chat_id": "@name", "photo": b"bytes"}) == []
    album = [{"type": "photo", "media": "a"}, {"type": "video", "media": "b"}]
    assert telegram.check_request("sendMediaGroup", {"chat_id": 1, "media": album}) == []


def test_invented_answers_are_named(telegram: BotApiSpec) -> None:
    chat = {"id": 1, "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat, "colour": "red"}
    assert telegram.check_answer("sendMessage", message) == ["sendMessage ->.colour: unknown"]
    assert telegram.check_answer("deleteMessage", 1) == ["deleteMessage ->: Boolean expected, got 1"]
    update = {"update_id": 1, "message": {"message_id": 1, "chat": chat}}
    assert telegram.check_object("Update", update) == ["Update.message.date: missing"]
    member = {"status": "member", "user": {"id": 1, "is_bot": False}}
    assert telegram.check_object("ChatMember", member) == ["ChatMember.user.first_name: missing"]


def test_fakes_reading_of_parameters_agrees_with_the_description(telegram: BotApiSpec) -> None:
    """Form fields carry text only: a number taken for text, or a text for a number, would hide a mistake."""
    served = FakeBotApi().methods
    assert served >= {"getUpdates", "sendMessage", "createForumTopic"}
    assert served <= set(telegram.methods)
    for method in served:
        for field in telegram.methods[method].get("fields", []):
            assert (field["name"] in STRINGS) == ("String" in field["types"]), f"{method}.{field['name']}"


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("POST", "/api/v10/channels/1/messages", {"content": "x" * 4001}, "too long"),
        ("POST", "/channels/1/messages", {"embeds": [{"title": "x" * 257}]}, "$.embeds[0].title"),
        ("POST", "/channels/1/messages", None, "the body is missing"),
        ("POST", "/users/@me/channels", {"recipient_id": []}, "$.recipient_id"),
        ("POST", "/nowhere", {}, "no such operation"),
        ("DELETE", "/channels/1/messages/2", {"x": 1}, "a body is sent where none is taken"),
    ],
)
def test_bad_discord_requests_are_named(
    discord: DiscordSpec, method: str, path: str, body: object, words: str
) -> None:
    (problem,) = discord.check_request(method, path, body)
    assert words in problem


def test_good_discord_requests_pass(discord: DiscordSpec) -> None:
    assert discord.check_request("POST", "/api/v10/channels/1/messages?x=1", {"content": "x" * 4000}) == []
    assert discord.check_request("POST", "/users/@me/channels", {"recipient_id": 5}) == []
    assert discord.check_request("DELETE", "/channels/1/messages/2") == []


def test_discord_paths_find_the_most_literal_template(discord: DiscordSpec) -> None:
    assert discord.template("/users/@me/channels") == "/users/@me/channels"
    original = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
    assert discord.template("/api/v10/webhooks/1/abc/messages/@original") == original
    assert discord.template("/channels/1/2/3/4/5") is None


def test_discord_answers_are_held_to_the_description(discord: DiscordSpec) -> None:
    assert discord.check_response("POST", "/users/@me/channels", 200, {"id": "1"}) != []
    limited = {"message": "You are being rate limited.", "retry_after": 0.3, "global": False}
    problems = discord.check_response("POST", "/users/@me/channels", 429, limited)
    assert problems == ["POST /users/@me/channels 429 $: 'code' is a required property"]
    assert discord.check_response("DELETE", "/channels/1/messages/2", 204) == []
    assert discord.check_response("DELETE", "/channels/1/messages/2", 200, {}) == [
        "DELETE /channels/{channel_id}/messages/{message_id}: never answers 200"
    ]
