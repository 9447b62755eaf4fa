"""Everything that is kept: workspaces, outputs, blocks. The only package that knows zarr's format."""

from dsgns.store.csr import CSRBlock, read_csr, write_csr
from dsgns.store.keys import key_of
from dsgns.store.manifest import Manifest
from dsgns.store.output import Output
from dsgns.store.syncing import Syncing
from dsgns.store.workspace import Workspace

__all__ = ["CSRBlock", "Manifest", "Output", "Syncing", "Workspace", "key_of", "read_csr", "write_csr"]
