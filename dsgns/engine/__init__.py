"""Where and how tasks run. The only package that knows Dask."""

from distributed import Client

from dsgns.engine.engine import Engine, open_engine
from dsgns.engine.events import Event, Listener, silent
from dsgns.engine.job import Job

__all__ = ["Client", "Engine", "Event", "Job", "Listener", "open_engine", "silent"]
