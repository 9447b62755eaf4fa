"""The same call on a cluster: pass a Dask client, and a workspace that all workers see.

Here the cluster is two processes of this machine; elsewhere it is Client("tls://10.0.0.1:8786", security=...), or what
dask-jobqueue, Kubernetes or deploy/ brought up. Then the workspace is a shared folder or an object store, such as
"s3://bucket/wiki.dsgns". What comes out is the same to the bit as on one worker, however memory and work are shared.

    python examples/cluster.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from distributed import Client, LocalCluster
from stdlib_corpus import write_reference

import dsgns


def main(folder: Path) -> None:
    """Train on a cluster and without, and compare."""
    text = write_reference(folder / "reference.txt")
    options = {"method": "svd", "tokenizer": "words", "vector_size": 50, "min_count": 3}
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, memory_limit="2GiB", dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        print(f"{len(client.scheduler_info()['workers'])} workers at {client.scheduler.address}")
        done = dsgns.train(text, folder / "cluster.dsgns", client=client, shard_size="64 KiB", **options)
        # Any stage goes the same way: dsgns.factorize(folder / "cluster.dsgns", shift=5, client=client)

    alone = dsgns.train(text, folder / "laptop.dsgns", workers=1, **options)
    here, there = alone.vectors("svd"), done.vectors("svd")
    same = np.array_equal(here.vectors, there.vectors) and here.index_to_key == there.index_to_key
    print(f"On one worker, in other shards: {'the same bits' if same else 'something else'}")


# Worker processes import this file; without this line each would begin a training of its own.
if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
