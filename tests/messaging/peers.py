"""Servers on the loopback that misbehave: what stands between us and a telephone does all of this some night."""

import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[dict[str, Any]], object]


class HttpPeer:
    """Answers every POST the way `mode` says; `reply` makes the body of a good answer from the request's."""

    def __init__(self, reply: Reply) -> None:
        self.mode, self.reply = "good", reply
        self.got: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.over = threading.Event()
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                peer.got.append(body)
                peer.paths.append(self.path)
                peer.answer(self, body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def answer(self, to: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        status, text, headers = 200, json.dumps(self.reply(body)), {}
        if self.mode.isdigit():
            status, text = int(self.mode), "{}"
            headers = {"Retry-After": "7"} if status == 429 else {}
        elif self.mode == "slow":
            self.over.wait(10)
            return
        elif self.mode == "portal":
            text = "<html>请登录</html>"
        elif self.mode == "elsewhere":
            status, headers = 302, {"Location": f"{self.url}/stolen"}
        data = text.encode()
        to.send_response(status)
        for name, value in headers.items():
            to.send_header(name, value)
        to.send_header("Content-Length", str(len(data) + (1_000 if self.mode == "cut" else 0)))
        to.end_headers()
        to.wfile.write(data)
        if self.mode == "cut":
            to.wfile.flush()
            to.connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


class _Mail(socketserver.StreamRequestHandler):
    """Enough of SMTP for one client; `server.answers` replaces the answer to a word (DATA's end is ".")."""

    def handle(self) -> None:
        answers: dict[str, str] = self.server.answers  # type: ignore[attr-defined]  # set by mail_peer
        if not self._say(answers.get("hello", "220 mail.test")):
            return
        in_data = False
        for line in self.rfile:
            word = line.decode("utf-8", "replace").strip()
            if in_data and word != ".":
                continue
            name = "." if in_data else word[:4].upper()
            in_data = name == "DATA"
            usual = {"DATA": "354 go on", "QUIT": "221 bye"}.get(name, "250 ok")
            if not self._say(answers.get(name, usual)) or name == "QUIT":
                return

    def _say(self, words: str) -> bool:
        if words == "slow":
            self.server.over.wait(10)  # type: ignore[attr-defined]
        if words in ("cut", "slow"):
            return False
        self.wfile.write(f"{words}\r\n".encode())
        return True


@contextmanager
def mail_peer(**answers: str) -> Iterator[str]:
    """A mail server; gives its address. `end` stands for the end of DATA."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mail) as server:
        server.daemon_threads = True
        told = {"." if name == "end" else name: words for name, words in answers.items()}
        server.answers, server.over = told, threading.Event()  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}"
        server.over.set()  # type: ignore[attr-defined]
        server.shutdown()
