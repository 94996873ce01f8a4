"""Run the weather service: `python -m simulators.weather --port 8026`."""

import argparse
import sys

from aiohttp import web

from .service import Service
from .web import application


def main(arguments: list[str] | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    options = argparse.ArgumentParser(prog="python -m simulators.weather", description=__doc__)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8026)
    options.add_argument("--area", default="410400000000", help="official code of the area that warnings are for")
    given = options.parse_args(arguments)
    print(f"Weather service: http://{given.host}:{given.port}/", flush=True)
    try:
        web.run_app(
            application(Service(area=given.area)),
            host=given.host,
            port=given.port,
            access_log=None,
            print=None,
            shutdown_timeout=2.0,
        )
    except OSError as error:
        sys.exit(f"Cannot listen at {given.host}:{given.port}: {error.strerror}. Choose another --port.")


if __name__ == "__main__":
    main()
