"""Which language to answer in: what the requester chose, then what the text shows, then what is known of them.

Only text as it was typed shows a language: addresses, transaction ids, tickers and links are no evidence.
"""

import re
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from bot.understanding.normalize import LONGEST_TEXT, fold


class Script(StrEnum):
    """The scripts that are told apart; kana means Japanese, with or without Han."""

    LATIN = "latin"
    KANA = "kana"
    HAN = "han"
    HANGUL = "hangul"
    THAI = "thai"
    ARABIC = "arabic"
    CYRILLIC = "cyrillic"


_LETTERS = {
    Script.LATIN: "A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a",
    Script.KANA: "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f",
    Script.HAN: "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff",
    Script.HANGUL: "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    Script.THAI: "\u0e01-\u0e4e",
    Script.ARABIC: "\u0620-\u064a\u066e-\u06d3\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    Script.CYRILLIC: "\u0400-\u04ff",
}
_LETTER = {script: re.compile(f"[{letters}]") for script, letters in _LETTERS.items()}
_HAN_LANGUAGES = ("ja", "zh-Hans", "zh-Hant")
_LANGUAGES_OF = {
    Script.KANA: ("ja",),
    Script.HAN: _HAN_LANGUAGES,
    Script.HANGUL: ("ko",),
    Script.THAI: ("th",),
    Script.ARABIC: ("ar",),
    Script.CYRILLIC: ("ru", "uk"),
}
_OTHER_SCRIPTS = frozenset(language for languages in _LANGUAGES_OF.values() for language in languages)
# One letter of another script says as much as a few of Latin: product names and tickers stand in every language.
_OTHER_SCRIPT_COUNTS = 3
# So few characters of Han do not change a conversation that is already in one of its languages.
_ENOUGH_HAN = 4

_ASCII_TOKEN = re.compile("[!-~]+")
_ASCII_WORD = re.compile("[0-9A-Za-z]+")
_LONGEST_WORD = 20
_LONGEST_TICKER = 6
_NAMES_AND_COURTESIES = (
    "ada apt arb avax bch bep bnb btc busd dai doge dot erc eth etc gas kyc link ltc memo nft ok okay op otc"
    " p2p pin pnl qr sms sol spl sui swap tag ton trc trx tx txid uni url usd usdc usdt wallet web xlm xmr xrp"
    " xtz bitcoin ethereum tron solana ripple binance coinbase metamask discord telegram google thanks thx hi"
    " hello please help"
)
_SAME_EVERYWHERE = frozenset(_NAMES_AND_COURTESIES.split())

# Small words nobody writes without meaning the language; folded. A word may count for several.
_SMALL_WORDS = {
    "en": (
        "the is are my how what not have can cant you your i im ive it its why when where which who to do"
        " does did dont for was been with from and of this that there any has should will would get still"
    ),
    "es": (
        "el la los las mi mis como que no puedo esta por para donde cuando cuanto una un quiero tengo es en"
        " se me hola gracias porque mucho tarda ayuda"
    ),
    "pt-BR": (
        "o os meu minha meus como que nao voce voces posso esta por para onde quando quanto uma um quero"
        " tenho ola obrigado obrigada consigo porque meu em na no ajuda oi"
    ),
    "fr": (
        "le la les mon ma mes comment je ne pas est vous pourquoi quand une un pour avec ou bonjour merci"
        " dans combien puis suis du des que qui"
    ),
    "de": (
        "der die das mein meine meinen wie ich nicht ist kann warum wann wo eine ein fur mit und hallo"
        " danke auf wurde habe bitte lange"
    ),
    "id": (
        "saya tidak bagaimana apa yang bisa belum sudah dengan untuk kenapa dari ke di mau kapan tolong"
        " halo berapa lama cara gimana aku nggak gak dana terima kasih"
    ),
    "vi": (
        "toi khong lam sao nao chua bao gio tai cua duoc nap rut tien bi la cho ban xin chao minh lau cach voi vi"
    ),
    "tr": (
        "ben benim nasil neden icin bir degil mi bu ne zaman para param nerede merhaba var yok kadar"
        " hesabim niye ve yapabilirim istiyorum"
    ),
}
_LANGUAGES_OF_WORD: dict[str, tuple[str, ...]] = {
    word: tuple(language for language, listed in _SMALL_WORDS.items() if word in listed.split())
    for all_words in _SMALL_WORDS.values()
    for word in all_words.split()
}
_OWN_LETTERS = {
    "es": re.compile("[ñ¿¡]"),
    "pt-BR": re.compile("[ãõ]"),
    "fr": re.compile("[œèùîëû]"),
    "de": re.compile("[ßä]"),
    "vi": re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]"),
    "tr": re.compile("[ğış]"),
}

