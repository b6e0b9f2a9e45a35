"""What decides the result of a training: checkpoints and results belong to one such job, and another one's are refused."""

from __future__ import annotations

from .fault import Fault
from .hashes import model_hash
from .job import Job
from .settings import Value
from .tables import Rows

Identity = dict[str, object]


def identity_of(job: Job, settings: dict[str, Value], rows: Rows) -> Identity:
    return {"task": job.task, "settings": settings, "base": {"model": model_hash(job.model), "adapter": None if job.adapter is None else model_hash(job.adapter)},
            "data": rows.sha256, "seed": job.seed, "threads": job.threads}


def identity_of_manifest(manifest: dict) -> Identity:
    return {**{name: manifest[name] for name in ("task", "settings", "base", "seed", "threads")}, "data": manifest["data"]["sha256"]}


def refuse_foreign(mine: Identity, found: Identity, what: str) -> None:
    """OUT_FOREIGN, with what differs."""
    differ = [name for name in mine if mine[name] != found.get(name)]
    if not differ:
        return
    detail = ", ".join(differ)
    if differ == ["settings"] and isinstance(found.get("settings"), dict):
        mine_settings, its_settings = mine["settings"], found["settings"]
        assert isinstance(mine_settings, dict) and isinstance(its_settings, dict)
        detail = ", ".join(f"{name} {its_settings.get(name)} there and {mine_settings.get(name)} here" for name in mine_settings if mine_settings[name] != its_settings.get(name))
    raise Fault("OUT_FOREIGN", f"{what} is of another training: its {detail} differ{'s' if len(differ) == 1 and 'settings' not in differ else ''}.", "Give another out, or move that folder away; nothing in it was touched.")
