"""The door: pages, files and the socket, for whoever bears the token and comes from this page. Floor 8; starlette."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from relsim.explore.live import Hub, Talk
from relsim.page.document import plotly, resource, script

ENTER = "/enter"


class Guard:
    """Lets through what bears the cookie, names this host, and comes from no other page.

    Parameters
    ----------
    token : of the hand-over; whoever brings it to ``/enter`` is given the cookie
    port : of this server, on 127.0.0.1
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self.app, self.token, self.port = app, token, port
        self.host, self.cookie = f"127.0.0.1:{port}", f"relsim-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        reason = self._refused(scope)
        if reason is None:
            await self.app(scope, receive, self._sealed(scope, send))
        elif scope["type"] == "http":
            await Response(f"{reason}\n", 403, media_type="text/plain")(scope, receive, self._sealed(scope, send))
        else:
            await WebSocket(scope, receive, send).send_denial_response(Response(f"{reason}\n", 403))

    def _refused(self, scope: Scope) -> str | None:
        """Why a request is refused."""
        headers = [(key.decode("latin-1"), value.decode("latin-1")) for key, value in scope["headers"]]
        if [value for key, value in headers if key == "host"] != [self.host]:
            return "another host was named"
        origins = [value for key, value in headers if key == "origin"]
        if any(origin != f"http://{self.host}" for origin in origins):
            return "another page asks"
        if scope["type"] == "websocket" and not origins:
            return "no page asks"
        if scope["path"] == ENTER:
            given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
            return None if len(given) == 1 and self._is_token(given[0]) else "no token"
        cookies = [part.strip() for key, value in headers if key == "cookie" for part in value.split(";")]
        held = [part.partition("=")[2] for part in cookies if part.partition("=")[0] == self.cookie]
        return None if len(held) == 1 and self._is_token(held[0]) else "no token"

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())

    def _sealed(self, scope: Scope, send: Send) -> Send:
        """Headers of every answer."""
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data: blob:; "
            f"connect-src ws://{self.host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        seal = {
            "content-security-policy": policy,
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "cross-origin-resource-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "cache-control": "no-store",
        }

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *((k.encode(), v.encode()) for k, v in seal.items())]
                if scope["path"] == ENTER and message["status"] == 200:
                    cookie = f"{self.cookie}={self.token}; HttpOnly; SameSite=Strict; Path=/"
                    message["headers"].append((b"set-cookie", cookie.encode()))
            await send(message)

        return sealed


def app_of(hub: Hub, token: str, port: int, most: int) -> ASGIApp:
    """The application.

    Parameters
    ----------
    most : pages at a time; the next are told 503
    """
    texts = {
        "/": (resource("explore.html"), "text/html"),
        "/page.css": (resource("page.css"), "text/css"),
        "/page.js": (script("controls", "explore"), "text/javascript"),
        "/plotly.js": (plotly(), "text/javascript"),
    }

    async def file(request: Request) -> Response:
        text, kind = texts[request.url.path]
        return Response(text, media_type=f"{kind}; charset=utf-8")

    async def enter(request: Request) -> Response:
        # A page of this host leads on: a cookie that is SameSite=Strict is not sent along a way that began elsewhere.
        return HTMLResponse('<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=/">')

    async def live(socket: WebSocket) -> None:
        if len(hub.talks) >= most:
            await socket.send_denial_response(Response("too many pages\n", 503))
            return
        await socket.accept()
        with suppress(WebSocketDisconnect, RuntimeError):  # the page has left
            await Talk(hub, socket.send_text).hold(_texts(socket))

    routes = [Route(path, file) for path in texts]
    app = Starlette(routes=[*routes, Route(ENTER, enter), WebSocketRoute("/live", live)])
    return Guard(app, token, port)


async def _texts(socket: WebSocket) -> AsyncIterator[str]:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        yield message.get("text") or ""
