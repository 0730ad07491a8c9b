"""The operator's side: by the lines that docs/identity.md and docs/operating.md give to be pasted."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"


def _pasted(page: str, name: str) -> Any:
    """What the page's Python of that name defines."""
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    (source,) = (block for block in blocks if f"def {name}(" in block)
    defined: dict[str, Any] = {}
    exec(source, defined)
    return defined[name]


account_code: Callable[..., str] = _pasted("identity.md", "account_code")
is_from_the_bot: Callable[[bytes, str, bytes], bool] = _pasted("identity.md", "is_from_the_bot")
is_a_call: Callable[[bytes, str, bytes], bool] = _pasted("operating.md", "is_a_call")
