"""What a card says of an account: short, in words, and only of the account that the ticket is about."""

from dataclasses import replace

import pytest

from bot.accounts import Account, DepositState, Facts, KycState, Lock, Problem
from bot.desk import outcomes
from bot.internal_events import AccountLookedUp
from bot.model import Ticket
from bot.operations.knowledge import Learned
from tests.unit.desk.test_cards import lines
from tests.unit.desk.test_desk import ticket

STATED = {"account_id": "12345678"}


def looked_up(facts: Facts, **changed: object) -> Ticket:
    before = ticket(**{"answers": STATED, **changed})  # type: ignore[arg-type]
    event = AccountLookedUp(id=1, at=1, ticket_id=before.id, facts=facts)
    changing = outcomes.internal(event, before, 1)[0]
    return changing.ticket  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            Facts(account="12345678", tier="2", kyc_state=KycState.PASSED, locks=(Lock.WITHDRAWALS,)),
            "Account: tier 2 · KYC passed · withdrawals locked",
        ),
        (
            Facts(account="12345678", locks=(), matching_deposit=DepositState.NOT_FOUND),
            "Account: nothing locked · no matching deposit",
        ),
        (Facts(account="12345678"), "Account: known, no more said"),
        (Facts(account="12345678", problem=Problem.UNKNOWN), "Account: ⚠️ no such account"),
        (Facts(account="12345678", problem=Problem.UNANSWERED), "Account: could not be looked up"),
    ],
)
def test_the_answer_is_one_line(learned: Learned, facts: Facts, said: str) -> None:
    assert said in lines(learned, looked_up(facts))


def test_it_is_in_the_language_of_the_desk(learned: Learned) -> None:
    facts = Facts(account="12345678", tier="2", kyc_state=KycState.PASSED, locks=(Lock.WITHDRAWALS,))
    assert "アカウント：ランク 2 · 本人確認 完了 · 出金停止中" in lines(learned, looked_up(facts), "ja")


def test_an_answer_that_comes_after_all_was_erased_is_not_kept() -> None:
    event = AccountLookedUp(id=1, at=1, ticket_id=1, facts=Facts(account="12345678", tier="2"))
    assert outcomes.internal(event, replace(ticket(), erased_at=5), 9) == ()


def test_an_answer_about_another_account_is_not_shown(learned: Learned) -> None:
    facts = Facts(account="12345678", tier="2")
    proved = replace(looked_up(facts), account=Account("99999999", 10))

    assert not [line for line in lines(learned, proved) if line.startswith("Account:")]
    assert "Account: tier 2" in lines(learned, replace(proved, account=Account("12345678", 10)))
