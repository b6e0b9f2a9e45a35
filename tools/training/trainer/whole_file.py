"""Files that are there whole or not at all, whenever the process is killed."""

from __future__ import annotations

import json
import os
from pathlib import Path


def write_whole(file: Path, content: bytes) -> None:
    """Written beside, flushed to the disk, renamed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.new")
    with new.open("wb") as bytes_:
        bytes_.write(content)
        bytes_.flush()
        os.fsync(bytes_.fileno())
    os.replace(new, file)
    flush_folder(file.parent)


def write_json_whole(file: Path, value: object, indent: int | None = 2) -> None:
    write_whole(file, (json.dumps(value, indent=indent, ensure_ascii=False) + "\n").encode())


def flush_folder(folder: Path) -> None:
    """A rename is on the disk when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
