"""No secret gets past redaction, in any spelling; and nothing that only looks like one is taken away."""

import importlib
import importlib.util
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding import (
    chinese_phrases,
    labelled_secrets,
    secret_shapes,
    secret_words,
    seed_phrases,
)
from bot.understanding.redaction import Masked, SecretKind, marker, mask

BIP39 = ("english", "french", "italian", "spanish", "portuguese", "czech", "korean")
CHINESE = ("chinese_simplified", "chinese_traditional")
LENGTHS = (12, 15, 18, 21, 24)
# bip_utils has the Japanese list only up to "ひしょ": every ninth of the words behind it, and the last one.
_LATE_JAPANESE = """
ひそか ひっす ひねる ひめじし ひるま ひんこん ふうせん ふくぶくろ ぶたにく ふとる ふめん ぶんせき へいさ へこむ
べんり ほえる ほこる ほたる ほんけ まさつ まほう まんきつ みけん みてい みやげ むかい むしば むちゅう めいうん
めいわく めんせき もどる やすたろう やめる ゆしゅつ ゆれる よきん よっか らくがき られつ りせい りょかん るいじ
れいぼう れんらく ろせん わかめ われる
"""
SEED, KEY, PASSWORD, CODE, CARD, API = SecretKind
HEX_64 = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
SOLANA_88 = "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW"[:88]


def _list(name: str, folder: str = "bip/bip39/wordlist") -> list[str]:
    spec = importlib.util.find_spec("bip_utils")
    assert spec is not None
    assert spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / folder / f"{name}.txt"
    return path.read_text(encoding="utf-8").split()


WORDS = {name: _list(name) for name in (*BIP39, *CHINESE)}
WORDS["japanese"] = _list("japanese", "monero/mnemonic_legacy/wordlist") + _LATE_JAPANESE.split()


def _numbered(words: list[str]) -> str:
    return " ".join(f"{number}. {word}" for number, word in enumerate(words, start=1))


SPELLINGS: dict[str, Callable[[list[str]], str]] = {
    "spaces": " ".join,
    "lines": "\n".join,
    "commas": ", ".join,
    "ideographic spaces": "\u3000".join,
    "ideographic commas": "、".join,
    "numbered": _numbered,
    "numbered lines": lambda words: "\n".join(f"{number}) {word}" for number, word in enumerate(words, start=1)),
    "ordinals": lambda words: " ".join(f"{number}th: {word}" for number, word in enumerate(words, start=4)),
    "bullets": lambda words: "\n".join(f"• {word}" for word in words),
    "capitals": lambda words: " ".join(words).upper(),
    "mixed case": lambda words: " ".join(word.capitalize() for word in words),
    "dashes": " - ".join,
    "quoted": lambda words: " ".join(f'"{word}"' for word in words),
    "decomposed": lambda words: unicodedata.normalize("NFD", " ".join(words)),
    "full width": lambda words: " ".join(words).translate({code: code + 0xFEE0 for code in range(0x61, 0x7B)}),
}
phrases = st.builds(
    lambda name, length, seed: random.Random(seed).choices(WORDS[name], k=length),
    st.sampled_from(sorted(WORDS)),
    st.sampled_from(LENGTHS),
    st.integers(0, 2**32),
)
spellings = st.sampled_from(sorted(SPELLINGS))
thorough = settings(max_examples=400, deadline=None, derandomize=True)


def _letters(text: str) -> str:
    """What is left of a text's letters once the markers and ordinals are gone."""
    return "".join(filter(str.isalpha, re.sub(r"⟦[^⟧]*⟧|\dth", "", text)))


@thorough
@given(phrases, spellings)
def test_a_seed_phrase_never_survives(phrase: list[str], spelling: str) -> None:
    masked = mask(SPELLINGS[spelling](phrase))
    assert masked.found == {SEED}
    assert _letters(masked.text) == ""


