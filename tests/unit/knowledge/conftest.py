"""The small knowledge base, fresh for each test."""

from pathlib import Path

import pytest

from tests.unit.knowledge.base import Base


@pytest.fixture
def base(tmp_path: Path) -> Base:
    return Base(tmp_path)
