"""The card: all that is known, nothing that looks forgotten, and nothing in it that could be read as markup."""

from dataclasses import replace

import pytest

from bot.desk import cards
from bot.knowledge.schema import MISSING
from bot.model import Person, PlatformName, TicketPriority, TicketStatus
from bot.operations.knowledge import Learned
from bot.wording import Wording
from tests.unit.desk.test_desk import MIKA, ticket

EVIL = "*Aiko* [x](http://e.vil) <b>@everyone</b>\n# `x` _y_"


def lines(learned: Learned, of: object, language: str = "en") -> list[str]:
    wording = Wording(learned.knowledge, {})
    return "\n".join(wording.plain(line, language) for line in cards.whole(of, learned.knowledge)).splitlines()  # type: ignore[arg-type]


@pytest.mark.parametrize(("language", "not_given"), [("en", "Screenshot: –"), ("ja", "スクリーンショット：–")])
def test_what_was_not_given_is_a_dash(learned: Learned, language: str, not_given: str) -> None:
    assert not_given in lines(learned, ticket(), language)


def test_what_was_skipped_is_a_dash_and_what_was_answered_is_in_words(learned: Learned) -> None:
    answers = {"kind": "crypto", "network": "tron", "txid": MISSING, "tried": "kyc_why,gone,kyc_rejected"}
    shown = lines(learned, ticket(subject="deposit", topic="deposits", answers=answers))
    assert shown[0].startswith("#1 ")
    assert {"Kind: Crypto", "Network: Tron (TRC20)", "TXID: –"} <= set(shown)
    tried = next(line for line in shown if line.startswith("Answers given"))
    assert tried.count(";") == 1


def test_everything_people_typed_is_shown_exactly(learned: Learned) -> None:
    requester = Person(PlatformName.WEB, "1", EVIL)
    answers = {"question": EVIL, "what_happened": EVIL, "txid": EVIL, "asset": EVIL}
    agent = replace(MIKA, name=EVIL)
    of = ticket(TicketStatus.OPEN, agent, subject="deposit", requester=requester, answers=answers)
    flat = " ".join(EVIL.split())
    shown = lines(learned, of)
    assert sum(flat in line for line in shown) == 6
    assert flat in Wording(learned.knowledge, {}).plain(cards.title(of, learned.knowledge), "en")


def test_answers_of_another_checklist_keep_their_labels(learned: Learned) -> None:
    of = ticket(
        topic="security", subject="security_hacked", answers={"deposit.asset": "BTC", "deposit.kind": "crypto"}
    )
    assert {"Coin: BTC", "Kind: Crypto"} <= set(lines(learned, of))


def test_answers_nobody_knows_any_more_are_shown_all_the_same(learned: Learned) -> None:
    of = ticket(topic="gone", team="gone", subject="gone", answers={"colour": "red", "gone.size": "XL", "title": "x"})
    shown = lines(learned, of)
    assert {"colour: red", "size: XL", "title: x"} <= set(shown)
    assert "gone" in shown[1]


@pytest.mark.parametrize("status", list(TicketStatus))
def test_the_buttons_are_what_can_be_done(status: TicketStatus) -> None:
    keys = [option.key for option in cards.options(ticket(status))]
    taken = [option.key for option in cards.options(ticket(status, MIKA))]
    assert keys == (["reopen"] if status.is_done else ["take", "show", "close"])
    assert taken == (["reopen"] if status.is_done else ["show", "close"])


@pytest.mark.parametrize(
    ("language", "status", "labels"),
    [
        ("en", TicketStatus.NEW, ["New", "Payments", "Telegram"]),
        ("en", TicketStatus.SOLVED, ["Solved", "Payments", "Telegram"]),
        ("en", TicketStatus.CLOSED, ["Solved", "Payments", "Telegram"]),
        ("ja", TicketStatus.PENDING, ["返信待ち", "入出金", "Telegram"]),
    ],
)
def test_the_thread_is_told_apart_by_status_team_and_platform(
    learned: Learned, language: str, status: TicketStatus, labels: list[str]
) -> None:
    of = ticket(status=status, team="payments")
    shown = [Wording(learned.knowledge, {}).plain(label, language) for label in cards.labels(of, learned.knowledge)]
    assert shown == labels


@pytest.mark.parametrize("language", ["en", "ja"])
def test_labels_are_short_enough_for_every_platform(learned: Learned, language: str) -> None:
    wording = Wording(learned.knowledge, {})
    for status in TicketStatus:
        (label, *_) = cards.labels(ticket(status=status), learned.knowledge)
        assert len(wording.plain(label, language)) <= 20


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_card_says_what_comes_first_and_what_can_wait_and_nothing_of_the_usual(
    learned: Learned, language: str
) -> None:
    usual = lines(learned, ticket(), language)
    for priority in TicketPriority:
        shown = lines(learned, ticket(priority=priority), language)
        words = [line for line in shown if line not in usual]
        assert len(words) == (priority is not TicketPriority.NORMAL)
        assert [line for line in shown if line not in words] == usual


def shown(learned: Learned, **changed: object) -> list[str]:
    """The card as staff see it at once."""
    wording = Wording(learned.knowledge, {})
    of = ticket(**changed)  # type: ignore[arg-type]
    return "\n".join(wording.plain(line, "en") for line in cards.card(of, learned.knowledge)).splitlines()


TXID = "E3FE6EA3D48F0C2B639448020EA4F03D4F4F8FFDB243A852A0F59177921B4879"
DEPOSIT = {
    "kind": "crypto", "asset": "XRP", "sent_from": "own", "network": "tron", "txid": TXID, "amount": "12",
    "memo": "7", "status": "done", "sent_at": "today", "question": "where is it", "account_id": "12345678",
    "what_happened": "it is gone", "screenshot": "attached",
}  # fmt: skip


def test_a_phone_shows_the_card_whole_and_says_how_much_more_there_is(learned: Learned) -> None:
    card = shown(learned, subject="deposit", topic="deposits", answers=DEPOSIT)

    assert len(card) == cards.MOST_LINES
    assert "About: 12 XRP · Tron (TRC20)" in card
    assert card[-1].startswith("… and ")
    assert card[-1].endswith("more lines: [More]")


def test_ids_and_transactions_are_shortened_until_they_are_asked_for(learned: Learned) -> None:
    answers = {"txid": TXID, "account_id": "12345678"}
    card = shown(learned, subject="deposit", topic="deposits", answers=answers)
    full = lines(learned, ticket(subject="deposit", topic="deposits", answers=answers))

    assert {"TXID: E3FE6EA3…1B4879", "Account ID (stated): 123…678"} <= set(card)
    assert {f"TXID: {TXID}", "Account ID (stated): 12345678"} <= set(full)


def test_a_part_of_the_sum_says_what_is_known_of_it(learned: Learned) -> None:
    for answers, line in (
        ({"asset": "XRP", "network": "tron"}, "About: XRP · Tron (TRC20)"),
        ({"amount": "3", "network": "tron"}, "About: 3 · Tron (TRC20)"),
        ({"asset": "XRP"}, "Coin: XRP"),
    ):
        assert line in shown(learned, subject="deposit", topic="deposits", answers=answers)
