"""Where and how tasks run. The only package that knows Dask."""

from distributed import Client

from dsgns.engine.cluster import LEAST_LIMIT, local_workers, require_room, starts_workers
from dsgns.engine.engine import Engine, open_engine
from dsgns.engine.events import Event, Listener, Rounds, StepFigures, silent
from dsgns.engine.job import Job
from dsgns.engine.moments import Answer, Callback, Keep, Keeping, Moment, Stop, Verdict, Watch
from dsgns.engine.script import require_importable_script
from dsgns.engine.spending import Spent
from dsgns.engine.workers import SHARE, Workers, allowed_bytes, needed_limit

__all__ = [
    "LEAST_LIMIT",
    "SHARE",
    "Answer",
    "Callback",
    "Client",
    "Engine",
    "Event",
    "Job",
    "Keep",
    "Keeping",
    "Listener",
    "Moment",
    "Rounds",
    "Spent",
    "StepFigures",
    "Stop",
    "Verdict",
    "Watch",
    "Workers",
    "allowed_bytes",
    "local_workers",
    "needed_limit",
    "open_engine",
    "require_importable_script",
    "require_room",
    "silent",
    "starts_workers",
]