@thorough
@given(phrases, spellings, st.data())
def test_a_seed_phrase_with_one_mistyped_word_never_survives(
    phrase: list[str], spelling: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(phrase) - 1))
    wrong = {"ぁ": "ぬめぬ", "가": "뷁뷁", "一": "鑫"}
    phrase[place] = next(
        (slip for first, slip in wrong.items() if _script(phrase[place]) == first), phrase[place][:-2] + "xqz"
    )
    masked = mask(SPELLINGS[spelling](phrase))
    assert masked.found == {SEED}
    assert len(_letters(masked.text)) <= (len(phrase[place]) if place in {0, len(phrase) - 1} else 0)


def _script(word: str) -> str:
    first = unicodedata.normalize("NFC", word)[0]
    return (
        "ぁ" if "ぁ" <= first <= "ん" else "가" if "가" <= first <= "힣" else "一" if "一" <= first <= "鿿" else "a"
    )


@thorough
@given(phrases, spellings, st.lists(st.integers(1, 23), min_size=1, max_size=3), st.booleans())
def test_a_seed_phrase_in_up_to_four_messages_never_survives(
    phrase: list[str], spelling: str, cuts: list[int], talkative: bool
) -> None:
    """Whatever the split, at most ten words get past, and the result points back at the pieces that did."""
    edges = sorted({0, *(cut for cut in cuts if cut < len(phrase)), len(phrase)})
    pieces = [phrase[start:end] for start, end in pairwise(edges)]
    kept: list[str] = []
    known = 0
    for number, piece in enumerate(pieces):
        text = SPELLINGS[spelling](piece)
        if talkative and number and len(piece) > 2:
            text = f"zzz qqq: {text}"
        masked = mask(text, kept[-3:])
        known += 0 if masked.found else len(piece)
        if masked.found:
            assert masked.found == {SEED}
            assert masked.reaches_back <= number
        kept.append(masked.text)
    assert known <= 10
    assert any(marker(SEED) in text for text in kept)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.sampled_from(CHINESE), st.sampled_from((16, 20, 24, 28, 32)), st.integers(0, 2**32), st.booleans())
def test_a_chinese_seed_phrase_without_spaces_never_survives(name: str, size: int, seed: int, grouped: bool) -> None:
    phrase = "".join(_encode(random.Random(seed).randbytes(size), WORDS[name]))
    text = " ".join(phrase[start : start + 3] for start in range(0, len(phrase), 3)) if grouped else phrase
    assert mask(text) == Masked(marker(SEED), frozenset({SEED}))
    assert mask(f"我的助记词是：{text}").text == f"我的助记词是：{marker(SEED)}"


def _encode(entropy: bytes, words: list[str]) -> list[str]:
    size = len(entropy) // 4
    number = int.from_bytes(entropy, "big") << size | sha256(entropy).digest()[0] >> (8 - size)
    count = (len(entropy) * 8 + size) // 11
    return [words[number >> 11 * (count - 1 - place) & 2047] for place in range(count)]


def test_a_chinese_seed_phrase_in_pieces_never_survives() -> None:
    phrase = "".join(_encode(bytes(range(7, 23)), WORDS["chinese_simplified"]))
    assert mask(phrase[:6]).found == frozenset()
    assert mask(phrase[6:], [phrase[:6]]) == Masked(marker(SEED), frozenset({SEED}), 1)
    assert mask(phrase[8:], [marker(SEED)]).text == marker(SEED)


@pytest.mark.parametrize("folder_and_name", [("russian", 25), ("german", 25), ("dutch", 25), ("english", 25)])
def test_a_monero_seed_phrase_is_removed(folder_and_name: tuple[str, int]) -> None:
    name, length = folder_and_name
    words = random.Random(5).choices(_list(name, "monero/mnemonic_legacy/wordlist"), k=length)
    assert mask(" ".join(words)).text == marker(SEED)


def test_words_kept_by_their_first_four_letters_are_removed() -> None:
    assert mask("aban abil able abou abov abse abso abst absu abus acce acci").text == marker(SEED)


