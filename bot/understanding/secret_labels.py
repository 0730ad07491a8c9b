"""The words by which people name their secrets, in thirteen languages, as pieces of patterns.

Texts are compared levelled: small letters, no accents on Latin letters, ASCII forms of full-width ones.
Labels are written that way too, or they never fit. No message is kept here.
"""

import unicodedata


def _base_letters() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
    table |= {ord("đ"): "d", ord("Đ"): "d", ord("ı"): "i", ord("’"): "'"} | dict.fromkeys(map(ord, "أإآ"), "ا")
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFKD", chr(code))[0]
        if base != chr(code):
            table.setdefault(code, base)
    return table


_BASE_LETTERS = _base_letters()


def level(text: str) -> str:
    """Return the text without case, accents and full width, every character at its old place."""
    if text.isascii():
        return text.lower()
    based = text.translate(_BASE_LETTERS)
    lowered = based.lower()
    if len(lowered) == len(based):
        return lowered
    return "".join(small if len(small := char.lower()) == 1 else char for char in based)


def _any(latin: str, other: str) -> str:
    return rf"(?:(?<![a-z0-9_])(?:{latin})(?![a-z0-9])|(?:{other}))"


PASSWORD = _any(
    r"pass ?words?|passwd|pwd|pw|pass ?phrase|pass"
    r"|contrasena|clave(?: de acceso)?|senha|palavra[- ]passe"
    r"|mat khau|sifre(?:m|miz|si|sini)?|parola(?:m|miz|si)?|kata sandi(?:ku|nya)?|sandi(?:ku|nya)?"
    r"|mot de passe|mdp"
    r"|passwort|kennwort",
    r"パスワード|パスフレーズ|(?<!支付)密码|密碼|口令|비밀번호|패스워드|비번|парол[ьяюеи]\w{0,2}"
    r"|كلمة (?:ال)?(?:مرور|سر)\w{0,3}|كلمة ?السر",
)

_CODE_KINDS = (
    r"2fa|mfa|two[- ]factor|verification|auth(?:entication|enticator)?|google(?: auth(?:enticator)?)?"
    r"|security|sms|otp"
    r"|one[- ]time|log ?in|sign ?in|confirmation|e-?mail|access|text|recovery|backup"
)
_CODE_ABOUT = (
    r"(?:de |d'|da |do )?(?:verificacion|verificacao|verification|seguridad|seguranca|securite"
    r"|autenticacion|autenticacao"
    r"|authentification|confirmacion|confirmacao|confirmation|acceso|acesso|sms|2fa|otp)"
)
CODE = _any(
    rf"(?:{_CODE_KINDS}) (?:code|password|passcode|pin)s?|(?:sms|2fa|otp)-?code"
    r"|otp|2fa|totp|pin(?:[- ]?(?:code|number))?|cvv2?|cvc2?|passcode"
    rf"|(?:codigo|code) {_CODE_ABOUT}|ma (?:xac (?:nhan|minh|thuc)|otp|sms|2fa|bao mat|pin)"
    r"|(?:dogrulama|onay|guvenlik|sms|2fa|otp) kod(?:um|u|unu|umuz)?"
    r"|kode (?:verifikasi|otp|sms|2fa|keamanan|konfirmasi|autentikasi|pin)(?:nya|ku)?"
    r"|(?:bestatigungs|verifizierungs|sicherheits|authentifizierungs|sms-?|2fa-?|einmal)code"
    r"|einmalpasswort",
    r"(?:認証|確認|検証|セキュリティ|(?:二|2)段階(?:認証)?|sms|ワンタイム|ログイン|バックアップ"
    r"|リカバリー)の?コード|ワンタイムパス(?:ワード)?|暗証番号|認証番号"
    r"|pin(?:コード|番号|码|碼)|(?:验证|驗證|动态|動態|校验|短信|安全|认证|認證)[码碼]|动态密码|動態密碼"
    r"|(?:인증|보안|핀|pin|otp) ?(?:번호|코드)|код\w{0,2} (?:подтверждения|из (?:смс|sms)|смс|sms|2fa"
    r"|безопасности|проверки|аутентификации)"
    r"|(?:смс|sms)-?код\w{0,2}|пин(?:-?код\w{0,2})?|(?:رمز|كود) (?:ال)?(?:تحقق|امان|تاكيد|مصادقة|تفعيل)"
    r"|الرمز السري|الرقم السري",
)
# "Code" alone says nothing (error code, promo code …); it counts only where nothing qualifies it.
BARE_CODE = (
    r"(?:(?:(?<![a-z0-9_ ])|(?:^|(?:my|the|mi|el|meu|o|mon|le|mein|der) ))(?:code|codigo|kode"
    r"|kod)(?![a-z0-9])"
    r"|(?<![ァ-ヶー一-龠々a-z])コード|(?<![가-힣] )(?<![가-힣])코드|(?<![а-яё] )(?<![а-яё])код)"
)

