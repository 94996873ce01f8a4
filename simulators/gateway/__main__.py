"""Run the gateway: `python -m simulators.gateway --port 8025 --webhook-url http://127.0.0.1:8000/hooks`."""

import argparse
import logging
import os
import sys
from dataclasses import fields
from urllib.parse import urlsplit

from aiohttp import web

from .behaviour import PACES, Behaviour
from .contract import Refusal
from .exchange import NAME
from .service import Identity
from .web import application

SHUTDOWN_SECONDS = 2.0


def parser() -> argparse.ArgumentParser:
    """Describe the command line; every number of `Behaviour` is an option of the same name."""
    options = argparse.ArgumentParser(prog="python -m simulators.gateway", description=__doc__)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8025)
    options.add_argument("--webhook-url", required=True, help="where receipts/<name>/ and replies/<name>/ are posted")
    options.add_argument("--name", default="sms", help="this gateway's name in those addresses (default: sms)")
    options.add_argument("--sender", default="106900000000", help="the number that phones answer to")
    options.add_argument("--pace", choices=PACES, default="block", help="over the rate: wait, answer retry, or 429")
    options.add_argument(
        "--account", action="append", default=[], help="open a further account at /a/<account> (may be repeated)"
    )
    known = options.add_mutually_exclusive_group()
    known.add_argument("--dedupe", action="store_true", default=True, help="deliver an id once (default)")
    known.add_argument("--plain", action="store_false", dest="dedupe", help="deliver an id as often as it is sent")
    for each in fields(Behaviour):
        flag = "--" + each.name.replace("_", "-")
        if isinstance(each.default, bool):
            if each.name != "dedupe":
                options.add_argument(flag, action="store_true")
        elif isinstance(each.default, int | float):
            options.add_argument(flag, type=type(each.default), default=each.default, help=f"default {each.default}")
    return options


def secret(name: str) -> bytes:
    """Read a secret from the environment, or stop with a sentence."""
    value = os.environ.get(name, "")
    if not value:
        sys.exit(f"{name} is not set. Set it in the environment to the same value as the platform's {name}.")
    return value.encode()


def main(arguments: list[str] | None = None) -> None:
    """Start the gateway and serve until SIGTERM or Ctrl-C."""
    given = vars(parser().parse_args(arguments))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    if urlsplit(given["webhook_url"]).scheme not in ("http", "https"):
        sys.exit("--webhook-url must begin with http:// or https://.")
    for option, names in (("--name", [given["name"]]), ("--account", given["account"])):
        if not all(map(NAME.fullmatch, names)):
            sys.exit(f"{option} must be 1 to 40 letters, digits, - or _.")
    identity = Identity(
        name=given["name"],
        webhook_url=given["webhook_url"],
        sms_secret=secret("SMS_GATEWAY_SECRET"),
        webhook_secret=secret("WEBHOOK_SECRET"),
        sender=given["sender"],
    )
    names = {each.name for each in fields(Behaviour)}
    try:
        behaviour = Behaviour().changed({name: value for name, value in given.items() if name in names})
    except Refusal as refusal:
        sys.exit(refusal.sentence)
    print(f"Gateway {identity.name}: phones at http://{given['host']}:{given['port']}/", flush=True)
    try:
        web.run_app(
            application(identity, behaviour, tuple(given["account"])),
            host=given["host"],
            port=given["port"],
            access_log=None,
            print=None,
            shutdown_timeout=SHUTDOWN_SECONDS,
        )
    except OSError as error:
        sys.exit(f"Cannot listen at {given['host']}:{given['port']}: {error.strerror}. Choose another --port.")


if __name__ == "__main__":
    main()
