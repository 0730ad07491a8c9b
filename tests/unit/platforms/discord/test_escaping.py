"""A stranger's text is shown as typed; whatever is escaped is exactly what was there before."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.discord.escaping import escape, escaped_parts, length, whole

MARKS = "*_~|`\\[]<>@#-+.1 \n:/()=\x85\u3000"
words = st.sampled_from([*MARKS, "a", "é", "日", "😀", "everyone", "https://a.b/", "t:1:R"])
texts = st.lists(words, max_size=40).map("".join)
# How Discord finds a link: to the next blank or "<", backslashes included.
LINK = re.compile(r"https?://[^\s<]+")


def as_read(text: str) -> str:
    """What Discord shows: a backslash before a mark vanishes."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("**bold** _it_ ~~no~~", r"\*\*bold\*\* \_it\_ \~\~no\~\~"),
        ("||spoiler|| `code`", r"\|\|spoiler\|\| \`code\`"),
        ("[our site](https://evil.example)", r"\[our site\](https://evil.example)"),
        ("https://a.example/b<t:5:R>", r"https\://a.example/b\<t:5:R>"),
        ("**https://a.example/b**", r"\*\*https\://a.example/b\*\*"),
        ("ftp://a_b", r"ftp\://a\_b"),
        ("<@1> <@&2> <#3> </pay:4> <t:5:R> <:e:6> <id:guide>", None),
        ("@everyone and @here", r"\@everyone and \@here"),
        ("mail me@example.com", "mail me@example.com"),
        ("# big\n## less\n-# small", "\\# big\n\\## less\n\\-\\# small"),
        ("> quote\n>>> all", "\\> quote\n\\>>> all"),
        ("- a\n * b\n+ c\n12. d", "\\- a\n \\* b\n\\+ c\n12\\. d"),
        ("a - b, 1.5 > 1", "a - b, 1.5 > 1"),
        (r"¯\_(ツ)_/¯", r"¯\\\_(ツ)\_/¯"),
        ("see https://x.example/a_b_c~d and_this", r"see https://x.example/a_b_c~d and\_this"),
        ("https://* one https://* two", r"https\://\* one https\://\* two"),
    ],
)
def test_what_would_format_is_escaped(typed: str, sent: str | None) -> None:
    assert escape(typed) == (typed.replace("<", r"\<") if sent is None else sent)


@given(texts)
def test_it_reads_as_typed(text: str) -> None:
    assert as_read(escape(text)) == text


@given(texts)
def test_no_mark_stays_alive_outside_links(text: str) -> None:
    sent = escape(text)
    dead = re.sub(r"\\[^0-9A-Za-z\s]", "E", LINK.sub("L", sent))

    assert not any("\\" in link for link in LINK.findall(sent))

    assert not re.search(r"[*_~|`\\\[\]<]|@everyone|@here", dead)
    assert not re.search(r"^[^\S\n]*([#>+=-]|\d+[.)])", dead, re.MULTILINE)


@given(st.text(max_size=300), st.integers(20, 80))
def test_parts_fit_and_nothing_but_blanks_is_lost(text: str, limit: int) -> None:
    text = whole(text)
    parts = list(escaped_parts(text, limit))

    assert all(length(part) <= limit for part in parts)
    assert "".join("".join(map(as_read, parts)).split()) == "".join(text.split())


def test_a_text_is_cut_between_paragraphs_then_sentences_then_words() -> None:
    assert list(escaped_parts("one two\n\nthree four", 12)) == ["one two", "three four"]
    assert list(escaped_parts("One two. Three", 12)) == ["One two.", "Three"]
    assert list(escaped_parts("one two three", 12)) == ["one two", "three"]
    assert list(escaped_parts("入金が届きません。確認してください。", 12)) == [
        "入金が届きません。",
        "確認してください。",
    ]
    assert list(escaped_parts("x" * 30, 12)) == ["x" * 12, "x" * 12, "x" * 6]


def test_the_first_part_leaves_room_for_a_heading() -> None:
    assert list(escaped_parts("one two three four", 14, first=8)) == ["one two", "three four"]


def test_a_character_of_two_units_is_not_halved() -> None:
    assert list(escaped_parts("😀" * 7, 5)) == ["😀😀", "😀😀", "😀😀", "😀"]


def test_half_characters_do_not_reach_the_connection() -> None:
    assert whole("a\ud83db") == "a\ufffdb"