_JAPANESE_HAN = re.compile(
    "[円込払気検実応対続売価関経権険拡択済験変発帰単様処労録証巻桜駅図両]"
    "|入金|出金|口座|取引|手数料|残高|反映|送金|振込|資産|通貨|本人確認|未着|履歴"
)
_SIMPLIFIED = re.compile("[币账户钱验证个请为么这们时间问没还转网络题讯错误链现吗对联买卖价应实发变单见终让给说话费]")
_TRADITIONAL = re.compile(
    "[戶錢賬號驗證為麼這們沒轉訊嗎於對聯繫賣圓價鏈應實發變國學點讓會來從總關經繼續擇據碼幫說當幣裡單]|提現|提領|網路|網絡"
)
_CHINESE = re.compile("[我你您怎哪呢吧她咋]")
_UKRAINIAN = re.compile("[іїєґ]")
_RUSSIAN = re.compile("[ыэъё]")


def detect(
    text: str,
    *,
    current: str | None,
    explicit: str | None,
    locale: str | None,
    available: Sequence[str],
    matched: str | None = None,
) -> str:
    """Return the one of the available languages to answer in; it never raises when at least one is available.

    `current` is the language of the running conversation, `explicit` what the requester chose, `locale` the
    platform's hint, `matched` the language of the knowledge base's best match. A word or two never change `current`.
    """
    if not available:
        raise ValueError("At least one language must be available.")
    chosen = nearest(explicit, available)
    if chosen is not None:
        return chosen
    running, hinted = nearest(current, available), nearest(locale, available)
    shown = _evident(_without_identifiers(text), running, hinted, nearest(matched, available))
    return nearest(shown, available) or running or hinted or available[0]


def script_of(text: str) -> Script | None:
    """Return the script most of the text is in, None when it has no letters that could show a language."""
    return _script(_without_identifiers(text))


def nearest(code: str | None, available: Sequence[str]) -> str | None:
    """Return the available language for readers of a language code ("pt", "zh-TW", "en-GB"), if there is one."""
    if not code:
        return None
    wanted = _canonical(code)
    exact = (language for language in available if _canonical(language) == wanted)
    related = (language for language in available if _canonical(language).split("-")[0] == wanted.split("-")[0])
    return next(exact, None) or next(related, None)


def _canonical(code: str) -> str:
    parts = code.strip().lower().replace("_", "-").split("-")
    if parts[0] == "zh":
        traditional = not {"tw", "hk", "mo", "hant"}.isdisjoint(parts) and "hans" not in parts
        return "zh-hant" if traditional else "zh-hans"
    parts[0] = {"in": "id", "jp": "ja"}.get(parts[0], parts[0])
    return "-".join(parts)


def _without_identifiers(text: str) -> str:
    return _ASCII_TOKEN.sub(_evidence, text[:LONGEST_TEXT])


def _evidence(token: re.Match[str]) -> str:
    """Return what of a token may show a language: nothing of links, addresses, names, tags and commands."""
    found = token[0]
    if "@" in found or "://" in found or found.startswith(("www.", "#", "/")):
        return " "
    return _ASCII_WORD.sub(lambda word: " " if _is_identifier(word[0]) else word[0], found)


