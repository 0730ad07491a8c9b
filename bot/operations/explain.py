"""What `support-bot match` says: what the matcher saw in a text, what it makes of it, and why."""

from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

from bot.actions import Text
from bot.config import Settings
from bot.knowledge.schema import Knowledge
from bot.operations.check import folders
from bot.operations.knowledge import learn
from bot.understanding.matching import Match, Seen, Verdict, match
from bot.understanding.redaction import mask
from bot.wording import Wording

VERDICTS = {
    Verdict.CLEAR: "the first entry below is the answer",
    Verdict.CLOSE: "the bot asks back with the entries below as buttons",
    Verdict.NONE: "the bot says that it is not sure, and offers a person",
}


def explain(settings: Settings, text: str, language: str) -> Iterator[str]:
    """What the bot would read in a text and do about it, and why, for somebody who writes the knowledge base."""
    learned = learn(*folders(settings))
    masked = mask(text).text
    found = match(learned.index, masked, language or None)
    yield f"{found.verdict.upper()}: {VERDICTS[found.verdict]}"
    yield ""
    if masked != text:
        yield f"Masked   {masked}"
    yield from _seen(found.seen)
    if found.candidates:
        yield ""
        yield from _candidates(found, learned.knowledge, language)


def _seen(seen: Seen) -> Iterator[str]:
    yield f"Read as  {' · '.join(seen.words) or '(nothing)'}"
    if seen.repairs:
        yield f"Mended   {', '.join(f'{typed} → {meant}' for typed, meant in seen.repairs)}"
    if seen.unknown:
        yield f"Unknown  {', '.join(seen.unknown)}  (in no example question)"
    yield f"Known    {seen.known:.0%} of what was asked, by weight"


def _candidates(found: Match, knowledge: Knowledge, language: str) -> Iterator[str]:
    """The entries that came nearest, with what spoke for each: how alike it is, and how far ahead of the others."""
    rows = [("Likely", "Alike", "Ahead", "Entry", "Nearest example question")]
    for candidate, signals in zip(found.candidates, found.seen.signals, strict=False):
        entry = f"{_title(candidate.entry, knowledge, language or candidate.language)}  [{candidate.entry}]"
        example = f"{candidate.language}: {candidate.phrasing}"
        rows.append((f"{candidate.score:.0%}", f"{signals.cosine:.2f}", f"{signals.lead:+.2f}", entry, example))
    widest = max(cell_len(row[3]) for row in rows)
    for likely, alike, ahead, entry, example in rows:
        yield f"{likely:>6}  {alike:>5}  {ahead:>5}  {set_cell_size(entry, widest)}  {example}"


def _title(entry: str, knowledge: Knowledge, language: str) -> str:
    kind = "checklist" if entry in knowledge.checklists else "faq"
    return Wording(knowledge, {}).plain(Text(f"{kind}.{entry}.title"), language)
