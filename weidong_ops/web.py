"""`python -m weidong_ops.web [--host 127.0.0.1] [--port 8000] [--processes 2]`: the web, one process for each core.

What `uvicorn --workers` does, but for the socket: uvicorn binds one whose answers wait for more to send, so that the
second half of each answer on a connection that is kept lies 40 ms (Nagle's algorithm against the client's delayed
acknowledgement; github.com/Kludex/uvicorn/issues/3149).
"""

import argparse
import socket

from uvicorn import Config
from uvicorn.supervisors import Multiprocess

APPLICATION = "weidong_ops.asgi:application"
LAST_ANSWERS = 3  # seconds that requests under way have when the web is told to stop


def bound(config: Config) -> socket.socket:
    """The listening socket of a configuration; each connection that it accepts sends what is written at once."""
    door = config.bind_socket()
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # inherited by what it accepts
    return door


def main() -> None:
    """Listens until told to stop; a process that dies is started again."""
    given = argparse.ArgumentParser(prog="python -m weidong_ops.web")
    given.add_argument("--host", default="127.0.0.1")
    given.add_argument("--port", type=int, default=8000)
    given.add_argument("--processes", type=int, default=2)
    said = given.parse_args()
    config = Config(
        APPLICATION,
        host=said.host,
        port=said.port,
        workers=said.processes,
        access_log=False,
        timeout_graceful_shutdown=LAST_ANSWERS,
    )
    Multiprocess(config, sockets=[bound(config)]).run()


if __name__ == "__main__":
    main()