def _is_identifier(word: str) -> bool:
    if len(word) >= _LONGEST_WORD or any(map(str.isdigit, word)):
        return True
    # WHERE IS MY MONEY is no row of tickers.
    return 2 <= len(word) <= _LONGEST_TICKER and word.isupper() and word.lower() not in _LANGUAGES_OF_WORD


def _script(text: str) -> Script | None:
    counts = _counts(text)
    best = max(counts, key=lambda script: counts[script] * (1 if script == Script.LATIN else _OTHER_SCRIPT_COUNTS))
    return best if counts[best] else None


def _counts(text: str) -> Counter[Script]:
    counts = Counter({script: len(letter.findall(text)) for script, letter in _LETTER.items()})
    if counts[Script.KANA]:
        counts[Script.KANA] += counts.pop(Script.HAN)
    return counts


def _evident(text: str, current: str | None, locale: str | None, matched: str | None) -> str | None:
    """Return the language the text itself shows, None when it leaves that open."""
    script = _script(text)
    if script is None:
        return None
    if script == Script.LATIN:
        return _latin(text, current, matched)
    letters = len(_LETTER[script].findall(text)) + (
        len(_LETTER[Script.HAN].findall(text)) if script == Script.KANA else 0
    )
    if current is not None and letters < 2:
        return None
    known = [language for language in (matched, current, locale) if language in _LANGUAGES_OF[script]]
    if script == Script.HAN:
        return _han(text, current, known)
    if script == Script.CYRILLIC:
        return _cyrillic(text, current, known)
    return _LANGUAGES_OF[script][0]


def _latin(text: str, current: str | None, matched: str | None) -> str | None:
    """Return the language whose small words and letters stand out; a running conversation needs two words."""
    found = [word for word in fold(text).split() if word not in _SAME_EVERYWHERE]
    if current is not None and len(found) < 2:
        return None
    hits = _latin_hits(text, found)
    ranked = hits.most_common(2)
    lead = ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0) if ranked else 0
    if lead and (current is None or ranked[0][1] >= 2):
        return ranked[0][0]
    if matched is None or matched in _OTHER_SCRIPTS:
        return None
    return matched if current is None or hits[matched] >= hits[current] else None


def _latin_hits(text: str, found: list[str]) -> Counter[str]:
    hits = Counter(language for word in found for language in _LANGUAGES_OF_WORD.get(word, ()))
    for language, letters in _OWN_LETTERS.items():
        hits[language] += sum(bool(letters.search(word)) for word in text.replace("I", "i").lower().split())
    return +hits


def _han(text: str, current: str | None, known: list[str]) -> str | None:
    """Tell Japanese without kana, Simplified and Traditional Chinese apart by what only one of them uses."""
    if current in _HAN_LANGUAGES and len(_LETTER[Script.HAN].findall(text)) < _ENOUGH_HAN:
        return current
    chinese = len(_CHINESE.findall(text))
    hints = {
        "ja": len(_JAPANESE_HAN.findall(text)),
        "zh-Hans": len(_SIMPLIFIED.findall(text)) + chinese,
        "zh-Hant": len(_TRADITIONAL.findall(text)) + chinese,
    }
    most = max(hints.values())
    best = [language for language, count in hints.items() if count == most]
    if len(best) == 1:
        return best[0]
    # Nothing tells them apart, or only that it is Chinese: what is known of the requester decides.
    return next((language for language in known if language in best), best[0] if most else None)


def _cyrillic(text: str, current: str | None, known: list[str]) -> str:
    if current in _LANGUAGES_OF[Script.CYRILLIC] and len(text.split()) < 2:
        return current
    lowered = text.lower()
    ukrainian, russian = len(_UKRAINIAN.findall(lowered)), len(_RUSSIAN.findall(lowered))
    if ukrainian == russian:
        return known[0] if known else "ru"
    return "uk" if ukrainian > russian else "ru"
