"""Reads sealed data sets with pyarrow, DuckDB and pandas and checks them against their cards: python check.py FOLDER...

Prints one line a file. Exit code 0: everything holds; 1: something does not, with a line that says what.
Memory: two batches of rows, and one file for pandas.
"""
import itertools
import os
import re
import sys
from pathlib import Path

import duckdb
import pandas
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

BATCH = 2_000  # rows
STEP_LISTS = ("labels", "targets", "values", "visits", "rights", "simulations")  # one entry a completion
DATA_FILE = re.compile(r"^(train|test)-(\d{5})-of-(\d{5})\.(parquet|arrow)$")
TYPES = {"string": pa.string(), "bool": pa.bool_(), "int32": pa.int32(), "int64": pa.int64(), "float64": pa.float64()}


class Wrong(Exception):
    """Something that does not hold."""


def expect(holds, message):
    if not holds:
        raise Wrong(message)


def arrow_type(text):
    """The pyarrow type of a feature as the card spells it."""
    if text in TYPES:
        return TYPES[text]
    fields = re.findall(r"\{name: (\w+), dtype: (\w+)\}", text)
    return pa.struct([pa.field(name, TYPES[dtype]) for name, dtype in fields])


def read_card(folder):
    """{kind: {"features": pa.Schema, "splits": {split: rows}, "download": bytes}} from the header of README.md."""
    header = (folder / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    kinds = {}
    for block in header.split("dataset_info:\n")[1].split("- config_name: ")[1:]:
        kind = block.split("\n", 1)[0]
        features = []
        for name, dtype, item in re.findall(r"^  - \{name: (\w+), (?:dtype: (\w+)|list: (.+))\}$", block.split("  splits:\n")[0], re.M):
            features.append(pa.field(name, TYPES[dtype] if dtype else pa.list_(pa.field("element", arrow_type(item)))))
        splits = {split: int(rows) for split, rows in re.findall(r"^  - \{name: (\w+), num_bytes: \d+, num_examples: (\d+)\}$", block, re.M)}
        kinds[kind] = {"features": pa.schema(features), "splits": splits, "download": int(re.search(r"download_size: (\d+)", block).group(1))}
    return kinds


def open_file(path):
    """Schema and an iterator of record batches, by pyarrow."""
    if path.suffix == ".parquet":
        file = pq.ParquetFile(path)
        return file.schema_arrow, file.iter_batches(BATCH)
    reader = pa.ipc.open_file(path)
    return reader.schema, (reader.get_batch(at) for at in range(reader.num_record_batches))


def rows_of_duckdb(path, columns):
    """Rows as dicts, by DuckDB: Parquet by its own reader, Arrow through the record batches."""
    connection = duckdb.connect()
    if path.suffix == ".parquet":
        cursor = connection.execute("FROM read_parquet($1)", [re.sub(r"[*?\[]", lambda match: f"[{match.group()}]", str(path))])
    else:
        schema, batches = open_file(path)
        source = pa.RecordBatchReader.from_batches(schema, batches)  # noqa: F841, named in the query
        cursor = connection.execute("FROM source")
    expect([column[0] for column in cursor.description] == columns, f"{path}: DuckDB sees other columns")
    while rows := cursor.fetchmany(BATCH):
        for row in rows:
            yield dict(zip(columns, row))


def check_row(kind, row, where):
    for name, value in row.items():
        expect(value is not None, f"{where}: {name} is null")
        if isinstance(value, list) and name not in ("rights", "simulations"):
            expect(None not in value, f"{where}: {name} holds a null")
    for side in ("chosen_", "rejected_") if kind.startswith("preference") else ("",):
        expect(len(row[f"{side}node_ids"]) == len(row[f"{side}request_ids"]), f"{where}: {side}node_ids and {side}request_ids differ in length")
    if kind == "prm":
        steps = len(row["completions"])
        for name in STEP_LISTS:
            expect(len(row[name]) == steps, f"{where}: {steps} completions and {len(row[name])} {name}")
        for name in ("values", "targets"):
            expect(all(0 <= value <= 1 for value in row[name]), f"{where}: one of {name} is not in 0..1")
    elif kind.startswith("preference"):
        check_pair(kind, row, where)
    else:
        expect(0 <= row["min_value"] <= 1, f"{where}: min_value is not in 0..1")
        for message in row["prompt"] + row["completion"]:
            expect(set(message) == {"role", "content"}, f"{where}: a message has keys {sorted(message)}")


def check_pair(kind, row, where):
    expect(row["chosen"] != row["rejected"], f"{where}: chosen and rejected are the same text")
    roles = [message["role"] for message in row["prompt"]]
    expect(roles[::2] == ["user"] * len(roles[::2]) and roles[1::2] == ["assistant"] * len(roles[1::2]) and len(roles) % 2 == 1, f"{where}: the turns of the prompt are of {roles}")
    expect(row["gap"] == row["chosen_value"] - row["rejected_value"], f"{where}: gap is not the difference of the values")
    for side in ("chosen", "rejected"):
        expect(0 <= row[f"{side}_value"] <= 1, f"{where}: {side}_value is not in 0..1")
        expect(len(row[f"{side}_node_ids"]) == row[f"{side}_depth"], f"{where}: {side}_depth is not the number of its steps")
        if kind == "preference_steps":
            expect(row[side].endswith("\n\n") and not row[side].endswith("\n\n\n"), f"{where}: {side} does not end with the step separator")
            expect(row[side].count("\n\n") == row[f"{side}_depth"] + 1, f"{where}: {side} has not Step 0 and its steps")
        else:
            expect([message["role"] for message in row[side]] == ["assistant"] and row[f"{side}_answer"] != "", f"{where}: {side} is not one finished turn of the assistant")


def check_file(kind, path, features):
    """Checks one data file; returns (rows, keys, ids)."""
    schema, batches = open_file(path)
    expect(schema.remove_metadata().equals(features), f"{path}: pyarrow sees\n{schema.remove_metadata()}\nand the card says\n{features}")
    keys, ids = [], []
    by_pyarrow = (row for batch in batches for row in batch.to_pylist())
    for at, (row, other) in enumerate(itertools.zip_longest(by_pyarrow, rows_of_duckdb(path, schema.names))):
        where = f"{path} row {at}"
        expect(row is not None and other is not None, f"{where}: one reader has more rows than the other")
        expect(row == other, f"{where}: pyarrow and DuckDB differ:\n{row}\n{other}")
        expect(row["benchmark"] == path.name.startswith("test-"), f"{where}: benchmark is {row['benchmark']}")
        check_row(kind, row, where)
        keys.append((row["question_id"].encode(), row["tree_id"].encode(), row["ordinal"]))
        ids.append(row["id"])
    frame = pandas.read_parquet(path) if path.suffix == ".parquet" else pandas.read_feather(path)
    expect(len(frame) == len(ids), f"{path}: pandas reads {len(frame)} rows, pyarrow {len(ids)}")
    expect(frame["id"].tolist() == ids, f"{path}: pandas sees other ids")
    return len(ids), keys, ids


def check_kind(folder, kind, card):
    names = sorted(path.name for path in (folder / kind).iterdir())
    ids, total = [], 0
    for name in names:
        expect(DATA_FILE.match(name), f"{folder / kind / name} is not a file of a data set")
        total += (folder / kind / name).stat().st_size
    expect(total == card["download"], f"{folder / kind} holds {total} bytes; the card says {card['download']}")
    expect({name.split("-")[0] for name in names} == set(card["splits"]), f"{folder / kind}: the card names the splits {sorted(card['splits'])}")
    for split in sorted(card["splits"], reverse=True):  # train, test: the order of the lineage is test, train
        files = [name for name in names if name.startswith(f"{split}-")]
        expect(files == [f"{split}-{at:05d}-of-{len(files):05d}{Path(files[0]).suffix}" for at in range(len(files))], f"{folder / kind}: the files of {split} are {files}")
        keys, count = [], 0
        for name in files:
            rows, more_keys, more_ids = check_file(kind, folder / kind / name, card["features"])
            count, keys, ids = count + rows, keys + more_keys, ids + more_ids
            print(f"  {kind}/{name}: {rows} rows")
        expect(all(a < b for a, b in zip(keys, keys[1:])), f"{folder / kind}: the rows of {split} are not in order of question_id, tree_id, ordinal, each once")
        expect(count == card["splits"][split], f"{folder / kind}: {split} has {count} rows; the card says {card['splits'][split]}")
    lineage = pq.read_table(folder / "lineage" / f"{kind}.parquet").to_pydict()
    expect(sorted(lineage["id"]) == sorted(ids), f"{folder / 'lineage' / kind}.parquet does not list the rows of {kind}")
    return len(ids)


def check(folder):
    print(folder)
    card = read_card(folder)
    entries = {path.name for path in folder.iterdir()}
    expect(entries == {"README.md", "lineage", *card}, f"{folder} holds {sorted(entries)}")
    counts = {kind: check_kind(folder, kind, card[kind]) for kind in sorted(card)}
    print("  holds: " + ", ".join(f"{rows} {kind} rows" for kind, rows in counts.items()))


if __name__ == "__main__":
    print(f"pyarrow {pa.__version__}, DuckDB {duckdb.__version__}, pandas {pandas.__version__}")
    try:
        for argument in sys.argv[1:]:
            check(Path(argument))
    except Wrong as wrong:
        print(f"WRONG {wrong}", flush=True)
        os._exit(1)  # readers may still hold threads, which abort an orderly exit
