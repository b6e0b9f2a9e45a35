"""Hashes of folders and data, as docs/training.md defines them; the part that calls the trainer computes them again."""

from __future__ import annotations

import hashlib
from pathlib import Path



def sha256(file: Path) -> str:
    with file.open("rb") as bytes_:
        return hashlib.file_digest(bytes_, "sha256").hexdigest()


def hash_of_lines(files: list[tuple[str, str]]) -> str:
    """(sha256, path) in order -> sha256 of the lines "SHA256  PATH\\n"."""
    return hashlib.sha256("".join(f"{digest}  {path}\n" for digest, path in files).encode()).hexdigest()


def model_hash(folder: Path) -> str:
    """Every file of the folder but checksums.json, README.md and names that begin with a dot."""
    paths = [file.relative_to(folder) for file in folder.rglob("*") if file.is_file()]
    named = [path.as_posix() for path in paths if path.name not in ("checksums.json", "README.md") and not any(part.startswith(".") for part in path.parts)]
    return hash_of_lines([(sha256(folder / path), path) for path in sorted(named, key=lambda path: path.encode())])


def data_hash(datasets: list[dict[str, str]]) -> str:
    """One { KIND/FILE: sha256 } a data set, in the order of the job."""
    return hash_of_lines([(files[path], f"{place}/{path}") for place, files in enumerate(datasets) for path in sorted(files, key=lambda path: path.encode())])


