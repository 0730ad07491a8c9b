"""What the terminal shows: a prefix that says who speaks, the text, and buttons as numbers.

A terminal gets colours and wrapped lines, a pipe gets plain lines that a program can compare. Other people's texts
are stripped of control characters: they could rewrite what is already on the screen.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TextIO

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.model import Attachment, Button, Content, Markup
from bot.platforms.places import linked, nowhere

Numbered = Sequence[tuple[int, Button]]

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
_STYLES = {"strong": "bold", "em": "italic"}
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


class Numbers:
    """Which number presses which button; a message keeps its numbers when it is edited."""

    def __init__(self) -> None:
        self._buttons: dict[int, Button] = {}
        self._of_message: dict[int, list[int]] = {}

    def assign(self, message_id: int, rows: Iterable[Iterable[Button]]) -> Numbered:
        """Give every button of the message a number, or the one it had."""
        buttons = [button for row in rows for button in row]
        had = self._of_message.get(message_id, [])
        for number in had:
            del self._buttons[number]
        free = max([0, *had, *self._buttons]) + 1
        numbers = [*had, *range(free, free + len(buttons))][: len(buttons)]
        self._of_message[message_id] = numbers
        self._buttons.update(zip(numbers, buttons, strict=True))
        return list(zip(numbers, buttons, strict=True))

    def button(self, typed: str) -> Button | None:
        """The button of a typed number; None when it is no number, or none on the screen."""
        is_number = typed.isascii() and typed.isdecimal() and len(typed) <= 4
        return self._buttons.get(int(typed)) if is_number else None

    def clear(self) -> None:
        self._buttons.clear()
        self._of_message.clear()


class Screen:
    def __init__(self, output: TextIO) -> None:
        self._output = output
        self._rich = Console(file=output, highlight=False) if output.isatty() else None

    def show(self, who: str, text: Text, buttons: Numbered = ()) -> None:
        """A message; its first line begins with who speaks, and its last one has the buttons."""
        if buttons:
            labels = "  ".join(f"[{number}] {clean(button.label)}" for number, button in buttons)
            text = Text("\n").join([part for part in (text, Text(labels, style="cyan")) if part.plain])
        if self._rich is None:
            self._print_plain(f"{who}> ", text.plain)
        else:
            self._print_rich(self._rich, f"{who}> ", text)

    def say(self, who: str, text: str) -> None:
        self.show(who, Text(clean(text)))

    def ask(self, who: str) -> None:
        """Invite the person at a terminal to type; a pipe needs no invitation."""
        if self._rich is not None:
            self._rich.print(Text(f"{clean(who)}> ", style="dim"), end="")
            self._output.flush()

    def _print_plain(self, prefix: str, text: str) -> None:
        lines = text.split("\n")
        margin = " " * len(prefix)
        for index, line in enumerate(lines):
            self._output.write(f"{margin if index else prefix}{line}".rstrip() + "\n")
        self._output.flush()

    def _print_rich(self, console: Console, prefix: str, text: Text) -> None:
        line = Table.grid()
        line.add_column(no_wrap=True)
        line.add_column(overflow="fold")
        line.add_row(Text(prefix, style="bold cyan"), text)
        # Whatever was being asked or typed is on this line; it is asked again afterwards.
        self._output.write("\r\x1b[2K")
        console.print(line)
        self._output.flush()


def render(content: Content, heading: str = "") -> Text:
    """The content as text: heading, author, text and the names of its files, each on a line of its own."""
    plain = content.markup is Markup.PLAIN
    body = Text(clean(content.text)) if plain else _render_markdown(linked(content, nowhere).text)
    if content.author:
        body = Text.assemble((f"{clean(content.author)}: ", "bold"), body)
    called = Text(" ".join(f"@{clean(one.name)}" for one in content.wakes or ()), style="bold")
    parts = [Text(clean(heading), style="bold"), body, called, *map(_render_file, content.attachments)]
    return Text("\n").join([part for part in parts if part.plain])


def clean(text: str) -> str:
    """The text without control characters and without characters that turn the direction of writing."""
    return "".join(
        letter
        for letter in text
        if letter in "\n\t" or (unicodedata.category(letter) != "Cc" and letter not in _TURNING)
    )


def _render_file(attachment: Attachment) -> Text:
    return Text(f"📎 {clean(attachment.name)} ({max(1, attachment.size // 1024)} KB)")


def _render_markdown(text: str) -> Text:
    lines: list[Text] = []
    counters: list[int | None] = []
    marker = ""
    for token in _MARKDOWN.parse(text):
        match token.type:
            case "ordered_list_open":
                counters.append(int(token.attrGet("start") or 1))
            case "bullet_list_open":
                counters.append(None)
            case "ordered_list_close" | "bullet_list_close":
                counters.pop()
            case "list_item_open":
                marker = _next_marker(counters)
            case "inline":
                lines.append(Text.assemble(marker, _render_inline(token.children or [])))
                marker = ""
            case "fence" | "code_block":
                lines.append(Text(clean(token.content.rstrip("\n"))))
    return Text("\n").join(lines)


def _next_marker(counters: list[int | None]) -> str:
    indent, number = "  " * (len(counters) - 1), counters[-1]
    if number is None:
        return f"{indent}- "
    counters[-1] = number + 1
    return f"{indent}{number}. "


def _render_inline(tokens: Sequence[Token]) -> Text:
    text, styles, link = Text(), list[str](), ""
    for token in tokens:
        match token.type:
            case "softbreak" | "hardbreak":
                text.append("\n")
            case "strong_open" | "em_open":
                styles.append(_STYLES[token.tag])
            case "strong_close" | "em_close":
                styles.pop()
            case "link_open":
                link = str(token.attrGet("href") or "")
            case "link_close":
                text.append(f" ({clean(link)})" if link not in text.plain else "")
            case _:
                text.append(clean(token.content), style=" ".join(styles))
    return text