def test_what_stands_around_a_seed_phrase_stays() -> None:
    words = " ".join(WORDS["english"][:12])
    assert (
        mask(f"hello, this is it: {words}. Did it arrive?").text
        == f"hello, this is it: {marker(SEED)}. Did it arrive?"
    )


def test_chatter_between_the_pieces_does_not_hide_a_seed_phrase() -> None:
    words = WORDS["english"]
    before = [" ".join(words[:6]), "wait, I am looking for the paper with the others", "ok"]
    masked = mask("the next ones: " + " ".join(words[6:12]), before)
    assert masked.found == {SEED}
    assert masked.reaches_back == 3


def test_a_seed_phrase_that_begins_behind_a_sentence_is_seen_across_messages() -> None:
    words = WORDS["english"]
    before = ["hi sir I would love to recover my money, these are them: " + " ".join(words[:4])]
    masked = mask("and the rest of the words is as follows " + " ".join(words[4:12]), before)
    assert masked.found == {SEED}
    assert masked.reaches_back == 1


def test_what_follows_a_removed_seed_phrase_is_removed_too() -> None:
    assert mask("abandon ability able about above", [marker(SEED)]).text == marker(SEED)
    assert mask("Can you help me with this?", [marker(SEED)]).found == frozenset()


def test_eleven_of_twelve_words_are_enough() -> None:
    assert mask(" ".join(WORDS["english"][100:111])).found == {SEED}
    assert mask(" ".join(WORDS["english"][100:110])).found == frozenset()


