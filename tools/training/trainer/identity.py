"""What decides the result of a training: checkpoints and results belong to one such job, and another one's are refused."""

from __future__ import annotations

import json
from pathlib import Path

from .fault import Fault
from .hashes import model_hash
from .job import Job
from .settings import Value
from .tables import Rows
from .versions import COMPUTING, versions_of

Identity = dict[str, object]
UNTOUCHED = "Give another out, or move that folder away; nothing in it was touched."
KEPT = "Give another out, or move that folder away; its checkpoint was not touched."


def identity_of(job: Job, settings: dict[str, Value], rows: Rows) -> Identity:
    return {"task": job.task, "settings": settings, "base": {"model": model_hash(job.model), "adapter": None if job.adapter is None else model_hash(job.adapter)},
            "data": rows.sha256, "seed": job.seed, "threads": job.threads}


def identity_of_checkpoint(identity: Identity) -> Identity:
    """Half a training belongs to the versions that computed it as well: the other half, by others, would give bytes that no training gives again. A finished one has them in its manifest."""
    return {**identity, "versions": versions_of(COMPUTING)}


def identity_of_manifest(manifest: dict) -> Identity:
    return {**{name: manifest[name] for name in ("task", "settings", "base", "seed", "threads")}, "data": manifest["data"]["sha256"]}


def refuse_foreign_checkpoint(mine: Identity, found: Identity, checkpoint: Path) -> None:
    """OUT_FOREIGN, with what differs: the job, or else the versions of packages."""
    mine = json.loads(json.dumps(identity_of_checkpoint(mine)))
    refuse_foreign({name: value for name, value in mine.items() if name != "versions"}, found, f"The checkpoint {checkpoint}", KEPT)
    here, there = mine["versions"], found.get("versions", {})
    assert isinstance(here, dict) and isinstance(there, dict)
    differ = [f"{name} {there.get(name, 'of no known version')} there and {here.get(name, 'none')} here" for name in COMPUTING if here.get(name) != there.get(name)]
    if differ:
        raise Fault("OUT_FOREIGN", f"The checkpoint {checkpoint} is of other versions: {', '.join(differ)}.", f"Begin anew: remove the folder {checkpoint_folder(checkpoint)}; or train with the versions of the checkpoint.")


def checkpoint_folder(checkpoint: Path) -> Path:
    """OUT/checkpoint, of a file or folder in it."""
    return next(folder for folder in (checkpoint, *checkpoint.parents) if folder.name == "checkpoint")


def refuse_foreign(mine: Identity, found: Identity, what: str, hint: str) -> None:
    """OUT_FOREIGN, with what differs."""
    differ = [name for name in mine if mine[name] != found.get(name)]
    if not differ:
        return
    detail = ", ".join(differ)
    if differ == ["settings"] and isinstance(found.get("settings"), dict):
        mine_settings, its_settings = mine["settings"], found["settings"]
        assert isinstance(mine_settings, dict) and isinstance(its_settings, dict)
        detail = ", ".join(f"{name} {its_settings.get(name)} there and {mine_settings.get(name)} here" for name in mine_settings if mine_settings[name] != its_settings.get(name))
    raise Fault("OUT_FOREIGN", f"{what} is of another training: its {detail} differ{'s' if len(differ) == 1 and 'settings' not in differ else ''}.", hint)
