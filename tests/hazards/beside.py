"""Somebody else who acts at the same instant."""

import threading
from collections.abc import Callable

from django.db import connection

PATIENCE = 20  # seconds


class Beside(threading.Thread):
    """An act over a connection of its own, while the test holds what it needs in an open transaction."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self.act, self.began, self.pid = act, threading.Event(), 0
        self.error: Exception | None = None

    def run(self) -> None:
        """Says whose connection it is, and acts."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                [self.pid] = cursor.fetchone()
            self.began.set()
            self.act()
        except Exception as error:
            self.error = error
        finally:
            self.began.set()
            connection.close()

    def begins_and_waits(self) -> None:
        """Returns once the act waits for a lock."""
        self.start()
        assert self.began.wait(timeout=PATIENCE)
        for _ in range(PATIENCE * 50):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_blocking_pids(%s) <> '{}'", [self.pid])
                [waits] = cursor.fetchone()
            if waits:
                return
            self.join(timeout=0.02)
            assert self.is_alive(), f"it waited for nothing: {self.error}"
        raise AssertionError("it neither waits nor ends")

    def ends(self) -> None:
        """Returns once the act is done; raises what it raised."""
        self.join(timeout=PATIENCE)
        assert not self.is_alive()
        if self.error is not None:
            raise self.error