TOLD = [
    ("my password is hunter2", "my password is ⟦password⟧"),
    ("My password is swordfish.", "My password is ⟦password⟧"),
    ("pw: X9dkf!a", "pw: ⟦password⟧"),
    ("Password: hunter", "Password: ⟦password⟧"),
    ('password: "correct horse battery"', 'password: "⟦password⟧"'),
    ("password = 'Tiger#44'", "password = '⟦password⟧'"),
    ("my password for binance is Tiger#44, please log in", "my password for binance is ⟦password⟧ please log in"),
    ("login bob password hunter2", "login bob password ⟦password⟧"),
    ("パスワードは hunter2 です", "パスワードは ⟦password⟧ です"),
    ("パスワードはhunterです", "パスワードは⟦password⟧です"),
    ("ログインパスワード：ｈｕｎｔｅｒ２", "ログインパスワード：⟦password⟧"),
    ("パスワード「hunter2」で入れません", "パスワード「⟦password⟧」で入れません"),
    ("我的密码是abc12345", "我的密码是⟦password⟧"),
    ("密碼：hunter2", "密碼：⟦password⟧"),
    ("비밀번호는 hunter2 입니다", "비밀번호는 ⟦password⟧ 입니다"),
    ("mi contraseña es Gato2024", "mi contraseña es ⟦password⟧"),
    ("minha senha é abc12345", "minha senha é ⟦password⟧"),
    ("мой пароль qwerty123", "мой пароль ⟦password⟧"),
    ("пароль: солнце", "пароль: ⟦password⟧"),
    ("mật khẩu của tôi là Hanoi123", "mật khẩu của tôi là ⟦password⟧"),
    ("şifrem: Ankara06", "şifrem: ⟦password⟧"),
    ("kata sandi saya adalah jakarta77", "kata sandi saya adalah ⟦password⟧"),
    ("كلمة المرور هي abcd1234", "كلمة المرور هي ⟦password⟧"),
    ("mon mot de passe est soleil99", "mon mot de passe est ⟦password⟧"),
    ("mein Passwort ist Sommer2024!", "mein Passwort ist ⟦password⟧"),
    ("https://bob:hunter2@example.com/x", "https://bob:⟦password⟧@example.com/x"),
    ("2FA code 123456", "2FA code ⟦code⟧"),
    ("sms code: 482913", "sms code: ⟦code⟧"),
    ("my otp is 123 456", "my otp is ⟦code⟧"),
    ("verification code is A7X9Q2", "verification code is ⟦code⟧"),
    ("the code is 482913", "the code is ⟦code⟧"),
    ("482913 is my 2FA code", "⟦code⟧ is my 2FA code"),
    ("change my pin to 1234", "change my pin to ⟦code⟧"),
    ("cvv 123", "cvv ⟦code⟧"),
    ("G-123456 is your Google verification code", "⟦code⟧ is your Google verification code"),
    ("[거래소] 인증번호 [123456]", "[거래소] 인증번호 [⟦code⟧]"),
    (
        '{"password": "hunter2", "api_secret": "NhqPtmdSJYdKjVHjA7PZ"}',
        '{"password": "⟦password⟧", "api_secret": "⟦api secret⟧"}',
    ),
    ("2FA key JBSWY3DPEHPK3PXP", "2FA key ⟦code⟧"),
    ("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&issuer=x", "⟦code⟧"),
    ("認証コードは123456", "認証コードは⟦code⟧"),
    ("認証コードは１２３４５６です", "認証コードは⟦code⟧です"),
    ("暗証番号は4821です", "暗証番号は⟦code⟧です"),
    ("コードは482913です", "コードは⟦code⟧です"),
    ("验证码 483920", "验证码 ⟦code⟧"),
    ("인증번호 123456 입니다", "인증번호 ⟦code⟧ 입니다"),
    ("código de verificación: 123456", "código de verificación: ⟦code⟧"),
    ("código de verificação 123456", "código de verificação ⟦code⟧"),
    ("код подтверждения 123456", "код подтверждения ⟦code⟧"),
    ("mã xác nhận là 123456", "mã xác nhận là ⟦code⟧"),
    ("doğrulama kodu 123456", "doğrulama kodu ⟦code⟧"),
    ("kode verifikasi 123456", "kode verifikasi ⟦code⟧"),
    ("رمز التحقق 123456", "رمز التحقق ⟦code⟧"),
    ("رمز التحقق ١٢٣٤٥٦", "رمز التحقق ⟦code⟧"),
    ("code de vérification : 123456", "code de vérification : ⟦code⟧"),
    ("Bestätigungscode 123456", "Bestätigungscode ⟦code⟧"),
    ("my card is 4111 1111 1111 1111 exp 12/26", "my card is ⟦card⟧ exp 12/26"),
    ("カードは4111111111111111です", "カードは⟦card⟧です"),
    ("5555-5555-5555-4444", "⟦card⟧"),
    ("amex 3782 822463 10005", "amex ⟦card⟧"),
    ("3530111333300000 JCB", "⟦card⟧ JCB"),
    ("4111 1111 1111 1111 737", "⟦card⟧"),
    ("４１１１ １１１１ １１１１ １１１１", "⟦card⟧"),
    ("api secret: NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XA", "api secret: ⟦api secret⟧"),
    ("Secret Key NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XA", "Secret Key ⟦api secret⟧"),
    ("APIシークレットはNhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e", "APIシークレットは⟦api secret⟧"),
    ("API 密钥：NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e", "API 密钥：⟦api secret⟧"),
    ("sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc", "⟦api secret⟧"),
    ("bot 123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1", "bot ⟦api secret⟧"),
    ("M" + "TIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde." + "x" * 38, "⟦api secret⟧"),
    ("/api/webhooks/123456789012345678/" + "aB3" * 22, "/api/webhooks/123456789012345678/⟦api secret⟧"),
    ("Authorization: Bearer abcdefghij0123456789xyz", "Authorization: Bearer ⟦api secret⟧"),
    ("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", "⟦private key⟧"),
    ("KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617 imported", "⟦private key⟧ imported"),
    ("秘密鍵KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617です", "秘密鍵⟦private key⟧です"),
    ("zprv" + "A1b" * 35 + "xy", "⟦private key⟧"),
    ("SBGWKM3CD4IL47QN6X54N6Y33T3JDNVI6AIJ6CD5IM47HG3IG4O36XCU", "⟦private key⟧"),
    ("sn259rEFXrQrWyx3Q7XneWcwV6dfL", "⟦private key⟧"),
    (f"private key: {HEX_64}", "private key: ⟦private key⟧"),
    (f"my private key for metamask is 0x{HEX_64}", "my private key for metamask is ⟦private key⟧"),
    (f"Private key of 0x{HEX_64[:40]} is {HEX_64}", f"Private key of 0x{HEX_64[:40]} is ⟦private key⟧"),
    (f"{HEX_64} is my private key", "⟦private key⟧ is my private key"),
    (f"秘密鍵は{HEX_64}です", "秘密鍵は⟦private key⟧です"),
    (f"私钥：{HEX_64}", "私钥：⟦private key⟧"),
    (f"개인 키: {HEX_64}", "개인 키: ⟦private key⟧"),
    (f"mi clave privada es {HEX_64}", "mi clave privada es ⟦private key⟧"),
    (f"chave privada: {HEX_64}", "chave privada: ⟦private key⟧"),
    (f"приватный ключ {HEX_64}", "приватный ключ ⟦private key⟧"),
    (f"khóa riêng tư: {HEX_64}", "khóa riêng tư: ⟦private key⟧"),
    (f"özel anahtarım: {HEX_64}", "özel anahtarım: ⟦private key⟧"),
    (f"kunci pribadi saya adalah {HEX_64}", "kunci pribadi saya adalah ⟦private key⟧"),
    (f"المفتاح الخاص: {HEX_64}", "المفتاح الخاص: ⟦private key⟧"),
    (f"ma clé privée est {HEX_64}", "ma clé privée est ⟦private key⟧"),
    (f"mein privater Schlüssel ist {HEX_64}", "mein privater Schlüssel ist ⟦private key⟧"),
    (f"solana private key {SOLANA_88}", "solana private key ⟦private key⟧"),
    ("[" + ",".join(["174", "47", "9", "200"] * 16) + "]", "⟦private key⟧"),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY----- mine", "⟦private key⟧ mine"),
    ("see -----BEGIN RSA PRIVATE KEY-----\nMIIEow", "see ⟦private key⟧"),
]


