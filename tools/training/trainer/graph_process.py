"""Writes the graph of a model folder in a process of its own, always from the same state: what was trained or read before in a process changes the order of a graph's nodes, and so its bytes.

    python -m trainer.graph_process FOLDER      in tools/training; ends when its standard input does
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from .fault import Fault

TOOLS = Path(__file__).resolve().parent.parent


def write_graph(folder: Path) -> float:
    """FOLDER/onnx/model.onnx, from the files of the folder; a scorer has scorer.json. Gives the largest difference of a logit from PyTorch. EXPORT_DIFFERS, EXPORT_FAILED."""
    process = subprocess.Popen([sys.executable, "-m", "trainer.graph_process", str(folder)], cwd=TOOLS, env={**os.environ, "PYTHONHASHSEED": "0"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    said: list[str] = []
    reading = threading.Thread(target=lambda: said.append(process.stderr.read()))
    reading.start()
    try:
        output = process.stdout.read()
    finally:  # a signal too: its standard input ends here, or with this process, and so does it; no export is left behind that would write into the next one's folder
        process.stdin.close()
        code = process.wait()
        reading.join()
    last = output.strip().splitlines()[-1] if output.strip() else ""
    answer = json.loads(last) if last.startswith("{") else {}
    if "code" in answer:
        raise Fault(answer["code"], answer["message"], answer["hint"])
    if code != 0 or "difference" not in answer:
        tail = [line for line in said[0].splitlines() if line.strip()][-1:] or ["it said nothing"]
        raise Fault("EXPORT_FAILED", f"{folder}: the graph was not written, exit code {code}: {tail[0]}", "The same job tries it again from the last checkpoint; \"export\": \"none\" leaves the graph out.")
    for line in output.strip().splitlines()[:-1]:
        print(line, flush=True)
    return answer["difference"]


def main(folder: Path) -> None:
    threading.Thread(target=leave_with_parent, daemon=True).start()
    from .result import write_graph_of

    scorer = json.loads((folder / "scorer.json").read_text(encoding="utf-8")) if (folder / "scorer.json").is_file() else None
    try:
        print(json.dumps({"difference": write_graph_of(folder, scorer)}), flush=True)
    except Fault as fault:
        print(json.dumps({"code": fault.code, "message": fault.message, "hint": fault.hint}), flush=True)


def leave_with_parent() -> None:
    while os.read(0, 1):  # not sys.stdin, whose lock a thread may not hold when Python ends
        pass
    os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
