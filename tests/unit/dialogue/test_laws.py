"""Whatever happens in whatever order: the dialogue never raises, and its laws hold (`Talk` checks them each turn)."""

from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from bot.operations.knowledge import Learned
from bot.understanding.redaction import SecretKind
from tests.unit.dialogue.edited import without
from tests.unit.dialogue.talk import PICTURE, Talk

WORDS = st.sampled_from(
    [
        "hi",
        "thanks",
        "yes",
        "no",
        "ok",
        "none",
        "back",
        "skip",
        "cancel",
        "human",
        "1",
        "2",
        "１",
        "0.5",
        "12345678",
        "i dont know",
        "it works now",
        "that did not help",
        "crypto",
        "usdt",
        "trc20",
        "my own wallet",
        "not found",
        "my deposit has not arrived",
        "出金が届きません",
        "my account got hacked",
        "how do i reset my password",
        "who is the king of france",
        "はい",
        "いいえ",
        "わからない",
        "入金が反映されません",
        "bank transfer",
        "10万円",
        "0x" + "ab" * 32,
        "e3" * 32,
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "/start",
        "/help",
        "/language",
        "/language ja",
        "/status",
        "/tickets",
        "/close",
        "/human",
        "/privacy",
        "/nope",
        "**bold** <b>x</b> [a](http://b.c) @everyone `x`",
        "",
        "   ",
        "a" * 4_000,
        "⟦seed phrase⟧",
        "missing",
        "given",
        "Talk to a person",
        "← 戻る",
        "Bank or card",
        "はい、本人名義です",
        "today",
        "less than an hour ago",
        "confirmed",
    ]
)
TEXTS = WORDS | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)
CHANGES: tuple[dict[str, str], ...] = (
    {"step": "network"},
    {"step": "txid"},
    {"checklist": "deposit"},
    {"checklist": "withdrawal"},
    {"topic": "deposits"},
    {"entry": "login_reset_password"},
    {"option": "pending"},
    {"language": "ja"},
)


class Anything(RuleBasedStateMachine):
    learned: ClassVar[Learned]

    @initialize(language=st.sampled_from(["", "en", "ja"]), require_kyc=st.booleans())
    def begin(self, language: str, require_kyc: bool) -> None:
        self.talk = Talk(self.learned, language, require_kyc=require_kyc)

    @rule(text=TEXTS)
    def says(self, text: str) -> None:
        self.talk.says(text)

    @rule(text=WORDS)
    def sends_picture(self, text: str) -> None:
        self.talk.says(text, PICTURE)

    @rule()
    def sends_sticker(self) -> None:
        self.talk.says("", unreadable="sticker")

    @rule()
    def sends_secret(self) -> None:
        self.talk.says("⟦password⟧", secrets=frozenset({SecretKind.PASSWORD}))

    @precondition(lambda self: self.talk.buttons)
    @rule(number=st.integers(0, 99))
    def presses(self, number: int) -> None:
        keys = self.talk.buttons
        for key in keys:
            self.talk.tries(key)
        self.talk.presses(keys[number % len(keys)])
        assert self.talk.said[:1] != ["prompt.stale"], "a live button was called stale"

    @rule(data=st.sampled_from(["v1.0.0.0", "t1.1.rate.5", "x"]))
    def presses_something_old(self, data: str) -> None:
        self.talk.sends(data)

    @precondition(lambda self: self.talk.tickets)
    @rule(stars=st.integers(0, 7))
    def rates(self, stars: int) -> None:
        self.talk.rates(self.talk.tickets[-1], stars)

    @precondition(lambda self: self.talk.ticket)
    @rule()
    def is_answered(self) -> None:
        self.talk.answered()

    @precondition(lambda self: self.talk.ticket)
    @rule()
    def is_closed(self) -> None:
        self.talk.closed()

    @precondition(lambda self: self.talk.tickets and not self.talk.ticket)
    @rule()
    def is_reopened(self) -> None:
        self.talk.reopened()

    @rule(gone=st.sampled_from(CHANGES))
    def loses(self, gone: dict[str, str]) -> None:
        """The knowledge base is edited and taken up between two messages."""
        self.talk.knowledge = without(self.learned.knowledge, **gone)

    @rule()
    def finds_again(self) -> None:
        self.talk.knowledge = self.learned.knowledge


def test_no_order_of_events_breaks_the_dialogue(learned: Learned) -> None:
    machine = type("Anything", (Anything,), {"learned": learned})
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=checks),
    )


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_shipped_button_can_be_pressed_from_the_menu_down(learned: Learned, language: str) -> None:
    """Two levels deep, every button of every question leads somewhere and nothing raises."""
    start = Talk(learned, language).says("/start")
    for first in start.buttons:
        below = Talk(learned, language).says("/start").presses(first)
        for second in below.buttons:
            Talk(learned, language).says("/start").presses(first).presses(second)
