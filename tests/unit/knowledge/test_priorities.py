"""What comes first: by what a case is about, from the general to what was found in it."""

import pytest

from bot.model import TicketPriority
from bot.operations.knowledge import Learned

URGENT, HIGH, NORMAL, LOW = TicketPriority


def test_the_most_urgent_has_the_lowest_rank() -> None:
    assert [one.rank for one in (URGENT, HIGH, NORMAL, LOW)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("topic", "subject", "found", "priority"),
    [
        ("", "", (), NORMAL),
        ("gone", "gone", ("gone",), NORMAL),
        ("limits", "", (), LOW),
        ("security", "", (), HIGH),
        ("security", "security_hacked", (), URGENT),
        ("security", "security_sent_to_scammer", (), URGENT),
        ("deposits", "deposit_memo_missing", (), URGENT),
        ("deposits", "deposit", (), NORMAL),
        ("deposits", "deposit", ("wrong_network",), HIGH),
        ("deposits", "deposit", ("wrong_network", "memo_missing"), URGENT),
        ("security", "withdrawal", ("not_mine",), URGENT),
        ("deposits", "deposit_how", ("memo_missing",), NORMAL),
    ],
)
def test_a_case_is_as_urgent_as_what_it_is_about(
    learned: Learned, topic: str, subject: str, found: tuple[str, ...], priority: TicketPriority
) -> None:
    assert learned.knowledge.priority_of(topic, subject, found) is priority


@pytest.mark.parametrize(
    ("topic", "subject", "money"),
    [
        ("deposits", "", True),
        ("deposits", "deposit", True),
        ("security", "security_hacked", True),
        ("trading", "deposit", True),
        ("trading", "trade_cancel", False),
        ("", "", False),
        ("gone", "gone", False),
    ],
)
def test_where_money_may_be_lost(learned: Learned, topic: str, subject: str, money: bool) -> None:
    assert learned.knowledge.is_about_money(topic, subject) is money
