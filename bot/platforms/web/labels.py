"""The page's own words in the languages it can be read in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from bot.model import Person
from bot.platforms.web.identity import Visitor

PREFIX = "page."


@dataclass(frozen=True, slots=True)
class Labels:
    """`texts` maps a language to all texts by key, `languages` what can be picked, by code, to its native name."""

    texts: Callable[[str], Mapping[str, str]]
    languages: Mapping[str, str]

    def of(self, language: str) -> dict[str, str]:
        """The page's labels by the rest of their key, in the language or the first one there is."""
        labels = self.texts(self.known(language) or next(iter(self.languages))).items()
        return {key.removeprefix(PREFIX): text for key, text in labels if key.startswith(PREFIX)}

    def known(self, language: str) -> str:
        """The language if it can be picked, else nothing."""
        return language if language in self.languages else ""

    def choose(self, request: web.Request) -> str:
        """The language asked for, else the first one the browser accepts, else the first there is."""
        accepted = request.headers.get("Accept-Language", "").split(",")
        for wished in (request.query.get("language", ""), *(one.split(";")[0].strip() for one in accepted)):
            known = self.known(wished) or self.known(wished.split("-")[0].lower())
            if known:
                return known
        return next(iter(self.languages))

    def introduce(self, visitor: Visitor, language: str) -> Person:
        """The requester as everybody sees them; the language only if it is one of ours."""
        return visitor.person(self.of(language).get("guest", ""), self.known(language))
