"""What every section of the settings is made of; `sections` puts them together."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


def why(text: str) -> Any:
    """The reason for a setting, as `config.example.yaml` and the documentation give it."""
    return Field(description=text)


class Section(BaseModel):
    """What all sections share: nothing unknown in them, nothing changed later, no values in errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
