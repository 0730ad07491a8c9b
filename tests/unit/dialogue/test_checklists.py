"""The two shipped checklists, walked by button and by text, forwards, backwards and out."""

import pytest

from bot.model import Mode
from bot.operations.knowledge import Learned
from tests.unit.dialogue.talk import PICTURE, Talk

TXID = "0x" + "ab" * 32
TRON_TXID = "e3" * 32


def deposit(learned: Learned, *texts: str) -> Talk:
    """A talk in the deposit checklist after these answers, typed."""
    talk = Talk(learned, "en").says("my deposit has not arrived")
    for text in texts:
        talk.says(text)
    return talk


def withdrawal(learned: Learned, *texts: str) -> Talk:
    talk = Talk(learned, "en").says("my withdrawal has not arrived")
    for text in texts:
        talk.says(text)
    return talk


def at(talk: Talk) -> str:
    return talk.conversation.place.step if talk.conversation.place else "-"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("crypto", "crypto"),
        ("Crypto!", "crypto"),
        ("１", "crypto"),
        ("1", "crypto"),
        ("2.", "fiat"),
        ("card", None),
        ("暗号資産", "crypto"),
        ("銀行・カード", "fiat"),
        ("銀行", "fiat"),
        ("3", None),
        ("0", None),
        ("yes", None),
        ("it depends", None),
    ],
)
def test_a_choice_is_taken_by_label_part_number_or_either_language(
    learned: Learned, said: str, answer: str | None
) -> None:
    talk = deposit(learned, said)
    assert talk.answers.get("kind") == answer
    if answer is None:
        assert talk.said == ["refused.choice", "checklist.deposit.kind.ask"]


@pytest.mark.parametrize("said", ["yes", "yep", "Yes!", "はい", "1", "yes, my own name"])
def test_yes_means_the_answer_that_begins_with_it(learned: Learned, said: str) -> None:
    talk = deposit(learned, "bank or card", "card", said)
    assert talk.answers["fiat_name"] == "own_name"


def test_no_means_the_answer_that_begins_with_it(learned: Learned) -> None:
    talk = deposit(learned, "bank or card", "card", "nope")
    assert talk.answers["fiat_name"] == "other_name"
    assert "finding.deposit.other_name" in talk.said


@pytest.mark.parametrize("said", ["i dont know", "not sure", "わからない", "I am not sure", "3"])
def test_not_knowing_is_an_answer_where_the_choices_have_one(learned: Learned, said: str) -> None:
    assert deposit(learned, "bank or card", "card", said).answers["fiat_name"] == "unsure"


@pytest.mark.parametrize("amount", ["1", "2", "１", "0.5", "250 USDT", "10k", "5万"])
def test_a_number_typed_where_an_amount_is_asked_is_the_amount(learned: Learned, amount: str) -> None:
    """The first two buttons there are Back and Talk to a person: "1" and "2" must not press them."""
    talk = deposit(learned, "crypto", "usdt", "my own wallet", "trc20", "i dont know", amount)
    assert at(talk) == "sent_at"
    assert talk.opened is None


@pytest.mark.parametrize("nonsense", ["a lot", "no", "ok", "1 or 2", "-3", "0"])
def test_what_is_no_amount_is_explained_and_asked_again(learned: Learned, nonsense: str) -> None:
    talk = deposit(learned, "crypto", "usdt", "my own wallet", "trc20", "i dont know", nonsense)
    assert at(talk) == "amount"
    assert talk.said[0] in ("refused.amount", "refused.empty")
    assert talk.said[-1] == "checklist.deposit.amount.ask"


@pytest.mark.parametrize("said", ["hello", "yes", "no", "ok", "thanks", "still not working", "12", "7"])
def test_small_talk_and_numbers_are_no_coin(learned: Learned, said: str) -> None:
    talk = deposit(learned, "crypto", said)
    assert talk.answers.get("asset") in (None, "SOL")
    assert ("asset" in talk.answers) == (said == "7")


def test_thanks_and_greetings_keep_the_question_open(learned: Learned) -> None:
    talk = deposit(learned, "crypto").says("thanks")
    assert talk.said == ["thanks", "checklist.deposit.asset.ask"]
    assert talk.says("hello").said == ["checklist.deposit.asset.ask"]


