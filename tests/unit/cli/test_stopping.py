"""A stop that is asked for twice, on a terminal: at once, in a line, and with the cursor given back."""

from __future__ import annotations

import os
import pty
import signal
import sys

import pytest

STUCK = """
import signal, sys, threading
from dsgns.cli.listeners import listening
from dsgns.cli.stopping import Stopped, stoppable
from dsgns.engine import Event

def close():
    {closing}

try:
    with stoppable(), listening(quiet=False) as listener:
        try:
            listener(Event("begin", "svd: pack", 0, 4))
            {working}
        finally:
            close()
except Stopped as stop:
    stop.show()
    sys.exit(stop.exit_code)
"""
HELD = """signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            print("ready", flush=True); threading.Event().wait(60)"""
OPEN = 'print("ready", flush=True); threading.Event().wait(60)'
COLLECTED = """def _gc_callback(*about):
                gc.callbacks.clear(); print("ready", flush=True); time.sleep(60)
            import gc, time; gc.callbacks[:] = [_gc_callback]; gc.collect(); time.sleep(60)"""
PATIENT = 'print("closing", flush=True); threading.Event().wait(60)'


class Terminal:
    """A process on a terminal of its own."""

    def __init__(self, script: str) -> None:
        self.pid, self._terminal = pty.fork()
        if not self.pid:
            os.execv(sys.executable, [sys.executable, "-c", script])
        self.sent = b""

    def wait_for(self, text: bytes) -> None:
        """Read until the process has written a text."""
        while text not in self.sent:
            self.sent += os.read(self._terminal, 4096)

    def press(self) -> None:
        """Type Ctrl-C."""
        os.write(self._terminal, b"\x03")

    def end(self) -> int:
        """Wait for the end; the exit code."""
        try:
            while more := os.read(self._terminal, 4096):
                self.sent += more
        except OSError:  # how Linux says that nobody holds the other side
            pass
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    @property
    def hidden(self) -> bool:
        """Whether the cursor was left hidden."""
        return self.sent.rfind(b"\x1b[?25l") > self.sent.rfind(b"\x1b[?25h")


@pytest.mark.parametrize(("working", "moment"), [(OPEN, b"closing"), (HELD, b"stops at once")])
def test_a_second_ctrl_c_stops_at_once(working: str, moment: bytes) -> None:
    terminal = Terminal(STUCK.format(working=working, closing=PATIENT))
    terminal.wait_for(b"ready")
    terminal.wait_for(b"svd: pack")
    terminal.press()
    terminal.wait_for(moment)
    terminal.wait_for(b"Ctrl-C again stops at once.\r\n")
    assert not terminal.hidden, "the first one gives the cursor back already"
    terminal.press()
    assert terminal.end() == 130
    assert terminal.sent.endswith(b"Stopped. The same command goes on from here.\r\n")
    assert b"Traceback" not in terminal.sent
    assert not terminal.hidden


def test_a_second_sigterm_stops_at_once() -> None:
    terminal = Terminal(STUCK.format(working=OPEN, closing=PATIENT))
    terminal.wait_for(b"ready")
    os.kill(terminal.pid, signal.SIGTERM)
    terminal.wait_for(b"another SIGTERM stops at once.\r\n")
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.end() == 143
    assert terminal.sent.endswith(b"Stopped. The same command goes on from here.\r\n")


@pytest.mark.parametrize(
    "working",
    [
        HELD.replace("wait(60)", "wait(0.5)") + "; signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})",
        COLLECTED.replace("sleep(60)", "sleep(1)", 1).replace("sleep(60)", "sleep(20)"),
    ],
    ids=["held back", "while garbage is collected"],
)
def test_a_signal_that_cannot_be_taken_up_at_once_is_neither_lost_nor_taken_for_two(working: str) -> None:
    terminal = Terminal(STUCK.format(working=working, closing='print("closed", flush=True)'))
    terminal.wait_for(b"ready")
    terminal.press()
    assert terminal.end() == 130
    assert terminal.sent.endswith(b"closed\r\nStopped. The same command goes on from here.\r\n")
    assert b"ignored" not in terminal.sent


def test_an_error_on_the_way_out_is_a_stop() -> None:
    terminal = Terminal(STUCK.format(working=OPEN, closing="raise OSError('connection lost')"))
    terminal.wait_for(b"ready")
    terminal.press()
    assert terminal.end() == 130
    assert terminal.sent.endswith(b"Stopped. The same command goes on from here.\r\n")
    assert b"Traceback" not in terminal.sent
