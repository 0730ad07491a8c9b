"""Which files make up a knowledge base, and what they are called in messages; knows nothing of their content."""

from collections.abc import Iterator
from pathlib import Path


def files_of(folder: Path) -> Iterator[Path]:
    """Every YAML file of the folder in order; hidden ones (editors', version control's) are not part of it."""
    for path in sorted(folder.rglob("*.[yY]*")):
        parts = path.relative_to(folder).parts
        if path.suffix.lower() in (".yaml", ".yml") and not any(part.startswith(".") for part in parts):
            yield path


def shown(path: Path) -> str:
    """The path as an editor's terminal would name it: below the current folder where it is."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def is_folder_name(code: str) -> bool:
    """Whether a language's code can name its folder, and nothing outside the knowledge base."""
    return code.isascii() and code.replace("-", "").isalnum()
