"""An OpenID provider on loopback: discovery, authorisation code with PKCE, token, user info, keys.

It knows one client and one person, `claims`, and checks what a strict provider checks.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "steerco-client", "kept between the two"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(ThreadingHTTPServer):
    """The provider: who signs in, and what it was asked."""

    def __init__(self, redirect_uri: str) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}/tenant/v2.0"
        self.redirect_uri = redirect_uri
        self.claims: dict[str, Any] = {"sub": "s-1", "email": "ann@example.org", "name": "Ann Hill"}
        self.codes: dict[str, dict[str, str]] = {}
        self.refused: list[str] = []

    def discovery(self) -> dict[str, Any]:
        """The document that everything else is found by."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }


class Answers(BaseHTTPRequestHandler):
    """One request."""

    server: Provider

    def log_message(self, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, urlsplit(self.path).query
        match path.removeprefix("/tenant/v2.0"):
            case "/.well-known/openid-configuration":
                self._json(self.server.discovery())
            case "/keys":
                public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
                self._json({"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]})
            case "/userinfo":
                well = self.headers["Authorization"] == "Bearer access-1"
                self._json(self.server.claims if well else {"error": "invalid_token"}, 200 if well else 401)
            case "/authorize":
                self._authorize({name: values[0] for name, values in parse_qs(query).items()})
            case _:
                self.send_error(404)

    def _authorize(self, asked: dict[str, str]) -> None:
        wrong = [
            name
            for name, value in {
                "client_id": CLIENT,
                "redirect_uri": self.server.redirect_uri,
                "response_type": "code",
                "code_challenge_method": "S256",
            }.items()
            if asked.get(name) != value
        ]
        if wrong or not {"openid", "email"} <= set(asked.get("scope", "").split()):
            self.server.refused += wrong
            self.send_error(400)
            return
        code = f"code-{len(self.server.codes)}"
        self.server.codes[code] = asked
        self.send_response(302)
        self.send_header(
            "Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
        )
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.server.codes.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        well = (
            asked is not None
            and asked["code_challenge"] == challenge
            and (given.get("client_id"), given.get("client_secret")) == (CLIENT, SECRET)
        )
        if not well:
            self.server.refused.append("token")
            self._json({"error": "invalid_grant"}, 400)
            return
        identity = {"iss": self.server.issuer, "aud": CLIENT, "iat": int(time()), "exp": int(time()) + 300}
        token = jwt.encode({**identity, **self.server.claims}, KEY, algorithm="RS256", headers={"kid": "k1"})
        self._json({"access_token": "access-1", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    def _json(self, data: Any, status: int = 200) -> None:
        content = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def provider(redirect_uri: str) -> Iterator[Provider]:
    """A provider for the length of the block; it sends people back to `redirect_uri` only."""
    running = Provider(redirect_uri)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    try:
        yield running
    finally:
        running.shutdown()
        thread.join()
        running.server_close()