WALLET_KEY = _any(
    r"private[- ]?keys?|priv[- ]?key|secret[- ]?key|wallet key|signing key"
    r"|(?:clave|llave) (?:privada|secreta)|chave (?:privada|secreta)|khoa (?:rieng(?: tu)?|bi mat"
    r"|ca nhan)"
    r"|(?:ozel|gizli) anahtar(?:im|imi|i)?|kunci (?:pribadi|privat|rahasia)(?:ku|nya)?|cle[f]? (?:privee"
    r"|secrete)"
    r"|privat(?:er|en|e)? ?schlussel|geheimer schlussel",
    r"秘密鍵|秘密キー|プライベートキー|シークレットキー|私[钥鑰]|密[钥鑰]|개인 ?키|비밀 ?키|프라이빗 ?키"
    r"|(?:приватн|закрыт|секретн)\w{0,3} ключ\w{0,2}"
    r"|(?:ال)?مفتاح (?:ال)?(?:خاص|سري)",
)
API_SECRET = _any(
    r"api[ _-]?(?:secret(?:[ _-]?key)?|key(?:[ _-]?secret)?|token)|secret[ _-]?(?:key|api|access[ _-]key)"
    r"|client[ _-]secret"
    r"|api secret key|access[ _-]token|auth[ _-]token|bot token|clave (?:api|secreta)|chave (?:api"
    r"|secreta)|cle (?:api|secrete)"
    r"|secreto (?:de )?(?:la )?api|kunci (?:api|rahasia)|khoa (?:api|bi mat)|api[ -]?schlussel"
    r"|api anahtar\w{0,3}",
    r"api ?(?:の)?(?:シークレット(?:キー)?|キー|秘密鍵|密[钥鑰]|私[钥鑰]|시크릿(?: ?키)?|키|비밀 ?키)"
    r"|シークレットキー|시크릿 ?키|секрет\w{0,4} ключ\w{0,2}|api[- ]ключ\w{0,2}"
    r"|ключ\w{0,2} api|مفتاح (?:ال)?api",
)
SETUP_KEY = _any(
    r"(?:2fa|authenticator|google auth(?:enticator)?|totp|backup|setup) (?:secret|key|setup key"
    r"|backup key)",
    r"(?:バックアップ|セットアップ|認証)キー|(?:谷歌)?(?:验证器?|驗證器?)密[钥鑰]",
)

