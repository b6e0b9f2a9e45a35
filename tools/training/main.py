"""Trains a policy or a step scorer, as a job file says (docs/training.md).

    python tools/training/main.py JOB.json        trains; the same command goes on after a stop or a kill
    python tools/training/main.py --check JOB.json  says what is wrong with settings, base and data, or what would be learnt, and trains nothing
    python tools/training/main.py --settings prm  every setting of a task: what it means, and its value in each configuration
    python tools/training/main.py --version       versions of Python and the packages
    accelerate launch --config_file tools/training/accelerate/fsdp.yaml tools/training/main.py JOB.json
                                                  trains in several processes, where the setting loop is trl

Exit codes: 0 done; 1 the training failed; 2 the job is wrong; 3 something is missing; 130 stopped by a signal, the same job goes on.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing here asks a network
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin while they wait are 20 times slower when anything else wants a core
os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")


def main(words: list[str]) -> int:
    options = argparse.ArgumentParser(prog="main.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("job", type=Path, nargs="?", help="the job file")
    options.add_argument("--check", action="store_true", help="trains nothing")
    options.add_argument("--settings", metavar="TASK", choices=("sft", "prm", "dpo"), help="lists the settings of a task")
    options.add_argument("--version", action="store_true", help="versions")
    chosen = options.parse_args(words)
    if sys.version_info < (3, 11):
        print(f"Python {sys.version.split()[0]} is too old: training needs 3.11 or newer.", file=sys.stderr)
        return 3
    try:
        from trainer.run_job import versions
    except ImportError as error:
        print(f"PACKAGE_MISSING: {error}. Install tools/training/requirements.txt into the Python that runs this ({sys.executable}).", file=sys.stderr)
        return 3
    if chosen.version:
        print(", ".join(f"{name} {version}" for name, version in versions().items()))
        return 0
    if chosen.settings is not None:
        from trainer.list_settings import list_settings

        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # "| head" ends it without a word
        print(list_settings(chosen.settings))
        return 0
    if chosen.job is None:
        options.error("give a job file, or --help")
    return train(chosen.job, chosen.check)


def train(file: Path, check: bool) -> int:
    from trainer.fault import STOPPED, Fault, Stopped, as_fault
    from trainer.job import read_job
    from trainer.ranks import leads
    from trainer.run_job import check_job, leave_error, run_job
    from trainer.watch import Watch

    job = None
    try:
        job = read_job(file)
        os.environ["OMP_NUM_THREADS"] = str(job.threads)  # read when torch is imported, which is later
        if check:
            print(check_job(job))
            return 0
        if not leads():
            sys.stdout = open(os.devnull, "w")  # faults still come on stderr, of every process
        watch = Watch(job.out, job.task)
        watch.listen()
        manifest = run_job(job, watch)
        if manifest is None:
            return 0
        print(f"{job.task}: {manifest['steps']:,} steps, loss {manifest['loss']['first']:.4f} -> {manifest['loss']['last']:.4f}, {manifest['seconds']:,.1f} s; {job.out / 'manifest.json'}", flush=True)
        return 0
    except Stopped:
        print("Stopped. The same job goes on.", file=sys.stderr)
        return STOPPED
    except Exception as error:
        fault = as_fault(error)
        if not isinstance(error, Fault) and fault.code == "TRAINING_FAILED":
            traceback.print_exc()
        print(f"{fault.code}: {fault.message} {fault.hint}", file=sys.stderr)
        if job is not None and not check:
            leave_error(job.out, fault)
        return fault.exit


def leave(code: int) -> None:
    """Of several processes each ends at once when it is done: threads of their connections may abort one that takes everything down first, and a launcher ends all others then."""
    sys.stdout.flush()
    sys.stderr.flush()
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
