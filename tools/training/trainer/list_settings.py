from __future__ import annotations

import json

from .fault import Fault
from .settings import config_names, read_config, settings_of


def list_settings(task: str) -> str:
    """Every setting of a task with its values in the configurations that have the task."""
    having = {}
    for name in config_names():
        try:
            having[name] = read_config(task, name)
        except Fault:
            continue  # a configuration without this task
    lines = [f"Settings of {task}: {', '.join(having)}", ""]
    for name, setting in settings_of(task).items():
        values = ", ".join(json.dumps(values.get(name)) for values in having.values())
        lines += [f"{name:<22} {values}", f"{'':<22} {setting.what} ({setting.wanted()})"]
    return "\n".join(lines)
