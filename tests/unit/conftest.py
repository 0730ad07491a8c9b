"""What the pure tests share: the shipped knowledge, read once."""

from pathlib import Path

import pytest

from bot.operations.knowledge import Learned, learn


@pytest.fixture(scope="session")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Learned:
    """The knowledge base as shipped, with its index."""
    return learn(Path("knowledge_base"), tmp_path_factory.mktemp("knowledge"))