@pytest.mark.parametrize(("text", "expected"), TOLD, ids=[text[:40] for text, _ in TOLD])
def test_a_secret_that_is_told_is_removed(text: str, expected: str) -> None:
    masked = mask(text)
    assert masked.text == expected
    assert {marker(kind) for kind in masked.found} == set(re.findall(r"⟦[^⟧]*⟧", expected))


IN_PIECES = [
    (["my password is"], "hunter2", {PASSWORD}),
    (["パスワードは"], "hunter2", {PASSWORD}),
    (["my private key:"], HEX_64, {KEY}),
    (["sms code"], "123456", {CODE}),
    (["hello", "the api secret is"], "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e", {API}),
    (["I do not get the 2FA code"], "123456", set()),
    (["I forgot what my password is"], "AB1234567", set()),
    (["no 2FA code"], "123456", set()),
    (["my password is"], "not working", set()),
    (["What is the private key?"], HEX_64, set()),
    (["my password is ⟦password⟧"], "order12345", set()),
    (["I can deposit now"], "abandon ability able about above", set()),
]


@pytest.mark.parametrize(("before", "text", "found"), IN_PIECES)
def test_a_label_leads_into_the_next_message_only_where_it_announces_a_secret(
    before: list[str], text: str, found: set[SecretKind]
) -> None:
    masked = mask(text, before)
    assert masked.found == found
    assert masked.text == (marker(min(found)) if found else text)


