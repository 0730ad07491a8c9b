"""From keys and values to words: fallback, plural forms, times, and values that Markdown must not read."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.actions import Moment, Text, literal
from bot.knowledge.schema import MISSING, Language
from bot.operations.knowledge import Learned
from bot.wording import NOT_GIVEN, Wording, answer_text, escape, known_text

VALUES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80)
MARKUP = st.text(alphabet=" \n\t*_`~[]()<>#!|&;:/\\-+=.1234ab「」。\u3000{}$^@", max_size=40)
NASTY = [
    "1. one",
    "12) two",
    "- item",
    "+ item",
    "---",
    "===",
    "***",
    "# head",
    "> quote",
    "```",
    "~~~",
    "    code",
    "\tcode",
    "[a](http://b.c)",
    "![a](b)",
    "<b>x</b>",
    "<http://a.b>",
    "&lt;",
    "&#42;",
    "a_b_c",
    "__x__",
    "**x**",
    "*",
    "\\",
    "\\*",
    "a\\",
    "`x",
    "| a | b |",
    "a\n\nb",
    "a  \nb",
    "a\n===",
    "@everyone",
    "<@123>",
    "[x]: http://y",
    "~~x~~",
    "\0",
    "\x1b[0m",
    "\u200b",
    "🤷",
    "{name}",
    "1234567890. x",
    "x" * 4_000,
    "\u2028a\u2029",
    "-",
    "1.",
    "=",
    "「x」",
    "!",
    "(a)",
    "\x85",
]
NOW = 1_700_000_000_000_000


def rendered(markdown: str) -> tuple[str, set[str]]:
    """The text that people see, and the kinds of markup in it."""
    texts: list[str] = []
    kinds: set[str] = set()
    for block in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown):
        kinds.add(block.type)
        for part in block.children or ():
            kinds.add(part.type)
            texts.append("\n" if part.type in ("softbreak", "hardbreak") else part.content)
    return "".join(texts), kinds


def shown(value: str) -> str:
    """The value as it should be seen: on one line, without control characters."""
    return " ".join("".join(letter for letter in value if letter.isspace() or ord(letter) not in CONTROL).split())


CONTROL = {*range(0x20), *range(0x7F, 0xA0)}
PLAIN = {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
BOLD = {"strong_open", "strong_close"}


@given(VALUES | MARKUP | st.sampled_from(NASTY))
@example("1. one")
@example("---")
@example("a_b")
def test_a_value_is_seen_exactly_as_it_is_at_the_start_of_a_line(value: str) -> None:
    text, kinds = rendered(escape(value))
    assert text == shown(value)
    assert kinds <= PLAIN


@given(VALUES | MARKUP | st.sampled_from(NASTY))
def test_a_value_is_seen_exactly_as_it_is_in_the_middle_of_a_line(value: str) -> None:
    text, kinds = rendered(f"Asked: {escape(value)} – so")
    assert text.replace("  ", " ") == f"Asked: {shown(value)} – so".replace("  ", " ")
    assert kinds <= PLAIN


@given((VALUES | MARKUP | st.sampled_from(NASTY)).filter(shown))
@example("(a)")
@example("#1")
def test_a_value_is_seen_exactly_as_it_is_in_bold(value: str) -> None:
    for before in ("Coin: ", "通貨："):
        text, kinds = rendered(f"{before}**{escape(value)}**")
        assert text == before.strip() + (" " if before[-1] == " " else "") + shown(value)
        assert kinds <= PLAIN | BOLD
        assert kinds >= BOLD


@given(VALUES | MARKUP | st.sampled_from(NASTY))
def test_labels_and_titles_show_a_value_exactly_as_it_is(learned: Learned, value: str) -> None:
    assert wording(learned).plain(literal(value), "en") == shown(value)


def wording(learned: Learned, **settings: str) -> Wording:
    return Wording(learned.knowledge, dict.fromkeys(learned.knowledge.languages, settings))


def with_texts(learned: Learned, **texts: dict[str, Any]) -> Wording:
    """A wording of a few texts; German has no texts of its own and falls back to Japanese, then English."""
    languages = {
        "en": Language("en", "English"),
        "ja": Language("ja", "日本語", "en"),
        "de": Language("de", "Deutsch", "ja"),
        "ru": Language("ru", "Русский", "en"),
        "ar": Language("ar", "العربية", "en"),
    }
    knowledge = replace(
        learned.knowledge, languages=languages, texts={code: texts.get(code, {}) for code in languages}
    )
    return Wording(knowledge, {code: {"exchange": f"X-{code}"} for code in languages})


def test_a_text_falls_back_with_the_settings_of_the_language_it_is_found_in(learned: Learned) -> None:
    words = with_texts(learned, en={"a": "A {exchange}", "b": "B"}, ja={"a": "あ {exchange}"})
    assert words.say(Text("a"), "de") == "あ X-ja"
    assert words.say(Text("b"), "de") == "B"
    assert words.say(Text("b"), "xx") == "B"
    with pytest.raises(KeyError):
        words.say(Text("c"), "de")


def test_values_are_put_in_once_and_never_read_again(learned: Learned) -> None:
    words = with_texts(learned, en={"a": "{name}: {other}"})
    text = Text("a", {"name": "{other}", "other": Text("literal", {"text": "{name}"})})
    assert words.say(text, "en") == "{other}: {name}"


def test_a_setting_that_is_not_known_is_empty(learned: Learned) -> None:
    words = Wording(with_texts(learned, en={"a": "at {exchange}."}).knowledge, {})
    assert words.say(Text("a"), "en") == "at ."


@pytest.mark.parametrize(
    ("language", "count", "form"),
    [
        ("en", 0, "other"),
        ("en", 1, "one"),
        ("en", 2, "other"),
        ("ja", 1, "other"),
        ("ru", 1, "one"),
        ("ru", 2, "few"),
        ("ru", 5, "many"),
        ("ru", 21, "one"),
        ("ar", 0, "zero"),
        ("ar", 2, "two"),
        ("ar", 3, "few"),
        ("ar", 11, "many"),
    ],
)
def test_the_plural_form_is_the_languages_own(learned: Learned, language: str, count: int, form: str) -> None:
    forms = {name: f"{name} {{count}}" for name in ("zero", "one", "two", "few", "many", "other")}
    words = with_texts(learned, **{language: {"a": forms}})
    assert words.say(Text("a", {"count": count}), language) == f"{form} {count}"


def test_a_missing_plural_form_is_the_general_one(learned: Learned) -> None:
    assert with_texts(learned, ru={"a": {"other": "x"}}).say(Text("a", {"count": 1}), "ru") == "x"


@pytest.mark.parametrize(
    ("language", "timezone", "said"),
    [
        ("en", "Asia/Tokyo", "Wed, Nov 15 07:13 (JST)"),
        ("ja", "Asia/Tokyo", "11月15日(水) 7:13 (JST)"),
        ("en", "America/New_York", "Tue, Nov 14 17:13 (EST)"),
        ("ja", "America/New_York", "11月14日(火) 17:13 (EST)"),
        ("en", "Asia/Kathmandu", "Wed, Nov 15 03:58 (+0545)"),
        ("en", "UTC", "Tue, Nov 14 22:13 (UTC)"),
    ],
)
def test_a_moment_is_named_in_the_readers_language_and_the_desks_time(
    learned: Learned, language: str, timezone: str, said: str
) -> None:
    text = Text("hours.opens_at", {"time": Moment(NOW, timezone)})
    assert said in wording(learned).say(text, language)


def test_a_moment_can_be_named_in_every_language_there_may_be(learned: Learned) -> None:
    for code in ("de", "ru", "ar"):
        words = with_texts(learned, **{code: {"a": "{time}"}})
        assert words.say(Text("a", {"time": Moment(NOW, "UTC")}), code).endswith("(UTC)")


@pytest.mark.parametrize(
    ("subject", "step", "value", "said"),
    [
        ("deposit", "kind", "crypto", "Crypto"),
        ("deposit", "kind", "gone", "gone"),
        ("deposit", "network", "tron", "Tron (TRC20)"),
        ("deposit", "network", "nowhere", "nowhere"),
        ("deposit", "txid", MISSING, NOT_GIVEN),
        ("deposit", "txid", "", NOT_GIVEN),
        ("deposit", "fiat_reference", " \n ", NOT_GIVEN),
        ("deposit", "fiat_reference", "\0", NOT_GIVEN),
        ("gone", "kind", "crypto", "crypto"),
        ("", "question", "where is **it**?", "where is **it**?"),
    ],
)
def test_an_answer_is_shown_in_words(learned: Learned, subject: str, step: str, value: str, said: str) -> None:
    assert wording(learned).plain(answer_text(learned.knowledge, subject, step, value), "en") == said


def test_a_lost_id_is_shown_by_its_name(learned: Learned) -> None:
    words = wording(learned)
    assert words.say(known_text(learned.knowledge, "topic.deposits", "deposits"), "ja") == "入金"
    assert words.say(known_text(learned.knowledge, "topic.gone", "go_ne"), "ja") == "go\\_ne"


def test_every_shipped_label_is_free_of_markup(learned: Learned) -> None:
    """Buttons and titles have no Markdown: what would be left of it must not be seen."""
    words = wording(learned, exchange="X")
    for language, texts in learned.knowledge.texts.items():
        for key in texts:
            if key.startswith("button.") or key.endswith(".title") or ".option." in key:
                said = words.plain(Text(key), language)
                assert not set("*`\\[]") & set(said), (language, key)
