"""A small provider of identities: OpenID Connect with real signatures, in a thread of the tests."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "nvq", "a secret of the client"


class Provider(ThreadingHTTPServer):
    """Whoever comes is `claims`: said in the token, and once more when it is asked who that was (`userinfo`)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("localhost", 0), Answers)
        self.issuer = f"http://localhost:{self.server_port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signs_with = self.key
        self.claims: dict[str, Any] = {}
        self.token: dict[str, Any] = {}
        self.userinfo: dict[str, Any] | None = None
        self.codes: dict[str, dict[str, str]] = {}

    def lets_in(self, address: str) -> str:
        """What somebody's browser does there: signs in, and is sent back to the site with a code."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_hex()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def id_token(self) -> str:
        said = {"iss": self.issuer, "aud": CLIENT, "exp": time.time() + 60, **self.claims, **self.token}
        return jwt.encode(said, self.signs_with, algorithm="RS256", headers={"kid": "1"})


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        issuer = self.server.issuer
        if self.path == "/.well-known/openid-configuration":
            places = {"authorization": "/authorize", "token": "/token", "userinfo": "/userinfo"}
            found = {f"{name}_endpoint": issuer + path for name, path in places.items()}
            self.answer({"issuer": issuer, "jwks_uri": f"{issuer}/keys", **found})
        elif self.path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.server.key.public_key()))
            self.answer({"keys": [{**public, "kid": "1", "alg": "RS256"}]})
        else:
            self.answer(self.server.claims if self.server.userinfo is None else self.server.userinfo)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        asked = self.server.codes.pop(sent["code"][0], None)
        digest = hashlib.sha256(sent["code_verifier"][0].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if not asked or asked["code_challenge"] != challenge or sent["client_secret"][0] != SECRET:
            self.answer({"error": "invalid_grant"}, 400)
        else:
            self.answer({"access_token": "a", "token_type": "Bearer", "id_token": self.server.id_token()})

    def answer(self, said: dict[str, Any], status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *args: Any) -> None:
        """Nothing of it is for a test's output."""


@contextmanager
def a_provider() -> Iterator[Provider]:
    provider = Provider()
    thread = Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield provider
    provider.shutdown()
    provider.server_close()
    thread.join()
