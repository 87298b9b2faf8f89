"""A real OAuth 2 token server for the tests, on loopback: RFC 6749 and RFC 7636 to the letter."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs


class TokenServer(ThreadingHTTPServer):
    """Gives tokens for codes and refresh tokens it knows; `status` breaks it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.codes: dict[str, str] = {}
        self.refresh_tokens: set[str] = set()
        self.given = 0
        self.status = 200
        self.asked: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/token"

    def grant(self, fields: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Answer one request for tokens; a refresh token is good once."""
        self.asked.append(fields)
        if self.status != 200:
            return self.status, {"error": "temporarily_unavailable"}
        if fields["grant_type"] == "authorization_code":
            verifier = fields.get("code_verifier", "").encode()
            challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=")
            is_good = self.codes.pop(fields["code"], None) == challenge.decode()
        else:
            is_good = fields["refresh_token"] in self.refresh_tokens
            self.refresh_tokens.discard(fields["refresh_token"])
        if not is_good:
            return 400, {"error": "invalid_grant", "error_description": "The grant was revoked."}
        self.given += 1
        self.refresh_tokens.add(f"refresh-{self.given}")
        return 200, {
            "access_token": f"access-{self.given}",
            "refresh_token": f"refresh-{self.given}",
            "expires_in": 3600,
            "token_type": "Bearer",
        }


class Answer(BaseHTTPRequestHandler):
    server: TokenServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = {name: values[0] for name, values in parse_qs(body).items()}
        status, answer = self.server.grant(fields)
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        """Keep the test's output its own."""


@contextmanager
def running_token_server() -> Iterator[TokenServer]:
    server = TokenServer()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
