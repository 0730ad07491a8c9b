"""A small, sound knowledge base in two languages; a test spoils one place of it and reads what is said about that."""

from pathlib import Path

from bot.knowledge.loader import KnowledgeError, load

CATALOGUE = """\
version: 1
topics:
  deposits: {team: payments, checklist: deposit}
  kyc: {team: payments}
faq:
  deposits:
    - deposit_how
    - {id: deposit_stolen, urgent: true}
  kyc:
    - kyc_support_before
checklists:
  deposit:
    topic: deposits
    steps:
      - {id: kind, kind: choice, options: [crypto, fiat]}
      - {id: network, kind: network, optional: true, when: {kind: crypto}}
      - {id: shown_network, kind: network, when: {kind: crypto, network: given}}
      - {id: amount, kind: amount}
    findings:
      - {id: no_network, when: {network: missing}}
      - {id: other_network, stops: true, when: {shown_network: {differs_from: network}}}
      - {id: too_little, when: {amount: below_minimum, kind: [crypto, fiat]}}
"""

NETWORKS = """\
networks:
  tron:
    name: Tron
    family: tron
    aliases: [tron]
    explorer: "https://tronscan.org/#/transaction/{txid}"
assets:
  USDT:
    name: Tether
    aliases: [usdt]
    networks:
      tron:
        memo: none
        minimum_deposit: {value: 0.00001, source: "https://example.com/fees", checked_on: 2026-01-31}
"""

LANGUAGES = """\
en: {name: English}
ja: {name: 日本語, fallback: en}
"""

PHRASE_LIST = """\
greeting: The first words.
tickets: How many tickets there are; {count}.
topic.deposits: The name of the topic.
topic.kyc: The name of the topic.
team.payments: The name of the team.
button.back: A button.
command.help: What the command does.
page.typing: A label of the page; {name}.
"""

EN_PHRASES = """\
greeting: |
  Hello from **{exchange}**! See the [help center]({help_center}).
tickets: {one: "You have {count} ticket.", other: "You have {count} tickets."}
topic.deposits: Deposits
topic.kyc: Identity
team.payments: Payments
button.back: Back
command.help: How it works
page.typing: "{name} is typing <b>"
"""

JA_PHRASES = """\
greeting: |
  **{exchange}** です。[ヘルプ]({help_center}) もご覧ください。
tickets: {other: "チケットは {count} 件です。"}
topic.deposits: 入金
topic.kyc: 本人確認
team.payments: 入出金担当
button.back: 戻る
command.help: 使い方
page.typing: "{name} さんが入力中 <b>"
"""

CHECKLISTS = """\
deposit:
  title: {title}
  intro: {intro}
  questions: [{questions}]
  steps:
    kind:
      ask: {ask}
      label: {label}
      options:
        crypto: {crypto}
        fiat: {fiat}
    network: {{ask: {ask}, label: {label}, help: {ask}}}
    shown_network: {{ask: {ask}, label: {label}}}
    amount: {{ask: {ask}, label: {label}}}
  findings:
    no_network: {intro}
    other_network: {intro}
    too_little: {intro}
"""

ENTRY = """\
{id}:
  title: {title}
  answer: |
    {answer}
  questions:
{questions}
"""


def _entry(id: str, title: str, answer: str, questions: str) -> str:
    listed = "\n".join(f"    - {question.strip()}" for question in questions.split("/"))
    return ENTRY.format(id=id, title=title, answer=answer, questions=listed)


FILES = {
    "catalogue.yaml": CATALOGUE,
    "networks.yaml": NETWORKS,
    "languages.yaml": LANGUAGES,
    "phrases.yaml": PHRASE_LIST,
    "README.md": "Not a file of the knowledge base, and no concern of its.\n",
    "en/phrases.yaml": EN_PHRASES,
    "en/canned.yaml": "hello: Hello, I am looking at your case.\n",
    "en/signals.yaml": 'thanks: [thanks, thank you]\n"yes": ["yes", sure]\n',
    "en/checklists.yaml": CHECKLISTS.format(
        title="My deposit is missing",
        intro="Let us find it.",
        questions="where is my deposit, deposit missing, not credited, coins gone, no balance, it never came",
        ask="Which one?",
        label="Kind",
        crypto="Crypto",
        fiat="Bank",
    ),
    "en/faq/deposits.yaml": _entry(
        "deposit_how",
        "How to deposit",
        "Open **Wallet**, then *Deposit*.",
        "how do i deposit / steps to deposit / where is my address / send coins in / top up / first deposit",
    )
    + _entry(
        "deposit_stolen",
        "My deposit was stolen",
        "Write to {email} at once.",
        "somebody took it / stolen coins / i was robbed / thief / my coins were taken / help they stole it",
    ),
    "en/faq/kyc.yaml": _entry(
        "kyc_support_before",
        "Help before verification",
        "Yes, we help you.",
        "not verified yet / help without kyc / unverified / before my id / no passport yet / kyc open",
    ),
    "ja/phrases.yaml": JA_PHRASES,
    "ja/canned.yaml": "hello: 確認しております。\n",
    "ja/signals.yaml": "thanks: [ありがとう]\n",
    "ja/checklists.yaml": CHECKLISTS.format(
        title="入金が届かない",
        intro="一緒に確認しましょう。",
        questions="入金どこ, 入金されない, 反映されない, コイン消えた, 残高なし, 届かない",
        ask="どちらですか。",
        label="種類",
        crypto="暗号資産",
        fiat="銀行",
    ),
    "ja/faq/deposits.yaml": _entry(
        "deposit_how",
        "入金方法",
        "**ウォレット** を開きます。",
        "入金のやり方 / 入金手順 / アドレスはどこ / 送りたい / チャージ / はじめての入金",
    )
    + _entry(
        "deposit_stolen",
        "盗まれた",
        "{email} へご連絡ください。",
        "盗難 / 取られた / 泥棒 / コインがない / 奪われた / 助けて",
    ),
    "ja/faq/kyc.yaml": _entry(
        "kyc_support_before",
        "確認前の相談",
        "はい、ご相談いただけます。",
        "未確認です / 確認前でも / 書類なし / まだ確認してない / 審査前 / パスポートなし",
    ),
}


class Base:
    """A folder with the small knowledge base in it, to be spoiled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """Put a file there, whatever was there before."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replace the first `old` in a file; it must be there."""
        text = self.read(name)
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new, 1))

    def remove(self, name: str) -> None:
        (self.folder / name).unlink()

    def problems(self) -> list[str]:
        """What is wrong with it, with paths as seen from the folder; empty when it can be used."""
        try:
            load(self.folder)
        except KnowledgeError as error:
            return [str(problem).removeprefix(f"{self.folder}/") for problem in error.problems]
        return []
