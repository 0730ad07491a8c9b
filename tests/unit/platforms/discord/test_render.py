"""What one content becomes: how many messages, and what hangs on which."""

import discord
import pytest

from bot.model import Attachment, AttachmentKind, Button, Content, PlatformName
from bot.platforms.discord.escaping import length
from bot.platforms.discord.render import Part, parts_of, shortened, title_of, view_of
from tests.unit.platforms.discord.world import plain


def buttons(count: int) -> tuple[Button, ...]:
    return tuple(Button(f"b{n}", f"v1.a.1.{n}") for n in range(count))


def files(count: int) -> tuple[Attachment, ...]:
    telegram, photo = PlatformName.TELEGRAM, AttachmentKind.PHOTO
    return tuple(Attachment(platform=telegram, kind=photo, handle=str(n), name=f"{n}.png") for n in range(count))


def test_the_author_is_a_heading_that_stays_one_line() -> None:
    (part,) = parts_of(plain("hi", author="Bob\n**Support** <@1>"))

    assert part.text == "**Bob \\*\\*Support\\*\\* \\<@1>**\nhi"


def test_a_heading_counts_towards_the_limit() -> None:
    first, second = parts_of(plain("word " * 400, author="Bob"))

    assert first.text.startswith("**Bob**\nword ")
    assert length(first.text) <= 2000
    assert len(first.text.split()) - 1 + len(second.text.split()) == 400


def test_files_come_with_the_last_text_and_buttons_with_the_last_message() -> None:
    content = plain("word " * 500, attachments=files(12), buttons=(buttons(2),))

    parts = parts_of(content)

    assert [(bool(p.text), len(p.attachments), len(p.rows)) for p in parts] == [
        (True, 0, 0),
        (True, 10, 0),
        (False, 2, 1),
    ]


def test_a_file_needs_no_text() -> None:
    assert parts_of(plain("", attachments=files(1))) == (Part("", files(1)),)


@pytest.mark.parametrize(
    ("rows", "widths"),
    [
        ([2, 1], [2, 1]),
        ([1] * 5, [1] * 5),
        ([6], [5, 1]),
        ([1] * 6, [5, 1]),
        ([1] * 25, [5] * 5),
    ],
)
def test_buttons_flow_into_rows_discord_takes(rows: list[int], widths: list[int]) -> None:
    (part,) = parts_of(plain("?", buttons=tuple(buttons(width) for width in rows)))

    assert [len(row) for row in part.rows] == widths


def test_more_buttons_than_a_message_holds_go_on_in_the_next() -> None:
    first, second = parts_of(plain("?", buttons=tuple((button,) for button in buttons(27))))

    assert (sum(map(len, first.rows)), sum(map(len, second.rows)), second.text) == (25, 2, "…")


async def test_labels_are_cut_and_never_empty() -> None:
    view = view_of(((Button("x" * 90, "a"), Button(" ", "b")),))
    assert view is not None

    labels = [item.label for item in view.children if isinstance(item, discord.ui.Button)]
    assert labels == ["x" * 80, "…"]


def test_an_edit_has_only_the_messages_there_are() -> None:
    parts = parts_of(plain("word " * 900, buttons=(buttons(1),)))
    assert len(parts) == 3

    (cut,) = shortened(parts, 1)

    assert cut.text.endswith("word …")
    assert cut.rows == (buttons(1),)
    assert length(cut.text) <= 2000


def test_a_title_is_one_line_of_at_most_100_characters() -> None:
    assert title_of("#7  Deposit\nmissing " + "x" * 200) == ("#7 Deposit missing " + "x" * 200)[:100]


def test_our_own_text_keeps_its_formatting() -> None:
    assert parts_of(Content(text="**Hello**")) == (Part("**Hello**"),)
