"""The language to answer in: what was chosen, what the text shows, what is known; and what must not change it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.languages import Script, detect, nearest, script_of

ALL = ("en", "ja", "zh-Hans", "zh-Hant", "ko", "es", "pt-BR", "ru", "uk", "vi", "id", "tr", "ar", "fr", "de", "th")


def _detect(
    text: str,
    current: str | None = None,
    explicit: str | None = None,
    locale: str | None = None,
    available: tuple[str, ...] = ALL,
    matched: str | None = None,
) -> str:
    return detect(text, current=current, explicit=explicit, locale=locale, available=available, matched=matched)


FIRST_MESSAGES = [
    ("入金が反映されません", "ja"),
    ("USDTをTRC20で送ったのですが", "ja"),
    ("Binanceからwithdrawできない", "ja"),
    ("出金履歴確認", "ja"),
    ("ﾆｭｳｷﾝ", "ja"),
    ("我的提现还没到账", "zh-Hans"),
    ("充值没有到账怎么办", "zh-Hans"),
    ("我的提現還沒到帳，請問為什麼", "zh-Hant"),
    ("驗證碼收不到", "zh-Hant"),
    ("입금이 안 됐어요", "ko"),
    ("ฝากเงินแล้วไม่เข้า", "th"),
    ("لم يصل الإيداع", "ar"),
    ("Почему вывод ещё не пришёл", "ru"),
    ("Де мої гроші, чому вивід не надійшов", "uk"),
    ("where is my deposit", "en"),
    ("WHERE IS MY MONEY", "en"),
    ("i can't withdraw", "en"),
    ("¿Dónde está mi depósito?", "es"),
    ("no puedo retirar mi dinero", "es"),
    ("não consigo sacar meu dinheiro", "pt-BR"),
    ("onde esta meu deposito", "pt-BR"),
    ("nạp tiền chưa vào tài khoản", "vi"),
    ("rut tien bao lau", "vi"),
    ("kenapa deposit saya belum masuk", "id"),
    ("para yatırdım ama gelmedi", "tr"),
    ("hesabim neden kilitli", "tr"),
    ("mon dépôt n'est pas arrivé", "fr"),
    ("je ne peux pas retirer", "fr"),
    ("wo ist meine Einzahlung", "de"),
    ("Ich kann nicht auszahlen", "de"),
]


@pytest.mark.parametrize(("text", "language"), FIRST_MESSAGES)
def test_a_first_message_shows_its_language(text: str, language: str) -> None:
    assert _detect(text) == language


@pytest.mark.parametrize(("text", "language"), FIRST_MESSAGES)
def test_a_whole_sentence_changes_a_running_conversation(text: str, language: str) -> None:
    assert _detect(text, current="ja" if language == "en" else "en") == language


def test_what_was_chosen_beats_everything() -> None:
    assert _detect("入金できません", current="en", explicit="de", locale="ko", matched="ja") == "de"


def test_a_choice_that_is_not_available_is_no_choice() -> None:
    assert _detect("入金できません", explicit="fi") == "ja"


NOT_A_CHANGE = [
    ("ja", "ok"),
    ("ja", "USDT"),
    ("ja", "USDT TRC20"),
    ("ja", "BTC and"),
    ("ja", "thank you"),
    ("ja", "ok thanks"),
    ("ja", "deposit"),
    ("ja", "bitcoin wallet"),
    ("ja", "0x52908400098527886E0F7030069857D2E4169EE7"),
    ("ja", "TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE"),
    ("ja", "https://example.com/where/is/my/money"),
    ("ja", "me@my-own.example"),
    ("ja", "/start"),
    ("ja", "@the_support_bot"),
    ("ja", "123456"),
    ("ja", "🙏🙏"),
    ("ja", ""),
    ("en", "ツ"),
    ("en", "入"),
    ("en", "hola"),
    ("de", "no"),
    ("zh-Hant", "提现"),
    ("ja", "已到账"),
    ("uk", "Дякую"),
    ("ru", "гроші"),
    ("uk", "де вивід"),
]


@pytest.mark.parametrize(("current", "text"), NOT_A_CHANGE)
def test_a_word_or_two_never_change_a_running_conversation(current: str, text: str) -> None:
    assert _detect(text, current=current, locale="fr") == current


@pytest.mark.parametrize("text", ["deposit", "USDT", "KYC", "ok"])
def test_not_even_when_the_knowledge_base_matched_it_in_another_language(text: str) -> None:
    assert _detect(text, current="ja", matched="en") == "ja"


def test_the_match_speaks_where_script_and_small_words_are_silent() -> None:
    assert _detect("deposit missing", locale="de", matched="en") == "en"
    assert _detect("deposit missing yesterday", current="ja", matched="en") == "en"
    assert _detect("入金", matched="ja", locale="zh-CN") == "ja"


def test_a_match_in_another_script_is_no_evidence() -> None:
    """A ticker or a shared Han character may match a phrasing of a language the requester does not read."""
    assert _detect("deposit missing yesterday", current="de", matched="ja") == "de"
    assert _detect("我的提现还没到账", locale="en-US", available=("en", "ja"), matched="ja") == "en"


def test_a_language_we_do_not_speak_keeps_what_is_known() -> None:
    assert _detect("¿Dónde está mi depósito?", current="ja", available=("en", "ja")) == "ja"
    assert _detect("¿Dónde está mi depósito?", locale="en-GB", available=("ja", "en")) == "en"


def test_han_without_a_hint_follows_what_is_known() -> None:
    assert _detect("提出", locale="zh-TW") == "zh-Hant"
    assert _detect("提出", current="zh-Hans", locale="ja") == "zh-Hans"
    assert _detect("我", locale="zh-TW") == "zh-Hant"
    assert _detect("我", locale="en") == "zh-Hans"


def test_cyrillic_without_a_hint_follows_what_is_known() -> None:
    assert _detect("де вивод", locale="uk") == "uk"
    assert _detect("вопрос") == "ru"


def test_the_order_of_last_resorts_is_current_then_locale_then_first_available() -> None:
    assert _detect("...", current="ko", locale="vi") == "ko"
    assert _detect("...", locale="vi") == "vi"
    assert _detect("...", locale="fi") == "en"


LOCALES = [
    ("pt", "pt-BR"),
    ("pt-br", "pt-BR"),
    ("pt_PT", "pt-BR"),
    ("zh-hans", "zh-Hans"),
    ("zh", "zh-Hans"),
    ("zh-CN", "zh-Hans"),
    ("zh-TW", "zh-Hant"),
    ("zh-HK", "zh-Hant"),
    ("zh-Hant-HK", "zh-Hant"),
    ("zh-Hans-HK", "zh-Hans"),
    ("en-GB", "en"),
    ("es-419", "es"),
    ("es-ES", "es"),
    ("EN_us", "en"),
    ("in", "id"),
    ("fi", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("locale", "language"), LOCALES)
def test_locales_lead_to_the_nearest_language(locale: str | None, language: str | None) -> None:
    assert nearest(locale, ALL) == language


def test_the_other_chinese_is_nearer_than_none() -> None:
    assert nearest("zh-TW", ("en", "zh-Hans")) == "zh-Hans"


SCRIPTS = [
    ("deposit", Script.LATIN),
    ("入金", Script.HAN),
    ("入金する", Script.KANA),
    ("입금", Script.HANGUL),
    ("ฝาก", Script.THAI),
    ("إيداع", Script.ARABIC),
    ("вывод", Script.CYRILLIC),
    ("my USDT deposit is not here ツ", Script.LATIN),
    ("BTC 0x1234 123", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "script"), SCRIPTS)
def test_script_of(text: str, script: Script | None) -> None:
    assert script_of(text) == script


def test_no_language_at_all_is_an_error_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="At least one language"):
        _detect("hello", available=())


_codes = st.none() | st.sampled_from([*ALL, "zh-TW", "fi", "pt"]) | st.text(max_size=8)


@given(
    text=st.text(max_size=200),
    current=_codes,
    explicit=_codes,
    locale=_codes,
    matched=_codes,
    available=st.lists(st.sampled_from(ALL), min_size=1, unique=True).map(tuple),
)
def test_any_text_gets_one_of_the_available_languages(
    text: str,
    current: str | None,
    explicit: str | None,
    locale: str | None,
    matched: str | None,
    available: tuple[str, ...],
) -> None:
    found = _detect(text, current, explicit, locale, available, matched)
    assert found in available
    assert found == _detect(text, current, explicit, locale, available, matched)


@given(st.text(alphabet=" 0123456789abcdefABCDEFx@:/.#-", max_size=60).map(lambda text: f"@{text.replace(' ', '')}"))
def test_names_and_addresses_never_change_a_running_conversation(text: str) -> None:
    assert _detect(text, current="ja", matched="en", locale="en") == "ja"


@pytest.mark.parametrize("unit", ["@", "a@", "://", "A", "А", "入", "0x", " a"])
def test_hostile_repetition_costs_little(unit: str) -> None:
    started = time.process_time()
    _detect(unit * 500_000, current="en")
    assert time.process_time() - started < 1
