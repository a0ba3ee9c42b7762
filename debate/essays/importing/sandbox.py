"""Reading a paste or a file in a child process that can do nothing but read it."""

import json
import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from debate.essays.importing import formats
from debate.essays.importing.blocks import BYTES_UPLOADED, Draft
from debate.essays.importing.errors import ImportRefused, too_heavy

logger = logging.getLogger(__name__)

WALL_SECONDS: Final = 9.5
WAIT_SECONDS: Final = 5.0
_CHILDREN: Final = 2
_ROOT: Final = str(Path(__file__).resolve().parents[3])
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from debate.essays.importing.child import main; main(sys.argv[2])"
)
# Bounds the memory all imports of this process can take together.
_slots = threading.BoundedSemaphore(_CHILDREN)


def read(data: bytes, *, filename: str = "", media_type: str = "") -> Draft:
    """The draft of an essay in `data`, which has passed every limit.

    `filename` is empty for a paste, whose errors then name the field ``text``; those of an upload name
    ``file``. The parsing runs in a child process with an empty environment, 768 MiB of memory, 8 s of
    processor time and 9.5 s in all; none outlives the call. Raises ImportRefused and nothing else.
    """
    field = "file" if filename else "text"
    try:
        return _read(data, filename=filename, media_type=media_type)
    except ImportRefused as refused:
        refused.field = field
        raise


def read_paste(text: str, *, media_type: str = "") -> Draft:
    """The draft of a pasted `text`, as `read` gives it. Raises ImportRefused and nothing else."""
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise ImportRefused(
            "not_text", "This holds half a character, which is no text. Please paste it once more."
        ) from error
    return read(data, media_type=media_type)


def _read(data: bytes, *, filename: str, media_type: str) -> Draft:
    if len(data) > BYTES_UPLOADED:
        raise ImportRefused(
            "too_large", "This is larger than 2 MiB. Please take images out or import a part of it."
        )
    if not data.strip():
        raise ImportRefused(
            "empty", "There is no text here. Please paste the essay or choose its file."
        )
    name = formats.recognise(data, filename=filename, media_type=media_type)
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise ImportRefused(
            "busy", "Several files are being read just now. Please try again in a minute."
        )
    try:
        return _answer(_run(name, data))
    finally:
        _slots.release()


def _run(name: str, data: bytes) -> bytes:
    child = subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-c", _START, _ROOT, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )
    with child:
        try:
            answer, _ = child.communicate(data, timeout=WALL_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise too_heavy() from error
        finally:
            # Also when the caller is interrupted: no child is left behind.
            child.kill()
    if child.returncode:
        logger.warning("The reader of %s ended with status %d.", name, child.returncode)
        raise too_heavy() if child.returncode < 0 else _unreadable()
    return answer


def _answer(source: bytes) -> Draft:
    try:
        answer = json.loads(source)
        if "refused" in answer:
            raise ImportRefused(*answer["refused"])
        return Draft.from_json(answer["draft"])
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable() from error


def _unreadable() -> ImportRefused:
    return ImportRefused(
        "unreadable",
        "This could not be read. Please paste its text, or save it in another format.",
    )
