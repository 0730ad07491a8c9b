"""Every transcript on every platform: the requester on one, the desk on the same or the other one."""

from pathlib import Path

import pytest

from tests.stage import web
from tests.stage.player import play
from tests.stage.transcripts import Transcript, transcripts
from tests.stage.world import OpenWorld

TRANSCRIPTS = list(transcripts(Path(__file__).parent / "dialogues"))
WORLDS: dict[str, OpenWorld] = {"web": web.open_world}
STAGES = [("web", "web")]


@pytest.mark.parametrize(("requesters", "desk"), STAGES, ids=lambda name: name)
@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda transcript: transcript.name)
async def test_dialogue(transcript: Transcript, requesters: str, desk: str, tmp_path: Path) -> None:
    """Both sides see exactly what the transcript says, and nothing else."""
    if transcript.platforms and requesters not in transcript.platforms:
        pytest.skip(f"{transcript.name} is about {', '.join(transcript.platforms)}")
    desks = None if desk == requesters else WORLDS[desk]
    await play(transcript, WORLDS[requesters], desks, tmp_path)
