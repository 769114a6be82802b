"""What the tests share that feed code with anything: how much, how long."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

# how many examples of each, on every change and once a week
OFTEN = [5, pytest.param(200, marks=pytest.mark.weekly)]


class HangError(Exception):
    """Something takes longer than any answer to a small question may."""


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Raise HangError after some seconds of processor, where there is a clock.

    On a busy machine a second of the wall's clock says nothing.
    """

    def ring(*_: object) -> None:
        raise HangError(f"no answer within {seconds} seconds")

    if not hasattr(signal, "SIGPROF"):  # on Windows
        yield
        return
    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
