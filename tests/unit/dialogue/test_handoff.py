"""From the bot to a person: the ticket, what is still asked, what goes to the desk, closing and rating."""

from dataclasses import replace

import pytest

from bot.actions import SHOW_TURN, Audience, ChangeTicket, Notify, SetTimer, UpdateCard
from bot.dialogue.options import ticket_data
from bot.model import Mode, TicketPriority, TicketStatus
from bot.operations.knowledge import Learned
from bot.understanding.redaction import SecretKind
from tests.unit.dialogue.talk import NOW, PICTURE, Talk, shut, timers


def handed(learned: Learned, language: str = "en", *, require_kyc: bool = False) -> Talk:
    return Talk(learned, language, require_kyc=require_kyc).says("/human")


def answers(talk: Talk) -> dict[str, str]:
    assert talk.ticket is not None
    return dict(talk.ticket.answers)


def test_a_person_is_there_at_once_and_then_the_first_missing_thing_is_asked(learned: Learned) -> None:
    talk = handed(learned)
    assert talk.said == ["ticket.opened", "hours.opens_at", "intake.account_id"]
    assert talk.buttons == ("skip",)
    assert talk.conversation.intake == ("account_id", "what_happened", "screenshot")


@pytest.mark.parametrize(
    ("text", "account_id"),
    [
        ("12345678", "12345678"),
        ("１２３４５６７８", "12345678"),
        ("12345678です", "12345678"),
        ("UIDは12345678です", "12345678"),
        ("my id is 12345678", "12345678"),
        ("my uid is 12345678 and since yesterday nothing works for me at all", "12345678"),
        ("Account ID: 12345678, since yesterday nothing works any more", "12345678"),
        ("ID：12345678", "12345678"),
        ("150000 JPY", None),
        ("150000円", None),
        ("I sent 150000 from my bank yesterday", None),
        ("昨日の夜に注文した番号は12345678ですがまだ届いていません", None),
        ("between 12345678 and 87654321", None),
        ("5f" * 32, None),
        ("0x52908400098527886E0F7030069857D2E4169EE7", None),
        ("https://tronscan.org/#/transaction/" + "12" * 32, None),
        ("thanks", None),
    ],
)
def test_an_account_id_is_found_and_nothing_else_is_taken_for_one(
    learned: Learned, text: str, account_id: str | None
) -> None:
    talk = handed(learned).says(text)
    assert talk.relayed == [text]
    assert answers(talk).get("account_id") == account_id
    assert ("account_id" in talk.conversation.intake) is (account_id is None)


def test_what_was_meant_as_an_account_id_and_is_none_is_told_so_but_blocks_nothing(learned: Learned) -> None:
    talk = handed(learned).says("1234")
    assert talk.said == ["intake.account_id_refused", "intake.account_id"]
    assert talk.relayed == ["1234"]
    assert talk.presses("skip").said == ["intake.what_happened"]


def test_a_story_told_instead_is_kept_for_the_card_without_asking_again(learned: Learned) -> None:
    talk = handed(learned).says("my screen is simply white since the update")
    assert talk.said == []
    assert talk.relayed
    assert answers(talk)["what_happened"] == "my screen is simply white since the update"
    assert talk.says("12345678").said == ["intake.screenshot"]


@pytest.mark.parametrize("said", ["skip", "no", "i dont know", "わからない", "Skip", "スキップ"])
def test_everything_can_be_left_out(learned: Learned, said: str) -> None:
    talk = handed(learned)
    for question in ("intake.what_happened", "intake.screenshot", "intake.done"):
        assert talk.says(said).said == [question]
    assert talk.buttons == ()
    assert "Account ID (stated): –\nWhat happened: –\nScreenshot: –" in talk.card()


@pytest.mark.parametrize("said", ["no", "none", "i dont know", "ok", "yes", "1", "leave it", "later", "back", "menu"])
def test_small_words_to_a_person_reach_the_person(learned: Learned, said: str) -> None:
    """ "Did you enter a memo?" – "none": that is an answer, whatever the bot had asked before."""
    talk = handed(learned).answered().says(said)
    assert talk.relayed == [said]
    assert talk.said == []