def test_after_two_refusals_a_person_is_offered(learned: Learned) -> None:
    talk = deposit(learned, "what do you mean")
    assert "refused.offer_person" not in talk.said
    assert "refused.offer_person" in talk.says("i do not get it at all").said


@pytest.mark.parametrize("said", ["none", "no", "なし", "n/a", "no memo", "skip", "i don't know"])
def test_no_memo_is_said_in_many_ways(learned: Learned, said: str) -> None:
    talk = deposit(learned, "crypto", "ton", "my own wallet", "ton", "11" * 32, "confirmed", "unknown")
    talk.says("i dont know").says("i dont know")
    assert at(talk) == "memo", talk.answers
    talk.says(said)
    assert talk.answers["memo"] == "missing"
    assert "finding.deposit.memo_missing" in talk.said


def test_a_memo_called_missing_is_not_taken_for_none(learned: Learned) -> None:
    talk = deposit(learned, "crypto", "ton", "my own wallet", "ton", "11" * 32, "confirmed")
    talk.says("i dont know").says("i dont know").says("missing")
    assert talk.answers["memo"] != "missing"
    assert "finding.deposit.memo_missing" not in talk.said


@pytest.mark.parametrize(("asset", "asked"), [("usdt", False), ("usdc", False), ("xrp", True), ("btc", False)])
def test_a_memo_is_asked_only_where_every_network_of_the_coin_needs_one(
    learned: Learned, asset: str, asked: bool
) -> None:
    """With the network unknown, "without a memo we cannot tell whose it is" would be a wrong answer."""
    talk = deposit(learned, "crypto", asset, "my own wallet", "i dont know", TRON_TXID, "confirmed")
    talk.says("i dont know").says("i dont know")
    assert (at(talk) == "memo") is asked


def test_calming_words_are_not_said_once_a_person_is_needed(learned: Learned) -> None:
    """Memo missing and sent within the hour: "look again in an hour" would send them away with a lost deposit."""
    talk = deposit(learned, "crypto", "xrp", "my own wallet", "xrp ledger", TRON_TXID, "confirmed")
    talk.says("xrp ledger").says("i dont know").says("none").says("20").says("less than an hour ago")
    assert "finding.deposit.just_sent" not in talk.said
    assert talk.opened is not None


def test_calming_words_are_said_where_nothing_is_wrong(learned: Learned) -> None:
    talk = deposit(learned, "crypto", "btc", "my own wallet", "bitcoin", TRON_TXID, "confirmed")
    talk.says("bitcoin").says("i dont know").says("20").says("less than an hour ago")
    assert talk.said == ["finding.deposit.just_sent"]
    assert talk.buttons == ("solved", "back", "human")


def test_a_pause_stays_a_pause(learned: Learned) -> None:
    """At the last finding an old button, /language or free words must not open a ticket nobody asked for."""
    talk = deposit(learned, "crypto", "btc", "my own wallet", "bitcoin", TRON_TXID, "confirmed")
    talk.says("bitcoin").says("i dont know").says("20").says("less than an hour ago")
    for act in ("hmm what now", "/language en", "hello", "yes", "skip"):
        talk.says(act)
        assert talk.opened is None, act
        assert talk.said[-1] == "finding.deposit.just_sent", act
    talk.sends("v1.0.0.0")
    assert talk.said == ["prompt.stale", "finding.deposit.just_sent"]
    talk.says("cancel").says("Continue where I was")
    assert talk.said == ["finding.deposit.just_sent"]


@pytest.mark.parametrize(
    ("said", "key"), [("that helped", "solved"), ("fixed", "solved"), ("解決しました", "solved")]
)
def test_a_finding_that_settles_it_ends_without_a_ticket(learned: Learned, said: str, key: str) -> None:
    talk = deposit(learned, "crypto", "btc", "another exchange", "bitcoin", "none")
    assert talk.said == ["finding.deposit.not_sent_yet"]
    assert key in talk.buttons
    talk.says(said)
    assert talk.said == ["checklist.solved"]
    assert talk.conversation.mode is Mode.IDLE
    assert talk.conversation.place is None