# "for my account", "de binance", "cua toi": what may stand between the label and its "is".
_PREPOSITION = r"(?:for|of|on|to|at|de|del|da|do|para|pour|du|fur|zu|bei|cua|saya|aku|untuk|hesap|для|на|от|к)"
FILLER = rf"(?:\s{_PREPOSITION}(?:\s[^\s:=?!.,;。、⟦⟧\d]{{1,15}}){{0,3}}?)?"
# Behind the name of a wallet key an address may stand.
KEY_FILLER = rf"(?:\s{_PREPOSITION}(?:\s[^\s:=?!.,;。、⟦⟧]{{1,64}}){{0,3}}?)?"
JOIN = r"(?:\s{0,3}(?:[:：=→]|-{1,3}>)\s{0,3})"
COPULA = (
    r"(?:\s{1,3}(?:is|was|are|es|era|e|est|etait|ist|lautet|war|la|adalah|ialah|yaitu|это|—|–|-|هو|هي"
    r"|كانت)\s{1,3}"
    r"|'s\s{1,3}|\s{0,2}(?:は|が|って|是|为|為|係|就是|는|은|이|가)\s{0,3})"
)
# Words that follow "password is" or "password:" and tell about the password, not what it is.
_TALK_WORDS = """
a an the it its this that my your not no none null nil yes ok okay ng now also still already always never only
just too so very same wrong correct incorrect right invalid valid bad good fine safe secure strong weak long
short old new unknown empty blank there here gone lost missing ready needed mandatory optional hidden visible
different similar important necessary forgot forget forgotten reset change update recover recovery restore
create help error issue problem failed fail success what how why when where who which can could should must may
will would do does did is was if and or but because since about with without for from in on at to by sent email
mail sms google telegram discord binance bitcoin account login admin please urgent n/a na tbd required changed
accepted rejected denied expired locked blocked disabled enabled leaked hacked stolen compromised removed asked
requested stored saved confidential private secret true false working thanks thank hello hi password pass xxx
code incorrecta incorrecto correcta correcto olvidada olvidado olvide esqueci esquecida incorreta correta errada
vergessen falsch richtig oublie incorrecte correcte yanlis dogru unuttum salah benar lupa sai dung quen забыл
забыла неверный верный неправильный صحيحة خاطئة نسيت
"""
TALK = frozenset(_TALK_WORDS.split())
ENGLISH_TALK_ENDINGS = ("ed", "ing", "able", "ible", "ly", "less", "ful", "ous", "ory", "n't")
NETWORK_WORDS = (
    r"(?:2fa|mfa|erc-?\d+|trc-?\d+|bep-?\d+|web3|usdt\d*|ios ?\d+\S*|iphone\d+\S*|android\d+\S*"
    r"|windows\d+|x\d+|v\d+(?:\.\d+)*)"
)
ABOUT_TRANSACTIONS = (
    r"tx|hash|trans|トランザ|ハッシュ|取引|交易|哈希|거래|해시|транзак|хеш|хэш"
    r"|giao dich|islem|معاملة|deposit|入金|withdraw|出金"
)
NEGATED = (
    r"(?:not|n't|no|without|never|forgot|forget|lost|wrong|reset|change|get|receive|忘れ"
    r"|届)\W*(?:\w+\W+){0,2}$"
)
UNIT = (
    r"(?:\s?(?:usdt|usdc|usd|btc|eth|trx|bnb|sol|xrp|jpy|eur|yen|times?|minutes?|mins?|seconds?|secs?"
    r"|hours?|days?)(?![a-z])|\s?(?:円|ドル|%|回|分|秒|時間|件|年|月|日|小时|分钟|次|번|분|원))"
)
# A text without any of these holds no label; looking for them is far cheaper than looking for the labels.
PASSWORD_STEMS = (
    *(
        "pass",
        "pw",
        "clave",
        "contrase",
        "senha",
        "palavra",
        "mat khau",
        "sifre",
        "parola",
        "sandi",
        "mdp",
        "kennwort",
    ),
    *("パス", "密码", "密碼", "口令", "비밀", "패스", "비번", "парол", "كلمة"),
)
CODE_STEMS = (
    *(
        "cod",
        "2fa",
        "mfa",
        "otp",
        "pin",
        "cvv",
        "cvc",
        "kod",
        "verif",
        "auth",
        "secur",
        "one",
        "log",
        "sign",
        "confirm",
    ),
    *(
        "mail",
        "access",
        "text",
        "recovery",
        "backup",
        "sms",
        "ma ",
        "einmal",
        "コード",
        "パス",
        "番号",
        "码",
        "碼",
        "密",
    ),
    *("번호", "코드", "код", "пин", "رمز", "كود", "الرقم"),
)
KEY_STEMS = (
    *("api", "key", "secret", "token", "clave", "llave", "chave", "khoa", "anahtar", "kunci", "cle", "schlussel"),
    *("鍵", "キー", "钥", "鑰", "키", "ключ", "مفتاح"),
)