@pytest.mark.parametrize("said", ["no", "none", "ok", "yes", "1", "2", "hello", "thanks", "agent", "stop", "fixed"])
def test_everything_typed_with_a_ticket_reaches_the_desk(learned: Learned, said: str) -> None:
    assert handed(learned).says(said).relayed == [said]


@pytest.mark.parametrize("said", ["thanks", "hello", "ok", "yes"])
def test_small_talk_is_not_what_happened(learned: Learned, said: str) -> None:
    talk = handed(learned).presses("skip").says(said)
    assert "what_happened" not in answers(talk)
    assert talk.conversation.intake[0] == "what_happened"


def test_the_bot_asks_nothing_more_once_a_person_has_answered(learned: Learned) -> None:
    talk = handed(learned).answered()
    assert talk.says("77").said == []
    assert talk.says("12345678").said == []
    assert "account_id" not in answers(talk)


def test_an_answer_to_the_desk_is_no_longer_waited_for(learned: Learned) -> None:
    talk = handed(learned).answered().says("it was yesterday")
    assert talk.ticket is not None
    assert talk.ticket.status is TicketStatus.OPEN
    assert [action.kind for action in talk.actions if isinstance(action, SetTimer)] == [SHOW_TURN]
    assert not any(isinstance(action, UpdateCard) for action in talk.actions)


def test_a_picture_fills_the_card_whatever_was_asked(learned: Learned) -> None:
    talk = handed(learned).says("", PICTURE)
    assert talk.relayed == [""]
    assert answers(talk)["screenshot"] == "📎"
    assert talk.presses("skip").presses("skip").said == ["intake.done"]


def test_pictures_sent_before_reach_the_ticket(learned: Learned) -> None:
    talk = Talk(learned, "en").says("", PICTURE)
    assert talk.said == ["picture.received"]
    talk.says("human")
    assert talk.relayed == [""]
    assert talk.conversation.intake == ("account_id", "what_happened")


def test_a_long_question_is_on_the_card_in_part_and_in_the_thread_whole(learned: Learned) -> None:
    text = "qwfp zxcv " * 300
    talk = Talk(learned, "en").says(text).says("yes")
    assert talk.opened is not None, talk.said
    assert talk.relayed == [text]
    assert len(talk.opened.answers["question"]) == 500


def test_empty_messages_are_not_shown_to_the_desk(learned: Learned) -> None:
    talk = handed(learned).says("  \n ")
    assert (talk.relayed, talk.said) == ([], ["unreadable"])
    assert handed(learned).says("", unreadable="poll").said == ["unreadable"]


def test_asking_for_a_person_twice_opens_one_ticket(learned: Learned) -> None:
    talk = handed(learned).says("I want a human")
    assert talk.said == ["ticket.already"]
    assert talk.says("/human").said == ["ticket.already"]
    assert len(talk.tickets) == 1


def test_start_with_a_ticket_says_so_and_asks_what_is_missing(learned: Learned) -> None:
    talk = handed(learned).says("/start")
    assert talk.said == ["ticket.still_open", "intake.account_id"]
    assert talk.presses("skip").said == ["intake.what_happened"]


def test_old_buttons_with_a_ticket_lead_nowhere_else(learned: Learned) -> None:
    talk = Talk(learned, "en").says("hi")
    old = talk.conversation
    talk.says("/human")
    assert talk.sends(f"v1.{'0'}.1.0").said == ["prompt.stale", "ticket.still_open", "intake.account_id"]
    assert old.prompt is not None
    assert talk.conversation.mode is Mode.HANDED_OFF


def test_the_ticket_speaks_the_question_again_in_the_language_chosen(learned: Learned) -> None:
    talk = handed(learned).says("/language 日本語")
    assert talk.conversation.language == "ja"
    assert talk.said == ["language.chosen", "intake.account_id"]
    assert talk.ticket is not None
    assert talk.ticket.language == "ja"
    talk.says("my account is 12345678 and this is English")
    assert talk.conversation.language == "ja"


