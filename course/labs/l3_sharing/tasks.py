"""What is looked at in lab 3; each task's checks stand in a file of their own in `checks/`."""

from pathlib import Path

from grading.tasks import Task, load_module

_FOLDER = Path(__file__).resolve().parent / "checks"


def _task(name: str) -> Task:
    module = load_module(_FOLDER / f"{name}.py", f"hilab_lab_l3_sharing_{name}")
    found: Task = getattr(module, name.upper())
    return found


TASKS = [
    _task(name)
    for name in ("cleaning", "blocking", "weighing", "threshold", "lost", "silos", "gate", "clusters")
]
