"""What is written becomes what people see: our Markdown formatted, everybody else's text as typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Attachment, AttachmentKind, Button, Content, Markup, PlatformName
from bot.platforms.telegram.formatting import Formatted, Span, plain, split
from bot.platforms.telegram.markdown import formatted
from bot.platforms.telegram.rendering import CAPTION_LIMIT, TEXT_LIMIT, parts_of

PHOTO = Attachment(platform=PlatformName.TELEGRAM, kind=AttachmentKind.PHOTO, handle="id", name="a.jpg")


def shown(markdown: str) -> tuple[str, list[tuple[str, str]]]:
    """The text, and each formatted stretch of it with its kind."""
    page = formatted(markdown)
    return page.text, [(span.kind, page.text[span.start : span.end]) for span in page.spans]


@pytest.mark.parametrize(
    ("markdown", "text", "spans"),
    [
        ("plain", "plain", []),
        ("**bold** and *it*", "bold and it", [("bold", "bold"), ("italic", "it")]),
        ("**a *b* c**", "a b c", [("bold", "a b c"), ("italic", "b")]),
        ("`0x<b>`", "0x<b>", [("code", "0x<b>")]),
        ("```json\n{}\n```", "{}", [("pre", "{}")]),
        ("# Title\n\ntext", "Title\n\ntext", [("bold", "Title")]),
        ("one\ntwo\n\nthree", "one\ntwo\n\nthree", []),
        ("- a\n- b\n  1. c\n  2. d", "• a\n• b\n   1. c\n   2. d", []),
        ("3. c\n4. d", "3. c\n4. d", []),
        ("- a\n\n  more\n- b", "• a\n   more\n• b", []),
        ("> said\n\nanswered", "said\n\nanswered", [("blockquote", "said")]),
        ("a\n\n---\n\nb", "a\n\n———\n\nb", []),
        ("[site](https://example.com/a?b=1&c=2)", "site", [("text_link", "site")]),
        ("<https://example.com>", "https://example.com", [("text_link", "https://example.com")]),
        ("[menu](deposit.md)", "menu (deposit.md)", []),
        ("<b>no tag</b> &amp; \\*star\\*", "<b>no tag</b> & *star*", []),
        ("![map](https://example.com/m.png)", "map", [("text_link", "map")]),
        ("**入金**が届かない", "入金が届かない", [("bold", "入金")]),
    ],
)
def test_markdown_is_shown(markdown: str, text: str, spans: list[tuple[str, str]]) -> None:
    assert shown(markdown) == (text, spans)


def test_link_leads_where_it_says() -> None:
    assert formatted("[a](https://example.com/x)").spans == (Span("text_link", 0, 1, "https://example.com/x"),)


def test_plain_text_is_shown_as_typed() -> None:
    typed = "**a** <b>b</b> [c](https://example.com) `d` &lt; _e_"
    (part,) = parts_of(Content(text=typed, markup=Markup.PLAIN))
    assert (part.text.text, part.text.spans) == (typed, ())


@pytest.mark.parametrize("author", ["Ada", "Ada\nSupport:\u2028 hello", "  Ada  ", "😀 <b>Ada</b>"])
def test_author_is_one_line_in_bold_above_the_text(author: str) -> None:
    (part,) = parts_of(Content(text="*hi*", author=author))
    name, text = part.text.text.split("\n")
    assert (name, text) == (" ".join(author.split()), "hi")
    assert [part.text.text[s.start : s.end] for s in part.text.spans] == [name, "hi"]


def test_entities_are_counted_in_utf16_units() -> None:
    (part,) = parts_of(Content(text="😀 **b𝄢d** x"))
    (bold,) = part.text.entities()
    assert (bold.type, bold.offset, bold.length) == ("bold", 3, 4)


def test_half_a_character_does_not_break_the_message() -> None:
    """JSON can carry one half of a surrogate pair, which no platform can be sent."""
    (part,) = parts_of(Content(text="a\ud83db", author="x\udc00", markup=Markup.PLAIN))
    assert part.text.text == "x\ufffd\na\ufffdb"


# Splitting


@given(st.text(alphabet=st.sampled_from("ab 。.\n😀𝄢"), max_size=300), st.integers(2, 40))
def test_split_loses_nothing_but_blanks_and_keeps_the_limit(text: str, limit: int) -> None:
    parts = split(plain(text), limit)
    assert all(0 < part.length <= limit for part in parts)
    assert "".join("".join(part.text.split()) for part in parts) == "".join(text.split())


@given(st.text(alphabet="ab \n😀", min_size=1, max_size=200), st.data())
def test_split_keeps_every_character_as_it_was_formatted(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    parts = split(Formatted(text, (Span("bold", start, end),)), data.draw(st.integers(2, 50)))
    bold = "".join(part.text[span.start : span.end] for part in parts for span in part.spans)
    assert "".join(bold.split()) == "".join(text[start:end].split())


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("aaaa bbbb.\n\ncccc dddd", "aaaa bbbb."),
        ("aaaa bbbb\ncccc dddd eeee", "aaaa bbbb"),
        ("aaaa bbb. cccc dddd eeee", "aaaa bbb."),
        ("入金が届きません。助けてください。お願いします", "入金が届きません。"),
        ("aaaa bbbb cccc dddd eeee", "aaaa bbbb cccc"),
        ("aaaabbbbccccddddeeee", "aaaabbbbccccdddd"),
    ],
    ids=["paragraph", "line", "sentence", "japanese sentence", "word", "anywhere"],
)
def test_split_pauses_where_a_reader_would(text: str, first: str) -> None:
    assert split(plain(text), 16)[0].text == first


def test_long_text_is_several_messages_with_the_buttons_under_the_last() -> None:
    content = Content(text="word " * 2000, buttons=((Button("Yes", "v1.a.1.yes"),),))
    parts = parts_of(content)
    assert [part.keyboard is not None for part in parts] == [False, False, True]
    assert all(part.text.length <= TEXT_LIMIT for part in parts)


def test_short_text_is_the_caption_of_the_first_file() -> None:
    parts = parts_of(Content(text="x" * CAPTION_LIMIT, attachments=(PHOTO, PHOTO)))
    assert [(part.text.length, part.attachment) for part in parts] == [(CAPTION_LIMIT, PHOTO), (0, PHOTO)]


def test_text_too_long_for_a_caption_follows_the_files() -> None:
    text = "x" * (CAPTION_LIMIT + 1)
    buttons = ((Button("Yes", "v1.a.1.yes"),),)
    first, second = parts_of(Content(text=text, attachments=(PHOTO,), buttons=buttons))
    assert (first.text.text, first.keyboard) == ("", None)
    assert (second.text.text, second.attachment) == (text, None)
    assert second.keyboard is not None
