"""Where and how tasks run. The only package that knows Dask."""

from distributed import Client

from dsgns.engine.cluster import has_active_client, local_workers
from dsgns.engine.engine import Engine, open_engine
from dsgns.engine.events import Event, Listener, silent
from dsgns.engine.job import Job
from dsgns.engine.workers import Workers, allowed_bytes, needed_limit

__all__ = [
    "Client",
    "Engine",
    "Event",
    "Job",
    "Listener",
    "Workers",
    "allowed_bytes",
    "has_active_client",
    "local_workers",
    "needed_limit",
    "open_engine",
    "silent",
]