def test_what_staff_set_off_is_said_in_the_language_the_requester_writes_now(learned: Learned) -> None:
    talk = handed(learned).says("口座にログインできなくて困っています")
    assert talk.ticket is not None
    assert talk.ticket.language == talk.conversation.language == "ja"


def test_the_choice_of_a_language_does_not_swallow_later_words(learned: Learned) -> None:
    talk = handed(learned).answered().says("/language").says("it is about my card").says("English")
    assert talk.relayed == ["English"]


def test_closing_tells_the_desk_shuts_the_thread_and_asks_for_a_rating(learned: Learned) -> None:
    talk = handed(learned).says("/close")
    told = [action for action in talk.actions if isinstance(action, Notify)]
    assert [one.audience for one in told] == [Audience.DESK]
    assert shut(talk.actions)
    assert talk.asked_to_rate
    assert timers(talk.actions) == ["lapse"]
    assert talk.conversation.mode is Mode.IDLE
    assert talk.conversation.ticket_id is None
    assert talk.says("/close").said == ["status.none"]


def test_a_rating_is_kept_once(learned: Learned) -> None:
    talk = handed(learned).says("/close")
    ticket = talk.tickets[-1]
    assert talk.rates(ticket, 5).said == ["rating.thanks"]
    rated = talk.tickets[-1]
    assert rated.rating == 5
    assert talk.rates(rated, 1).said == ["rating.already"]
    assert talk.tickets[-1].rating == 5


@pytest.mark.parametrize("stars", [0, 6, 35, 36**4])
def test_nobody_gives_more_stars_than_there_are(learned: Learned, stars: int) -> None:
    talk = handed(learned).says("/close")
    assert talk.rates(talk.tickets[-1], stars).said == ["prompt.stale"]
    assert talk.tickets[-1].rating is None


def test_somebody_elses_ticket_is_not_rated(learned: Learned) -> None:
    talk = handed(learned).says("/close")
    theirs = replace(talk.tickets[-1], requester_id=8)
    assert talk.rates(theirs, 1).said == ["prompt.stale"]
    assert not any(isinstance(action, ChangeTicket) for action in talk.actions)


def test_a_ticket_that_has_been_rated_is_not_asked_about_again(learned: Learned) -> None:
    talk = handed(learned).says("/close")
    talk.rates(talk.tickets[-1], 4).reopened()
    assert talk.conversation.mode is Mode.HANDED_OFF
    assert not talk.says("/close").asked_to_rate


def test_after_a_ticket_the_next_one_begins_anew(learned: Learned) -> None:
    """Nothing of the first case colours the second: no topic, no question, no answers."""
    talk = Talk(learned, "en").says("how do i reset my password").says("human").says("/close").says("/human")
    assert talk.opened is not None
    assert (talk.opened.topic, dict(talk.opened.answers)) == ("", {})
    assert len(talk.tickets) == 2


def test_status_and_tickets(learned: Learned) -> None:
    talk = handed(learned)
    assert talk.says("/status").said == ["ticket.line", "hours.opens_at"]
    talk.says("/close")
    assert talk.says("/status").said == ["status.none"]
    assert talk.says("/tickets").said == ["tickets.head", "ticket.line"]
    assert Talk(learned, "en").says("/tickets").said == ["tickets.none"]


def test_a_secret_is_masked_warned_of_and_still_reaches_the_desk_as_a_sign(learned: Learned) -> None:
    talk = handed(learned).says("⟦seed phrase⟧", secrets=frozenset({SecretKind.SEED_PHRASE}))
    assert talk.said[0] == "secret.removed"
    assert talk.relayed == ["⟦seed phrase⟧"]


# Verification first, where the operator wants it.


@pytest.mark.parametrize("said", ["yes", "Yes, verified", "はい", "y"])
def test_who_is_verified_gets_the_person_they_asked_for(learned: Learned, said: str) -> None:
    talk = handed(learned, require_kyc=True)
    assert talk.said == ["kyc.question"]
    assert talk.says(said).opened is not None
    assert talk.says("/close").says("/human").opened is not None


