"""The operator's side of identity: by the lines that docs/identity.md gives to be pasted."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs/identity.md"


def _pasted(name: str) -> Any:
    """What the page's Python of that name defines."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (source,) = (block for block in blocks if f"def {name}(" in block)
    defined: dict[str, Any] = {}
    exec(source, defined)
    return defined[name]


account_code: Callable[..., str] = _pasted("account_code")
is_from_the_bot: Callable[[bytes, str, bytes], bool] = _pasted("is_from_the_bot")
