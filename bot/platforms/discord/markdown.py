"""Our own CommonMark as Discord's dialect, in pieces that may be sent apart. Only our own texts come here."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.platforms.discord.escaping import escape_line_starts, escape_marks, escaped_parts, length, whole

_PARSER = MarkdownIt("commonmark", {"html": False})
_LINK = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
_RULE = "———"
# Discord shows no smaller headings.
_SMALLEST_HEADING = 3
_STYLES = {"strong": "**", "em": "*"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, list item or the like: `gap` stands between it and the piece before it."""

    gap: str
    text: str
    plain: str

    def after(self, prefix: str) -> "Piece":
        """The piece with something before each of its lines."""
        return Piece(self.gap, _each_line(self.text, prefix), _each_line(self.plain, prefix))


def markdown_parts(text: str, limit: int, first: int | None = None) -> Iterator[str]:
    """The text in parts of at most `limit` units (the first of at most `first`), cut between its pieces.

    A single piece longer than a part loses its formatting, so that no cut can tear a mark from its partner.
    """
    room, part = first if first is not None else limit, ""
    for piece in _pieces(SyntaxTreeNode(_PARSER.parse(whole(text))).children, "\n\n"):
        joined = part + piece.gap + piece.text if part else piece.text
        if length(joined) <= room:
            part = joined
            continue
        if part:
            yield part
            room = limit
        if length(piece.text) <= room:
            part = piece.text
            continue
        *full, part = escaped_parts(piece.plain, limit, room)
        yield from full
        room = limit
    if part:
        yield part


def _pieces(nodes: Iterable[SyntaxTreeNode], gap: str) -> Iterator[Piece]:
    for node in nodes:
        match node.type:
            case "paragraph":
                yield Piece(gap, _inlines(node), _plain(node))
            case "heading":
                marks = "#" * min(int(node.tag[1:]), _SMALLEST_HEADING)
                yield Piece(gap, f"{marks} {_inlines(node)}", _plain(node))
            case "bullet_list" | "ordered_list":
                yield from _items(node, gap)
            case "blockquote":
                for piece in _pieces(node.children, "\n"):
                    yield piece.after("> ")
            case "fence" | "code_block":
                yield _code(node, gap)
            case _:
                yield Piece(gap, _RULE, _RULE)


def _items(node: SyntaxTreeNode, gap: str) -> Iterator[Piece]:
    first = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children):
        mark = f"{first + number}. " if node.type == "ordered_list" else "- "
        inner = list(_pieces(item.children, "\n")) or [Piece("\n", "", "")]
        head = inner[0]
        yield Piece("\n" if number else gap, mark + _hang(head.text), mark + _hang(head.plain))
        for piece in inner[1:]:
            yield piece.after("  ")


def _code(node: SyntaxTreeNode, gap: str) -> Piece:
    # The fence inside a fence is broken by a mark of no width.
    code = node.content.rstrip("\n").replace("```", "`\u200b``")
    language = re.sub(r"[^\w+-].*", "", node.info.strip())
    return Piece(gap, f"```{language}\n{code}\n```", code)


def _inlines(node: SyntaxTreeNode) -> str:
    written = ""
    for child in node.children:
        written += _inline(child, at_line_start=not written or written.endswith("\n"))
    return written


def _inline(node: SyntaxTreeNode, *, at_line_start: bool) -> str:
    match node.type:
        case "inline":
            return _inlines(node)
        case "text":
            text = escape_marks(node.content)
            return escape_line_starts(text) if at_line_start else text
        case "softbreak" | "hardbreak":
            return "\n"
        case "strong" | "em":
            mark = _STYLES[node.type]
            return f"{mark}{_inlines(node)}{mark}"
        case "code_inline":
            return _code_inline(node.content)
        case "link":
            return _link(_inlines(node), "".join(map(_plain, node.children)), str(node.attrs.get("href", "")))
        case "image":
            return _link(escape_marks(node.content), node.content, str(node.attrs.get("src", "")))
        case _:
            return escape_marks(node.content)


def _code_inline(code: str) -> str:
    if "`" not in code:
        return f"`{code}`"
    # Two marks around one inside; a code that holds two itself is shown without formatting.
    return f"`` {code} ``" if "``" not in code else escape_marks(code)


def _link(text: str, plain: str, url: str) -> str:
    """A link by its text; where Discord would not hide the address behind it, both are shown."""
    if not _LINK.fullmatch(url) or "://" in plain:
        return url if plain == url else f"{text} ({url})" if url else text
    address = url.replace("(", "%28").replace(")", "%29")
    return f"[{text}]({address})"


def _plain(node: SyntaxTreeNode) -> str:
    match node.type:
        case "softbreak" | "hardbreak":
            return "\n"
        case "link" | "image":
            url = str(node.attrs.get("href", node.attrs.get("src", "")))
            text = "".join(map(_plain, node.children)) or node.content
            return text if url in ("", text) else f"{text} ({url})"
        case _:
            return "".join(map(_plain, node.children)) or node.content


def _hang(text: str) -> str:
    """Later lines of a list item stand under its first."""
    return text.replace("\n", "\n  ")


def _each_line(text: str, prefix: str) -> str:
    return "\n".join(prefix + line for line in text.split("\n"))
