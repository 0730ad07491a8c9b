"""Free talk: greetings, questions, buttons and their words, commands, languages, and a state that is lost."""

from dataclasses import replace

import pytest

from bot.actions import RecordFeedback, RecordUnanswered
from bot.dialogue import engine, faq
from bot.dialogue.hearing import Command, command_of
from bot.dialogue.options import HIGHEST_ID, base36, choice_data, picked_option, ticket_button, ticket_data
from bot.knowledge.schema import FaqEntry
from bot.model import Mode, TicketPriority
from bot.operations.knowledge import Learned
from tests.unit.dialogue.talk import PICTURE, Talk


@pytest.fixture
def talk(learned: Learned) -> Talk:
    return Talk(learned, "en")


@pytest.mark.parametrize(
    "said", ["", "hi", "/start", "/START", "/start@support_bot", "/start from a link", "／start", "/support"]
)
def test_a_conversation_begins_with_the_topics(learned: Learned, said: str) -> None:
    talk = Talk(learned).says(said)
    assert talk.said == ["greeting"]
    assert talk.buttons[-1] == "human"


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("/human", Command("human", "")),
        ("/Language 日本語", Command("language", "日本語")),
        ("/human\nplease", Command("human", "please")),
        ("  /close  ", Command("close", "")),
        ("／help", Command("help", "")),
        ("/wallet/deposit shows nothing", None),
        ("/", None),
        ("//", None),
        ("/1", None),
        ("help", None),
        ("/" + "a" * 40, None),
    ],
)
def test_a_command_is_a_whole_word_behind_a_slash(said: str, command: Command | None) -> None:
    assert command_of(said) == command


def test_a_path_is_a_message_for_the_desk(talk: Talk) -> None:
    assert talk.says("/human").says("/wallet/deposit shows nothing").relayed == ["/wallet/deposit shows nothing"]


@pytest.mark.parametrize("said", ["yes", "はい", "yes please", "y"])
def test_yes_to_shall_a_person_look_at_it_means_a_person(talk: Talk, said: str) -> None:
    talk.says("what will the weather be like in paris tomorrow")
    assert talk.said == ["unknown"]
    assert talk.says(said).opened is not None


def test_no_to_shall_a_person_look_at_it_leads_back_to_the_topics(talk: Talk) -> None:
    assert talk.says("what will the weather be like in paris tomorrow").says("no").said == ["menu"]


def test_an_ok_after_an_answer_opens_no_ticket(talk: Talk) -> None:
    talk.says("how do i reset my password").says("yes")
    assert talk.said == ["helped.thanks"]
    talk.says("my account is locked")
    assert talk.says("ok").opened is None
    assert talk.tickets == []


@pytest.mark.parametrize(
    ("said", "helped"), [("yes", True), ("no", False), ("それじゃない", False), ("solved", True)]
)
def test_whether_it_helped_can_be_typed(talk: Talk, said: str, helped: bool) -> None:
    talk.says("how do i reset my password").says(said)
    assert [one.helped for one in talk.actions if isinstance(one, RecordFeedback)] == [helped]


def test_helped_is_asked_once_for_each_topic(talk: Talk) -> None:
    talk.says("how do i reset my password")
    assert talk.said[-1] == "helped.ask"
    talk.says("yes").says("how do i reset my password")
    assert talk.said == ["faq.login_reset_password.answer"]


def test_not_helped_said_late_gets_no_new_guess(talk: Talk) -> None:
    talk.says("how do i reset my password").says("yes")
    assert talk.says("that did not help").said == ["helped.sorry"]
    assert talk.says("yes").opened is not None


def test_helped_said_late_is_not_asked_what_it_is_about(talk: Talk) -> None:
    assert talk.says("hi").says("it works now").said == ["helped.thanks"]


def test_none_of_these_keeps_the_question_for_whoever_writes_answers(talk: Talk) -> None:
    talk.says("trade minimum fee limit")
    if "none_of_these" not in talk.buttons:
        talk.follows(faq.clarify(talk.conversation, talk.context().match("fee", "en"), talk.context()))
        talk.conversation = replace(talk.conversation, said="trade minimum fee limit")
    talk.says("none of these")
    assert [one.text for one in talk.actions if isinstance(one, RecordUnanswered)] == ["trade minimum fee limit"]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("1", "topic:deposits"),
        ("２", "topic:withdrawals"),
        ("Deposits", "topic:deposits"),
        ("2FA", "topic:two_factor"),
        ("本人確認（KYC）", "topic:kyc"),
    ],
)
def test_topics_can_be_typed(talk: Talk, said: str, key: str) -> None:
    talk.says("hi")
    assert key in talk.buttons
    assert talk.says(said).said == ["topic.choose"]
    assert talk.conversation.topic == key.partition(":")[2]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "v1",
        "v1.0.0.0",
        "v1.zzzzzzzzzzzzz.999999.99",
        "v2.1.1.1",
        "t1.zzzzzzzzzzzzz.rate.5",
        "t1.1.take",
        "\0",
        "v1." + "1" * 5_000,
        "t1.1.rate." + "z" * 13,
        "v1.1.１.1",
        "日本語",
    ],
)
def test_made_up_buttons_change_nothing_but_the_question(talk: Talk, data: str) -> None:
    before = talk.says("hi").conversation
    talk.sends(data)
    assert talk.said[0] == "prompt.stale"
    assert replace(talk.conversation, prompt=before.prompt, prompts_asked=before.prompts_asked) == before


