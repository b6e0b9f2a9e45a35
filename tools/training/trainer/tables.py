"""Rows of sealed data sets, read as they are: DIR/KIND/*.parquet (or *.arrow), columns by the schema of the kind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow
import pyarrow.ipc
import pyarrow.parquet

from .fault import Fault
from .hashes import data_hash, sha256


@dataclass(frozen=True)
class Rows:
    """Rows of one or more kinds, in order of data set, kind, file and place in it."""

    rows: list[dict]
    files: list[dict]  # { path: KIND/FILE, rows, sha256 }
    sha256: str  # data hash


KINDS: dict[str, tuple[str, ...]] = {  # columns that a task reads; the others stay on the disk
    "sft": ("id", "question_id", "tree_id", "ordinal", "prompt", "completion", "min_value", "node_ids", "stepping", "benchmark"),
    "prm": ("id", "question_id", "tree_id", "ordinal", "prompt", "completions", "labels", "targets", "values", "visits", "simulations", "polarity", "stepping", "benchmark"),
    "preference": ("id", "question_id", "tree_id", "ordinal", "prompt", "chosen", "rejected", "gap", "chosen_node_ids", "rejected_node_ids", "stepping", "benchmark"),
    "preference_steps": ("id", "question_id", "tree_id", "ordinal", "prompt", "chosen", "rejected", "gap", "chosen_node_ids", "rejected_node_ids", "stepping", "benchmark"),
}


def read_rows(datasets: tuple[Path, ...], kinds: tuple[str, ...]) -> Rows:
    """DATA_MISSING: no folder, no file, no row. DATA_BROKEN: a file that cannot be read. BENCHMARK_ROWS: nothing is ever trained on them."""
    rows: list[dict] = []
    files: list[dict] = []
    hashes: list[dict[str, str]] = []
    for dataset in datasets:
        if not dataset.is_dir():
            raise Fault("DATA_MISSING", f"There is no data set {dataset}.", "Give the folder that a run sealed (DIR/dataset).")
        of_this: dict[str, str] = {}
        for kind in kinds:
            for file in sorted((*(dataset / kind).glob("*.parquet"), *(dataset / kind).glob("*.arrow")), key=lambda file: file.name.encode()):
                found, path = read_file(file, kind), f"{kind}/{file.name}"
                of_this[path] = sha256(file)
                files.append({"path": path, "rows": len(found), "sha256": of_this[path]})
                rows += found
        hashes.append(of_this)
    wanted = " or ".join(f"{kind}/*.parquet" for kind in kinds)
    if not files:
        raise Fault("DATA_MISSING", f"There are no {wanted} in {', '.join(map(str, datasets))}.",
                    "Give data sets that hold this table; preference rows are made with --pairs." if "preference" in kinds else "Give the folder that a run sealed (DIR/dataset).")
    if not rows:
        raise Fault("DATA_MISSING", f"{wanted}: none of the {len(files)} files of {', '.join(map(str, datasets))} has a row.",
                    "Nothing was right or nothing was sealed: \"slowthink inspect trees\" shows what the search found. Train on more questions.")
    return Rows(rows, files, data_hash(hashes))


def read_file(file: Path, kind: str) -> list[dict]:
    columns = list(KINDS[kind])
    try:
        if file.suffix == ".parquet":
            table = pyarrow.parquet.ParquetFile(file).read(columns=columns)
        else:
            with pyarrow.memory_map(str(file)) as source:
                table = pyarrow.ipc.open_file(source).read_all()
        missing = [name for name in columns if name not in table.column_names]
        if missing:
            raise Fault("DATA_BROKEN", f"{file} has no column {missing[0]}, so it is no table of the kind {kind}.", "Give a data set that this project sealed; schemas/ has the columns.")
        rows = table.select(columns).to_pylist()
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise Fault("DATA_BROKEN", f"{file} cannot be read: {str(error)[:300]}", "The file is cut off or damaged: seal the data set again (\"slowthink seal\"), or get the file again.") from error
    for row in rows:
        if row["benchmark"]:
            raise Fault("BENCHMARK_ROWS", f"{file}: the row {row['id']} is of a benchmark, and nothing is trained on those.", "Seal without --allow-benchmark, or give another data set.")
    return rows