INNOCENT_ENGLISH = f"""
I forgot my password
password reset does not work
wrong password
My password is wrong
my password is not working
my password is incorrect, what can I do?
my password was rejected
The password is too short
is there a password length limit? The password must be 8-64 characters
password: forgot
Password reset: https://example.com/reset/4f9a
how do I change the password on iPhone15?
I do not get the 2FA code
the 2FA code is invalid
code 1006 error
error code: 100600
my referral code is 482913
my code does not work, 3 times already
I waited 30 minutes for the sms code, it is 2026 already
The verification code expired after 5 minutes
I asked for the code at 10:30
my PIN is blocked since 2024-11-22
confirmation number 12345678
Password: ********
password: <password>
Passwords: 8-64 characters
my pin does not work since 2024-11-22
the OTP limit is 1000 USDT
please reset my 2FA, ERC20 withdrawal is waiting
Where do I find my private key?
never share your private key or seed phrase
I lost my seed phrase, can you restore the wallet?
my api key does not work, error -2015
Which permissions does the api secret need?
My secret key was deleted
txid {HEX_64}
0x{HEX_64}
{HEX_64}
I never shared my private key, my txid is {HEX_64}
My private key is safe. Transaction: {HEX_64}
I have my private key but the money has not arrived {HEX_64}
Do you need my private key? {HEX_64}
private key of the transaction {HEX_64}
{SOLANA_88}
solana signature {SOLANA_88}
my address is 0x{HEX_64[:40]}
bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq
1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa
TJRabPrwbZy45sbavfcjinPJC18kjpRTv8
7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU
GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ
rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH memo 4111111111
QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG
order id 4111111111111111
my uid is 378282246310005
ticket #5555555555554444
order 6011111111111117 is still pending
I sent 4111111111111111 SHIB
balance: $4111111111111111
4111111111111112
4532015112830367 is the number on my order
account DE89 3704 0044 0532 0130 00
+81 90 1234 5678
+1 (415) 555-2671
1732276991123456
<@398427419287502848> please look
I sent 0.00412345 BTC and 1,250,000.50 USDT on 2026-11-22 10:30:15
please help me, I can not find my wallet, I need you to check this soon
you can help me find that, this will only take one minute, please just try again
can you tell me about that address? I think you must have sent it to the wrong account
I think they must have used that old address when they sent this
Hello there, have you already seen what happened with this payment today?
deposit address wallet
visa card declined, what can I do?
my card ends with 1111
my.password@example.com
⟦seed phrase⟧ what does this mean?
pass
pin
otp
""".strip().splitlines()

INNOCENT_JAPANESE = f"""
パスワードを忘れた
パスワードを忘れました
パスワードは忘れました
パスワードがわかりません
パスワードが違いますと出ます
パスワードの再設定ができません
パスワードは8文字以上必要ですか
パスワードは2024年に変更しました
パスワードはOKですが、ログインできません
パスワードは正しいのにログインできない
パスワードはどこで変更できますか
ログインパスワードと取引パスワードは同じですか
認証コードが届きません
認証コードは何分有効ですか
認証コードは10分で切れます
SMSコードが届かない
確認コードを3回入力しましたがだめでした
エラーコード1006が出ます
エラーコードは100600です
紹介コードは482913です
二段階認証を解除したいです
二段階認証のコードが合いません
暗証番号を変更したい
PINコードを忘れました
秘密鍵はどこにありますか
秘密鍵は誰にも教えていません。TXIDは{HEX_64}です
秘密鍵は安全です。取引は{HEX_64}です
シードフレーズをなくしました
リカバリーフレーズを忘れたらどうなりますか
APIキーが使えません
APIシークレットを再発行したい
シークレットキーは表示されません
ハッシュは{HEX_64}です
0x{HEX_64}を確認してください
{HEX_64}
入金が反映されません、TXIDは0x{HEX_64}
送金先アドレスは0x{HEX_64[:40]}です
アドレスはTJRabPrwbZy45sbavfcjinPJC18kjpRTv8です
bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdqに送りました
注文番号4111111111111111を確認してください
注文番号は5555555555554444です
口座番号 4111111111111111
0.5BTCを2026年11月22日10:30に送りました
1,250,000円を入金しました
電話番号は090-1234-5678です
メモは4111111111です
ユーザーIDは378282246310005です
カードが使えません
カードの下4桁は1111です
わたしは きのう びっとこいんを おくりました でも まだ とどきません どうしたら いいですか
きょう おかねが とどかない たすけて ください おねがい します
出金申請中ですがキャンセルできますか
本人確認書類提出後審査待
ネットワークを間違えて送金しました
手数料はいくらですか
メールアドレスを変更したい
ありがとうございます
もう三日も待っています
どの通貨に対応していますか
アカウントがロックされました
""".strip().splitlines()