@pytest.mark.parametrize("said", ["go on", "no", "next", "it did not help", "このまま続ける"])
def test_a_finding_that_does_not_settle_it_goes_on_without_being_said_again(learned: Learned, said: str) -> None:
    talk = deposit(learned, "crypto", "btc", "another exchange", "bitcoin", "none").says(said)
    assert talk.said == ["checklist.deposit.amount.ask"]


def test_back_forgets_what_only_the_taken_back_answer_showed(learned: Learned) -> None:
    talk = deposit(learned, "crypto", "btc", "another exchange", "bitcoin", "none").presses("back")
    assert talk.said == ["checklist.deposit.txid.ask", "checklist.deposit.txid.help"]
    assert talk.says(TRON_TXID).said == ["checklist.deposit.chain_status.ask"]
    talk.presses("back")
    assert talk.says("none").said == ["finding.deposit.not_sent_yet"]


def test_back_leads_from_the_end_to_the_menu_and_leaves_nothing_behind(learned: Learned) -> None:
    talk = deposit(learned, "bank or card", "card", "i am not sure", "100 EUR")
    seen = []
    while talk.conversation.place:
        seen.append(at(talk))
        talk.says("back")
    assert seen == ["sent_at", "fiat_amount", "fiat_name", "fiat_way", "kind"]
    assert talk.said == ["menu"]
    talk.says("my deposit has not arrived").says("crypto").says("btc")
    assert set(talk.answers) == {"kind", "asset"}


def test_another_branch_after_back_carries_nothing_of_the_first(learned: Learned) -> None:
    talk = deposit(learned, "bank or card", "card").says("back").says("back").says("crypto")
    assert talk.answers == {"kind": "crypto"}
    assert talk.conversation.place is not None
    assert talk.conversation.place.found == ()


def test_a_question_in_between_is_answered_and_changes_nothing(learned: Learned) -> None:
    talk = deposit(learned).says("how long does kyc take")
    assert talk.said == ["faq.kyc_how_long.answer", "checklist.again", "checklist.deposit.kind.ask"]
    assert talk.conversation.topic == "deposits"
    opened = talk.says("talk to a person").opened
    assert opened is not None
    assert (opened.topic, opened.team, opened.subject) == ("deposits", "payments", "deposit")
    assert opened.answers["tried"] == "kyc_how_long"


def test_a_question_is_answered_where_a_txid_is_asked(learned: Learned) -> None:
    talk = deposit(learned, "crypto", "btc", "my own wallet", "bitcoin").says("where do i find the txid")
    assert talk.said[0] == "faq.network_txid_find.answer"
    assert at(talk) == "txid"


@pytest.mark.parametrize("steps", [(), ("crypto",), ("crypto", "btc", "my own wallet", "bitcoin")])
def test_what_is_urgent_does_not_wait_for_the_next_step(learned: Learned, steps: tuple[str, ...]) -> None:
    talk = deposit(learned, *steps).says("my account got hacked")
    assert talk.said[0] == "faq.security_hacked.answer"
    assert talk.opened is not None
    assert (talk.opened.subject, talk.opened.team) == ("security_hacked", "security")
    carried = [key for key in talk.opened.answers if key.startswith("deposit.")]
    assert carried == [f"deposit.{step}" for step in ("kind", "asset", "sent_from", "network")][: len(steps)]
    assert not steps or "Kind: Crypto" in talk.card()


def test_a_person_asked_for_in_the_middle_gets_every_answer(learned: Learned) -> None:
    talk = deposit(learned, "crypto", "usdt", "another exchange", "trc20").says("agent please")
    assert talk.opened is not None
    assert dict(talk.opened.answers) == {
        "kind": "crypto", "asset": "USDT", "sent_from": "exchange", "network": "tron",
        "question": "my deposit has not arrived",
    }  # fmt: skip
    assert talk.buttons == ("skip",)


