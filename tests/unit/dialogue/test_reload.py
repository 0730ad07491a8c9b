"""The knowledge base changes under a conversation: what is gone is never a trap, and no answer is lost."""

from dataclasses import replace

import pytest

from bot.model import Mode, Prompt
from bot.operations.knowledge import Learned
from tests.unit.dialogue.edited import without
from tests.unit.dialogue.talk import Talk


@pytest.fixture
def talk(learned: Learned) -> Talk:
    return Talk(learned, "en")


def test_a_step_that_is_gone_is_told_and_the_nearest_one_asked(talk: Talk) -> None:
    talk.says("my deposit has not arrived").says("crypto").says("btc")
    talk.knowledge = without(talk.knowledge, step="sent_from")
    assert talk.says("hmm").said[0] == "checklist.changed"
    assert talk.answers == {"kind": "crypto", "asset": "BTC"}


@pytest.mark.parametrize("act", ["crypto", "1", "back", "i dont know", "cancel", "hello", "0x12", "/start", "thanks"])
def test_a_checklist_that_is_gone_leads_to_the_topics(talk: Talk, act: str) -> None:
    talk.says("my deposit has not arrived").says("crypto")
    talk.knowledge = without(talk.knowledge, checklist="deposit")
    talk.says(act)
    assert talk.conversation.mode is Mode.IDLE
    assert "resume:deposit" not in talk.buttons
    opened = talk.says("human").opened
    assert opened is not None
    assert opened.answers["deposit.kind"] == "crypto"
    assert "kind: crypto" in talk.card()


def test_the_card_of_a_ticket_outlives_its_checklist_topic_and_team(talk: Talk) -> None:
    talk.says("my deposit has not arrived").says("crypto").says("btc").says("human")
    talk.knowledge = replace(without(talk.knowledge, checklist="deposit", topic="deposits"), version="2")
    texts = {code: {k: t for k, t in of.items() if k != "team.payments"} for code, of in talk.knowledge.texts.items()}
    talk.knowledge = replace(talk.knowledge, texts=texts)
    assert "asset: BTC" in talk.card()
    assert talk.says("/status").said[0] == "ticket.line"
    assert talk.says("12345678").said == ["intake.screenshot"]


@pytest.mark.parametrize(
    ("begin", "gone"),
    [
        ("hi", {"topic": "deposits"}),
        ("how do i reset my password", {"entry": "login_reset_password"}),
        ("/language", {"language": "ja"}),
        ("my deposit has not arrived", {"option": "fiat"}),
    ],
)
@pytest.mark.parametrize("act", ["1", "2", "deposits", "日本語", "yes", "Bank or card", "what is this", "no"])
def test_typed_words_survive_that_an_offered_button_is_gone(
    talk: Talk, begin: str, gone: dict[str, str], act: str
) -> None:
    talk.says(begin)
    talk.knowledge = without(talk.knowledge, **gone)
    talk.says(act)
    assert talk.said


@pytest.mark.parametrize(
    ("begin", "key", "gone"),
    [
        ("hi", "topic:deposits", {"topic": "deposits"}),
        ("how do i reset my password", "helped:login_reset_password", {"entry": "login_reset_password"}),
        ("/language", "lang:ja", {"language": "ja"}),
        ("my deposit has not arrived", "answer:fiat", {"option": "fiat"}),
        ("my deposit has not arrived", "back", {"checklist": "deposit"}),
    ],
)
def test_a_pressed_button_whose_meaning_is_gone_still_leads_on(
    talk: Talk, begin: str, key: str, gone: dict[str, str]
) -> None:
    talk.says(begin)
    talk.knowledge = without(talk.knowledge, **gone)
    talk.presses(key)
    assert talk.buttons


def test_buttons_of_a_newer_version_are_no_trap(talk: Talk) -> None:
    talk.says("hi")
    talk.conversation = replace(talk.conversation, prompt=Prompt(7, ("teleport:moon", "human")))
    assert talk.says("beam me up").said
    talk.conversation = replace(talk.conversation, prompt=Prompt(7, ("teleport:moon", "human")))
    assert talk.presses("teleport:moon").said == ["menu"]


def test_a_title_may_name_the_exchange(talk: Talk) -> None:
    """Labels are compared with what is typed although the operator's own values are not known there."""
    talk.says("hi").presses("topic:login")
    texts = {
        code: {**of, "faq.login_cannot.title": "Log in to {exchange}"} for code, of in talk.knowledge.texts.items()
    }
    talk.knowledge = replace(talk.knowledge, texts=texts)
    assert talk.says("Log in to").said[0] == "faq.login_cannot.answer"