def test_a_button_of_somebody_elses_conversation_is_stale(talk: Talk) -> None:
    prompt = talk.says("hi").conversation.prompt
    assert prompt is not None
    assert talk.sends(choice_data(talk.conversation.id + 1, prompt.number, 0)).said[0] == "prompt.stale"
    assert picked_option(choice_data(5, prompt.number, 0), talk.conversation) is None


def test_a_button_is_pressed_once(talk: Talk) -> None:
    prompt = talk.says("how do i reset my password").conversation.prompt
    assert prompt is not None
    data = choice_data(talk.conversation.id, prompt.number, 0)
    assert talk.sends(data).said == ["helped.thanks"]
    assert talk.sends(data).said == ["prompt.stale", "menu"]


@pytest.mark.parametrize("number", [0, 1, 35, 36, 2**53 + 1, HIGHEST_ID])
def test_ids_travel_in_buttons_unharmed(number: int) -> None:
    assert int(base36(number), 36) == number
    assert ticket_button(ticket_data(number, "reopen", number)) == (number, "reopen", number)
    assert len(ticket_data(HIGHEST_ID, "reopen", HIGHEST_ID)) <= 40
    assert len(choice_data(HIGHEST_ID, 999_999_999, 99)) <= 40


def test_an_id_no_store_can_hold_is_no_button() -> None:
    assert ticket_button(ticket_data(HIGHEST_ID + 1, "take")) is None
    assert ticket_button(ticket_data(1, "send", HIGHEST_ID + 1)) is None


# Languages.


@pytest.mark.parametrize(
    ("locale", "said", "language"),
    [
        ("ja", "/start", "ja"),
        ("ja-JP", "hi", "ja"),
        ("fr", "123456", "en"),
        ("", "こんにちは", "ja"),
        ("ja", "where is my deposit", "en"),
    ],
)
def test_the_first_words_or_the_platform_decide_the_language(
    learned: Learned, locale: str, said: str, language: str
) -> None:
    assert Talk(learned, locale=locale).says(said).conversation.language == language


def test_the_operators_default_language_counts_where_nothing_else_tells(learned: Learned) -> None:
    talk = Talk(learned)
    policy = replace(talk.context().policy, default_language="ja")
    talk._policy = policy
    assert talk.says("/start").conversation.language == "ja"
    pressed = Talk(learned)
    pressed._policy = policy
    assert pressed.sends("v1.0.0.0").conversation.language == "ja"


@pytest.mark.parametrize("said", ["/language", "/language xx", "/language 123"])
def test_an_unknown_language_is_asked_for(talk: Talk, said: str) -> None:
    assert talk.says(said).said == ["language.choose"]
    assert talk.says("日本語").conversation.language == "ja"


@pytest.mark.parametrize("said", ["/language ja", "/language JA", "/language 日本語"])
def test_a_chosen_language_stays_whatever_is_typed(talk: Talk, said: str) -> None:
    talk.says(said)
    assert talk.said == ["language.chosen", "menu"]
    talk.says("how do i reset my password please, I have tried everything")
    assert talk.conversation.language == "ja"


def test_the_language_changes_with_a_whole_sentence(talk: Talk) -> None:
    assert talk.says("パスワードをリセットする方法を教えてください").conversation.language == "ja"
    assert talk.says("thanks").conversation.language == "ja"
    assert talk.says("how do i reset my password").conversation.language == "en"


def test_the_language_chosen_in_a_checklist_asks_the_open_step_again(talk: Talk) -> None:
    talk.says("my deposit has not arrived").says("crypto").says("/language").says("2")
    assert talk.said == ["language.chosen", "checklist.deposit.asset.ask"]
    assert talk.conversation.language == "ja"
    assert talk.says("btc").answers["asset"] == "BTC"


# Pictures and odd messages.


def test_a_picture_first_is_thanked_for_and_kept(talk: Talk) -> None:
    talk.says("", PICTURE)
    assert talk.said == ["picture.received"]
    assert talk.conversation.pictures == (PICTURE,)
    for _ in range(9):
        talk.says("", PICTURE)
    assert len(talk.conversation.pictures) == 5
    assert talk.says("/start").conversation.pictures == ()


def test_no_more_than_three_messages_are_remembered(talk: Talk) -> None:
    for text in ("a", "b", "c", "d"):
        talk.says(text)
    assert talk.conversation.recent == ("b", "c", "d")


# The stored state cannot be read.


def test_a_lost_conversation_goes_to_a_person_in_a_language(learned: Learned) -> None:
    talk = Talk(learned, locale="ja")
    talk.follows(engine.lost(talk.conversation, talk.context()))
    assert talk.said[0] == "state.lost"
    assert talk.opened is not None
    assert talk.conversation.language == "ja"


def test_a_lost_conversation_keeps_its_ticket(talk: Talk) -> None:
    talk.says("/human")
    fresh = Talk.__dict__["_context"](talk, None, frozenset())
    decision = engine.lost(replace(talk.conversation, ticket_id=None, mode=Mode.IDLE, prompt=None), fresh)
    talk.follows(decision)
    assert talk.said == ["ticket.still_open"]
    assert talk.says("are you there").relayed == ["are you there"]


def test_an_urgent_entry_behind_a_button_opens_a_ticket(talk: Talk) -> None:
    knowledge = talk.knowledge
    urgent = FaqEntry("security_hacked", "security", urgent=True, priority=TicketPriority.URGENT)
    assert knowledge.entries["security_hacked"] == urgent
    talk.says("hi").presses("topic:security").presses("faq:security_hacked")
    assert talk.opened is not None
    assert talk.opened.subject == "security_hacked"