@pytest.mark.parametrize("said", ["no", "not yet", "まだです"])
def test_who_is_not_verified_is_helped_with_that_and_never_stuck(learned: Learned, said: str) -> None:
    talk = handed(learned, require_kyc=True).says(said)
    assert talk.said[0] == "faq.kyc_support_before.answer"
    opened = talk.presses("human").opened
    assert opened is not None
    assert opened.topic == "kyc"


def test_a_person_asked_for_in_a_checklist_comes_after_verification_and_not_the_next_question(
    learned: Learned,
) -> None:
    talk = Talk(learned, "en", require_kyc=True).says("my deposit has not arrived").says("crypto").says("btc")
    assert talk.presses("human").said == ["kyc.question"]
    opened = talk.says("yes").opened
    assert opened is not None
    assert (opened.subject, opened.answers["asset"]) == ("deposit", "BTC")


def test_the_checklist_goes_on_where_the_question_of_verification_is_ignored(learned: Learned) -> None:
    talk = Talk(learned, "en", require_kyc=True).says("my deposit has not arrived").says("crypto").presses("human")
    assert talk.says("btc").answers == {"kind": "crypto", "asset": "BTC"}


def test_the_end_of_a_checklist_asks_for_verification_and_keeps_asking(learned: Learned) -> None:
    talk = Talk(learned, "en", require_kyc=True).says("my deposit has not arrived")
    for said in ("bank or card", "card", "yes", "100 EUR", "today"):
        talk.says(said)
    assert talk.said == ["kyc.question"]
    assert talk.says("what is that").said[-1] == "kyc.question"
    assert talk.sends("v1.0.0.0").said[-1] == "kyc.question"
    opened = talk.says("yes").opened
    assert opened is not None
    assert opened.answers["sent_at"] == "today"


@pytest.mark.parametrize("topic", ["kyc", "security", "login", "two_factor"])
def test_some_topics_are_open_to_everybody(learned: Learned, topic: str) -> None:
    talk = Talk(learned, "en", require_kyc=True).says("hi").presses(f"topic:{topic}").presses("human")
    assert talk.opened is not None
    assert talk.opened.topic == topic


def test_an_urgent_answer_opens_a_ticket_without_asking_for_anything_first(learned: Learned) -> None:
    talk = Talk(learned, "en", require_kyc=True).says("my account got hacked")
    assert talk.said == ["faq.security_hacked.answer", "ticket.opened", "hours.opens_at", "intake.account_id"]
    assert talk.opened is not None
    assert talk.opened.subject == "security_hacked"


def test_times_are_whole_microseconds(learned: Learned) -> None:
    talk = handed(learned).says("/close")
    solved = next(action.ticket for action in talk.actions if isinstance(action, ChangeTicket))
    assert solved.solved_at == NOW


def test_a_ticket_is_reopened_by_its_button_once_and_never_beside_another_or_when_nothing_is_left_of_it(
    learned: Learned,
) -> None:
    talk = handed(learned).closed()
    [done] = talk.tickets
    data = ticket_data(done.id, "reopen")
    assert talk.sends(data, replace(done, erased_at=NOW)).said == ["prompt.stale"]
    assert talk.sends(data, replace(done, requester_id=done.requester_id + 1)).said == ["prompt.stale"]
    assert talk.sends(data, done).said == ["desk.reopened_by_requester", "ticket.reopened"]
    assert talk.sends(data, replace(done, status=TicketStatus.OPEN)).said == ["ticket.still_open"]
    beside = handed(learned)
    assert beside.sends(data, replace(done, id=done.id + 1)).said == ["ticket.already"]


def test_a_ticket_is_as_urgent_as_what_was_found_or_asked_last(learned: Learned) -> None:
    by_answer = Talk(learned).says("i forgot the memo when i sent my coins").says("/human")
    assert by_answer.ticket is not None
    assert by_answer.ticket.priority is TicketPriority.URGENT
    plain = handed(learned)
    assert plain.ticket is not None
    assert plain.ticket.priority is TicketPriority.NORMAL
