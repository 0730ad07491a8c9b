"""The name under which a file is passed on: made to fit what it is, whatever its sender called it."""

import re
import unicodedata

LONGEST_NAME = 100
_FORBIDDEN = '<>:"|?*'
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")
# Endings that somebody might act upon; any other dot is part of the name ("v1.2").
_ENDINGS = """
    jpg jpeg png gif webp heic heif pdf mp4 mov m4v m4a mp3 ogg oga opus webm txt log csv json md html htm svg xml
    exe com scr bat cmd ps1 vbs js jse wsf hta msi lnk url jar apk dmg pkg app sh py doc docx docm xls xlsx xlsm
    ppt pptx pptm rtf zip rar 7z gz tar iso img cab dll reg
"""
_KNOWN = frozenset(_ENDINGS.split())


def safe_name(name: str, suffixes: tuple[str, ...]) -> str:
    """Only a name: no folders, nothing invisible or that turns the letters round, and one ending that is true."""
    stem, ending = _parted(_clean(name))
    suffix = ending if ending.lower() in suffixes else suffixes[0]
    return (stem[: LONGEST_NAME - len(suffix)].strip(". ") or "file") + suffix


def shown_name(name: str) -> str:
    """The name as its sender chose it, where it is only spoken of."""
    return _clean(name)[-LONGEST_NAME:] or "file"


def _clean(name: str) -> str:
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C" and letter not in _FORBIDDEN)
    return shown.strip().rstrip(". ")


def _parted(name: str) -> tuple[str, str]:
    """The name without its last ending and every known one before that; and the last one."""
    found = _SUFFIX.search(name)
    ending = found[0] if found else ""
    stem = name[: len(name) - len(ending)]
    while (more := _SUFFIX.search(stem)) and more[0][1:].lower() in _KNOWN:
        stem = stem[: more.start()].rstrip(". ")
    return stem, ending
