"""The streams of one row block, read through windows of a fixed size."""

from __future__ import annotations

import numpy as np

from dsgns.cooccurrence.kernels_merge import MARGIN, Windows
from dsgns.cooccurrence.spill import Segment
from dsgns.errors import CorruptBlockError
from dsgns.store import Output


class StreamWindows:
    """Feeds :func:`~dsgns.cooccurrence.kernels_merge.merge_rows`; all windows are dry at first.

    Parameters
    ----------
    output
        Where the spill files are.
    segments
        The streams.
    size
        Bytes of each that are in memory at a time.
    """

    def __init__(self, output: Output, segments: list[Segment], size: int) -> None:
        self._output, self._segments = output, segments
        self._next = [segment.start for segment in segments]
        streams = len(segments)
        self.windows = Windows(
            np.zeros((streams, size + 2 * MARGIN), np.uint8),
            np.zeros(streams, np.int64),
            np.zeros(streams, np.int64),
            np.full(streams, -1, np.int64),
        )

    def refill(self, stream: int) -> None:
        """Move what is left of a window to its front and read on behind it.

        The end of a stream is followed by zeros, so that its last cell is decoded like any other.

        Raises
        ------
        CorruptBlockError
            If there is nothing more to read: the stream ends before its last row.
        """
        segment, start = self._segments[stream], self._next[stream]
        window, at, stop = self.windows.bytes[stream], self.windows.at[stream], self.windows.stop[stream]
        if start > segment.stop:
            raise self.damaged(stream)
        left = int(stop - at)
        window[:left] = window[at:stop]
        filled = min(left + segment.stop - start, len(window) - MARGIN)
        self._output.read_bytes_into(segment.spill, start, window[left:filled])
        self._next[stream] = start + filled - left
        if self._next[stream] == segment.stop:
            window[filled : filled + MARGIN] = 0
            filled += MARGIN
            self._next[stream] += 1
        self.windows.at[stream], self.windows.stop[stream] = 0, filled

    def require_exhausted(self) -> None:
        """Every stream has to end with its last row.

        Raises
        ------
        CorruptBlockError
            If one does not.
        """
        for stream, segment in enumerate(self._segments):
            left = self.windows.stop[stream] - self.windows.at[stream]
            if self._next[stream] != segment.stop + 1 or left != MARGIN:
                raise self.damaged(stream)

    def damaged(self, stream: int) -> CorruptBlockError:
        """The error that names a stream."""
        segment = self._segments[stream]
        return CorruptBlockError(
            f"{self._output.path(segment.spill) or segment.spill}: bytes {segment.start} to {segment.stop} hold no "
            "counts. Run the same command again: the file is made anew."
        )