INNOCENT_ELSEWHERE = f"""
olvidé mi contraseña
mi contraseña es incorrecta
no me llega el código de verificación
esqueci minha senha
a senha é muito curta
не приходит код подтверждения
я забыл пароль
пароль не подходит
quên mật khẩu
không nhận được mã xác nhận
şifremi unuttum
doğrulama kodu gelmiyor
lupa kata sandi
kode verifikasi tidak masuk
نسيت كلمة المرور
لا يصلني رمز التحقق
j'ai oublié mon mot de passe
mon mot de passe est incorrect
ich habe mein Passwort vergessen
das Passwort ist falsch
Passwort: vergessen
비밀번호를 잊어버렸어요
비밀번호가 틀렸다고 나와요
인증번호가 안 와요
忘记密码了怎么办
我的密码是对的但是登录不了
收不到短信验证码怎么办
我的充值还没有到账怎么办
我的提现一直显示处理中怎么办
我的助记词丢了怎么办请帮我找回钱包
请问波场网络充值需要多少确认数
我把币转错网络了可以找回吗谢谢客服
請問我的提幣申請為什麼被拒絕了
交易哈希：{HEX_64}
私钥没有给过别人，交易哈希是{HEX_64}
""".strip().splitlines()

INNOCENT = [*INNOCENT_ENGLISH, *INNOCENT_JAPANESE, *INNOCENT_ELSEWHERE]


@pytest.mark.parametrize("text", INNOCENT)
def test_an_innocent_text_comes_back_identical(text: str) -> None:
    assert mask(text) == Masked(text, frozenset())


@pytest.mark.parametrize(
    "texts", [INNOCENT_ENGLISH, INNOCENT_JAPANESE, INNOCENT_ELSEWHERE], ids=["en", "ja", "others"]
)
def test_innocent_texts_in_a_row_come_back_identical(texts: list[str]) -> None:
    """Where a phrase was removed before, its last words may still come, so short texts made of list words go too."""
    texts = [text for text in texts if marker(SEED) not in text]
    chats = (random.Random(seed).sample(texts, k=4) for seed in range(1000))
    taken = [chat for chat in chats if mask(chat[3], chat[:3]).found]
    assert taken == []


FRAGMENTS = [
    *(text for text, _ in TOLD),
    *(
        "password is ",
        "pw: ",
        "2FA code ",
        "秘密鍵は",
        "私钥：",
        "助记词：",
        "⟦",
        "⟧",
        " is ",
        ": ",
        "は",
        "\n",
        " ",
        "'",
        '"',
    ),
    *(
        "hunter2",
        "123456",
        HEX_64,
        "4111111111111111",
        "abandon ",
        "あいこくしん\u3000",
        "的一是在不了有和人这中大",
        "\ud800",
        "İ",
        "ß",
    ),
    *(marker(kind) for kind in SecretKind),
]
hostile = st.lists(
    st.one_of(st.sampled_from(FRAGMENTS), st.text(st.characters(exclude_categories=()), max_size=8)), max_size=12
).map("".join)


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(hostile, st.lists(hostile, max_size=3))
def test_any_text_is_taken_and_masking_twice_changes_nothing(text: str, before: list[str]) -> None:
    masked = mask(text, before)
    assert masked.found or masked.text == text
    again = mask(mask(text).text)
    assert again == Masked(mask(text).text, frozenset())


