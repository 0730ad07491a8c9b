"""What is written down about conversations for somebody to read: the transcript that requesters may have."""

from bot.reports.rendering import as_json, as_text
from bot.reports.transcript import Part, Speaker, Transcript, Utterance, transcript

__all__ = ["Part", "Speaker", "Transcript", "Utterance", "as_json", "as_text", "transcript"]
