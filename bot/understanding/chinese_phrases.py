"""Finds Chinese seed phrases written without spaces. Keeps and logs nothing.

Every list word is one of the 2,048 commonest characters, so ordinary sentences consist of list words
too. What tells them apart: a sentence is full of the characters of daily talk and support, a random
phrase has one or two of them.
"""

import re
from collections.abc import Iterator, Sequence

from bot.understanding.secret_kinds import Found, SecretKind, Span, marker
from bot.understanding.secret_words import PHRASE_LENGTHS, checksum_fits, chinese_lists

_DAILY = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种"
    "面而方后多定行学法所民得经"
    "十三之進着等部度家電力里如水化高自二理起小物現實加量都兩體制機當使點從業本去把性好應開它合還因由其些"
    "然前外天政四日那社義事平形相全表間樣"
    "充值提现币账帐户密码验证登录网络地址交易钱包转请问谢客服助帮查询确认收款银行卡绑定身份审核失败错误重"
    "置手机短信邮箱电话号钟待回复还退冻结"
    "续费显示没怎么吗呢啊吧您你她哪谁给被让但或果需已未链哈希区块约杠杆订单支付买卖价格数处申诉词記助"
    "這為個時來們對會過還說發動種後問題嗎麼請謝幫驗碼錢轉帳戶號儲匯該沒與讓給誰訂單價賬幣網絡審"
)
_ENOUGH = 11
_LONGEST = 25
_SPACED = re.compile(r"[一-鿿\s]+")
_LABELLED = re.compile(
    r"(?:助记词|助記詞|恢复短语|恢復短語|恢复词|种子短语|種子短語|种子词|種子詞|mnemonic|seed(?: phrase)?"
    r"|recovery phrase)"
    r"(?:就?是|为|為|如下|is)?[\s:：=]{0,4}(?P<phrase>[一-鿿\s]{11,80})",
    re.IGNORECASE,
)
_MARKER = marker(SecretKind.SEED_PHRASE)


def find_chinese(text: str, before: Sequence[str]) -> Found:
    """Find phrases written as a run of Chinese characters, alone in their line, after a label or sent in"
    " pieces."""
    spans = [*_labelled(text, before), *_alone(text)]
    return Found(spans) if spans else _in_pieces(text, before)


def _labelled(text: str, before: Sequence[str]) -> Iterator[Span]:
    lead = before[-1][-40:] + "\n" if before else ""
    for match in _LABELLED.finditer(lead + text):
        start, end = (place - len(lead) for place in match.span("phrase"))
        chars = _characters(match["phrase"])
        whole = len(chars) in PHRASE_LENGTHS and _is_unlike_speech(chars, 1 / 2)
        if end > 0 and (whole or any(_is_unlike_speech(chars[:size], 1 / 3) for size in (12, 24))):
            yield Span(max(start, 0), end, SecretKind.SEED_PHRASE)


def _alone(text: str) -> Iterator[Span]:
    for match in re.finditer(r"[^\n]+", text):
        if _SPACED.fullmatch(match[0]) and _is_phrase(_characters(match[0])):
            yield Span(*match.span(), SecretKind.SEED_PHRASE)
    if "\n" in text and len(text) <= 4 * _LONGEST and _SPACED.fullmatch(text) and _is_phrase(_characters(text)):
        yield Span(0, len(text), SecretKind.SEED_PHRASE)


def _in_pieces(text: str, before: Sequence[str]) -> Found:
    chars = _characters(text)
    if not chars or len(chars) > _LONGEST or not _SPACED.fullmatch(text):
        return Found([])
    removed = False
    for number, message in enumerate(reversed(before), start=1):
        if _MARKER in message:
            removed = True
        elif _SPACED.fullmatch(message):
            chars = _characters(message) + chars
        else:
            break
        if _is_phrase(chars) or (removed and len(chars) > 2 and _is_unlike_speech(chars, 1 / 2)):
            return Found([Span(0, len(text), SecretKind.SEED_PHRASE)], number)
    return Found([])


def _characters(text: str) -> str:
    return "".join(text.split())


def _is_phrase(chars: str) -> bool:
    if not _ENOUGH <= len(chars) <= _LONGEST:
        return False
    return _is_unlike_speech(chars, 1 / 4) or (_is_unlike_speech(chars, 1 / 2) and _has_checksum(chars))


def _has_checksum(chars: str) -> bool:
    return any(
        all(char in numbers for char in chars) and checksum_fits([numbers[char] for char in chars])
        for numbers in chinese_lists()
    )


def _is_unlike_speech(chars: str, daily_share: float) -> bool:
    strangers = min(sum(char not in numbers for char in chars) for numbers in chinese_lists())
    return strangers <= 1 and sum(char in _DAILY for char in chars) <= len(chars) * daily_share