ATTACKS = {
    "digits": "1",
    "spaced digits": "1 ",
    "card groups": "4111 ",
    "short words": "a ",
    "letters": "a",
    "list words": "abandon ",
    "kana words": "あいさつ ",
    "quotes": '"',
    "nested quotes": 'password: "',
    "labels": "password is ",
    "label and filler": "password for aa bb cc ",
    "code labels": "2fa code ",
    "keys": "private key ",
    "keys and hex": "private key of " + "a" * 59 + " ",
    "base58": "K" * 52 + " ",
    "tokens": "eyJ",
    "token parts": "eyJaaaaaaaaaaaa.",
    "block beginnings": "-----BEGIN PRIVATE KEY-----",
    "brackets": "[1,",
    "addresses": "://a:",
    "setup links": "otpauth://",
    "han": "的",
    "han labels": "助记词：",
    "han lines": "我的充值\n",
    "markers": "⟦",
    "accents": "e\u0301",
    "orders": "order ",
    "blanks": "password" + " " * 40,
    "bearer": "bearer ",
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_hundred_thousand_hostile_characters_are_read_through(attack: str) -> None:
    """A pattern that backtracks without bound would run into the time limit by orders of magnitude."""
    text = attack * (100_000 // len(attack))
    again = mask(mask(text, [text] * 3).text)
    assert again.found == frozenset()


# These have an unbounded repeat: a single run of one class, or they only see values that a pattern bounded.
RUNS_ALLOWED = {
    seed_phrases: {"_TOKEN"},
    chinese_phrases: {"_SPACED"},
    labelled_secrets: {
        "_ENGLISH_IS",
        "_ASCII_IS",
        "_INNER_SIGN",
        "_CAPITAL_INSIDE",
        "_NETWORK",
        "_ADDRESS",
        "_NEGATED",
    },
    secret_shapes: set[str](),
}


@pytest.mark.parametrize("module", RUNS_ALLOWED, ids=lambda module: module.__name__)
def test_patterns_read_a_bounded_stretch_from_every_place(module: Any) -> None:
    """Bounded work at each place is linear work in all, whatever is sent."""
    patterns = {name: value for name, value in vars(module).items() if isinstance(value, re.Pattern)}
    assert patterns
    unbounded = {name for name, pattern in patterns.items() if any(_unbounded(_parsed(pattern)))}
    assert unbounded <= RUNS_ALLOWED[module]


def _parsed(pattern: re.Pattern[str]) -> Any:
    return importlib.import_module("re._parser").parse(pattern.pattern, pattern.flags & ~re.UNICODE)


def _unbounded(node: Any) -> Iterator[bool]:
    """Walk a parsed pattern; True for every repeat without an upper bound."""
    if isinstance(node, tuple) and len(node) == 2 and str(node[0]).endswith("_REPEAT"):
        yield node[1][1] >= 65_535
    if isinstance(node, tuple | list) or type(node).__name__ == "SubPattern":
        for part in node:
            yield from _unbounded(part)


def test_the_longest_repeat_is_seen_by_the_walk() -> None:
    assert any(_unbounded(_parsed(re.compile(r"(?:a|b(?=c*))x"))))
    assert not any(_unbounded(_parsed(re.compile(r"(?:a|b(?=c{0,9}))x"))))


def test_word_lists_are_read_only_for_texts_with_enough_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(name: str) -> None:
        raise secret_words.WordListsMissingError(name)

    secret_words._table.cache_clear()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert mask("please help me with my deposit").found == frozenset()
    with pytest.raises(secret_words.WordListsMissingError, match="bip_utils is not installed"):
        mask("one two three four five six seven eight nine ten eleven")


def test_reading_the_word_lists_does_not_import_bip_utils() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from bot.understanding.redaction import mask; "
        "assert mask('abandon ' * 12).found; sys.exit('bip_utils' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
