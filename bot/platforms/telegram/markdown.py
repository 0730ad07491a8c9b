"""Our own CommonMark as Telegram shows it: bold, italic, code, links, lists; HTML in it stays text."""

import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from telegram import MessageEntity

from bot.platforms.telegram.formatting import Formatted, Span, plain

_PARSER = MarkdownIt("commonmark", {"html": False})
_LINK = re.compile(r"(https?://[^\s/]|mailto:|tg:)\S+", re.IGNORECASE)
_INDENT = "   "
_RULE = "———"
_STYLES = {"strong": MessageEntity.BOLD, "em": MessageEntity.ITALIC}


def formatted(text: str) -> Formatted:
    """The text as people read it; line breaks stay where they were written."""
    page = _Page()
    page.blocks(SyntaxTreeNode(_PARSER.parse(plain(text).text)).children, "\n\n", "")
    return Formatted("".join(page.pieces), tuple(sorted(page.spans, key=lambda span: (span.start, -span.end))))


@dataclass(slots=True)
class _Page:
    """The text so far, and where formatting began and ended in it."""

    pieces: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    length: int = 0

    def write(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)

    def mark(self, kind: str, start: int, url: str | None = None, language: str | None = None) -> None:
        if self.length > start:
            self.spans.append(Span(kind, start, self.length, url, language))

    def blocks(self, nodes: list[SyntaxTreeNode], between: str, indent: str) -> None:
        for number, node in enumerate(nodes):
            self.write(between + indent if number else "")
            self.block(node, indent)

    def block(self, node: SyntaxTreeNode, indent: str) -> None:
        start = self.length
        match node.type:
            case "paragraph" | "inline":
                self.inlines(node.children, indent)
            case "heading":
                self.inlines(node.children, indent)
                self.mark(MessageEntity.BOLD, start)
            case "bullet_list" | "ordered_list":
                self.items(node, indent)
            case "blockquote":
                self.blocks(node.children, "\n", indent)
                self.mark(MessageEntity.BLOCKQUOTE, start)
            case "fence" | "code_block":
                self.write(node.content.rstrip("\n"))
                self.mark(MessageEntity.PRE, start, language=node.info.strip() or None)
            case "hr":
                self.write(_RULE)
            case _:
                self.write(node.content)

    def items(self, node: SyntaxTreeNode, indent: str) -> None:
        first = int(node.attrs.get("start", 1))
        for number, item in enumerate(node.children):
            self.write(f"\n{indent}" if number else "")
            self.write(f"{first + number}. " if node.type == "ordered_list" else "• ")
            self.blocks(item.children, "\n", indent + _INDENT)

    def inlines(self, nodes: list[SyntaxTreeNode], indent: str) -> None:
        for node in nodes:
            self.inline(node, indent)

    def inline(self, node: SyntaxTreeNode, indent: str) -> None:
        start = self.length
        match node.type:
            case "inline":
                self.inlines(node.children, indent)
            case "softbreak" | "hardbreak":
                self.write(f"\n{indent}")
            case "strong" | "em":
                self.inlines(node.children, indent)
                self.mark(_STYLES[node.type], start)
            case "code_inline":
                self.write(node.content)
                self.mark(MessageEntity.CODE, start)
            case "link":
                self.inlines(node.children, indent)
                self.link(str(node.attrs.get("href", "")), start)
            case "image":
                self.write(node.content)
                self.link(str(node.attrs.get("src", "")), start)
            case _:
                self.write(node.content)

    def link(self, url: str, start: int) -> None:
        """What the platform would not link is shown instead of lost."""
        if _LINK.fullmatch(url):
            self.mark(MessageEntity.TEXT_LINK, start, url)
        elif url:
            self.write(f" ({url})")