def test_answers_of_a_left_checklist_go_along_under_its_name(learned: Learned) -> None:
    talk = deposit(learned, "crypto", "usdt").says("cancel").says("how do i reset my password").says("human")
    assert talk.opened is not None
    assert (talk.opened.subject, talk.opened.topic) == ("", "login")
    assert talk.opened.answers["deposit.asset"] == "USDT"
    assert "Coin: USDT" in talk.card()


def test_a_new_start_in_the_middle_still_knows_what_it_is_about(learned: Learned) -> None:
    talk = deposit(learned, "crypto", "usdt").says("/start")
    assert talk.buttons[0] == "resume:deposit"
    opened = talk.says("/human").opened
    assert opened is not None
    assert (opened.subject, opened.topic, opened.team) == ("deposit", "deposits", "payments")


def test_somebody_elses_withdrawal_goes_to_security_at_once(learned: Learned) -> None:
    talk = withdrawal(learned, "no, it was not me")
    assert talk.said[0] == "finding.withdrawal.not_mine"
    assert talk.opened is not None
    assert (talk.opened.team, talk.opened.subject) == ("security", "withdrawal")


def test_somebody_elses_withdrawal_needs_no_verification(learned: Learned) -> None:
    talk = Talk(learned, "en", require_kyc=True).says("my withdrawal has not arrived").says("no")
    assert talk.opened is not None


def test_a_picture_in_a_checklist_reaches_the_desk(learned: Learned) -> None:
    talk = deposit(learned, "crypto").says("", PICTURE)
    assert talk.said == ["picture.kept", "checklist.deposit.asset.ask"]
    talk.says("human")
    assert [action.attachments for action in talk.actions if hasattr(action, "attachments")] == [(PICTURE,)]
    assert "Screenshot: 📎" in talk.card()
    assert talk.conversation.pictures == ()


def test_a_picture_with_an_answer_is_both(learned: Learned) -> None:
    talk = deposit(learned).says("crypto", PICTURE)
    assert talk.answers == {"kind": "crypto"}
    assert talk.conversation.pictures == (PICTURE,)


def test_unreadable_and_empty_messages_keep_the_place(learned: Learned) -> None:
    talk = deposit(learned, "crypto")
    assert talk.says("", unreadable="sticker").said == ["unreadable"]
    assert talk.says("   ").said == ["unreadable", "checklist.deposit.asset.ask"]
    assert talk.says("btc").answers["asset"] == "BTC"


@pytest.mark.parametrize("text", ["x" * 4_000, "btc " * 1_000, "\n" * 4_000, "🤷" * 2_000, "１" * 4_000, "a" * 400])
def test_very_long_texts_are_survived_at_every_step(learned: Learned, text: str) -> None:
    talk = deposit(learned)
    answers = ["crypto", "xrp", "my own wallet", "xrp ledger", TRON_TXID, "confirmed", "xrp ledger", "none", "1", "1"]
    for answer in answers:
        talk.says(text).says(answer)
    assert talk.answers or talk.opened


def test_full_width_answers_are_read(learned: Learned) -> None:
    talk = deposit(learned, "ｃｒｙｐｔｏ", "ＸＲＰ", "my own wallet", "xrp ledger", TRON_TXID, "confirmed")
    talk.says("xrp ledger").says("i dont know").says("１２３４５")
    assert talk.answers["memo"] == "12345"


@pytest.mark.parametrize(
    ("said", "kept"), [("bank transfer", "ja"), ("Tron (TRC20)", "ja"), ("⟦seed phrase⟧", "ja"), ("ok thanks", "ja")]
)
def test_a_short_answer_in_latin_letters_does_not_change_the_language(learned: Learned, said: str, kept: str) -> None:
    talk = Talk(learned, "ja").says("入金が反映されません").says("銀行・カード")
    assert talk.says(said).conversation.language == kept


def test_a_mistyped_or_foreign_txid_is_explained(learned: Learned) -> None:
    talk = deposit(learned, "crypto", "usdt", "my own wallet", "trc20")
    assert talk.says(TXID).said[0] == "refused.txid_other_network"
    assert talk.says("12345678").said[0] == "refused.txid_is_number"
    assert talk.says("https://tronscan.org/#/transaction/" + TRON_TXID).answers["txid"] == TRON_TXID
