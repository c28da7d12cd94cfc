"""Who is let in, and who is not: no token, a foreign Host or Origin, ways outside, messages that are none, crowds."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from served import SCENARIO, Served, mode, serving

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
websockets = pytest.importorskip("websockets")

from websockets.exceptions import ConnectionClosed, InvalidStatus  # noqa: E402
from websockets.sync.client import ClientConnection, connect  # noqa: E402


def asked(it: Served, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request; ``host`` and ``cookie`` as of the page unless given."""
    known = {"host": f"127.0.0.1:{it.port}", "cookie": it.cookie, **headers}
    connection = http.client.HTTPConnection("127.0.0.1", it.port, timeout=20)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for key, value in known.items():
        if value:
            connection.putheader(key, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {key.lower(): value for key, value in answer.getheaders()}, body


def talk(it: Served, **headers: str) -> ClientConnection:
    known = {"Cookie": it.cookie, **headers}
    origin: Any = known.pop("Origin", f"http://127.0.0.1:{it.port}")
    return connect(
        f"ws://127.0.0.1:{it.port}/live",
        origin=origin or None,
        additional_headers=known,
        max_size=None,
        open_timeout=20,
    )


def heard(page: ClientConnection, *kinds: str) -> dict[str, Any]:
    """The next message of one of these kinds."""
    while True:
        message = json.loads(page.recv(timeout=60))
        if message["kind"] in kinds:
            return dict(message)


def test_the_page_is_given_to_its_browser_alone(served: Served) -> None:
    status, headers, body = asked(served)
    assert status == 200
    assert b"/page.js" in body
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    for path in ("/page.css", "/page.js", "/plotly.js"):
        assert asked(served, path)[0] == 200


def test_the_file_that_hands_the_token_over_is_its_owners_alone(served: Served) -> None:
    assert mode(served.handing) == 0o600
    status, headers, _ = asked(served, f"/enter?token={served.token}", cookie="")
    assert status == 200
    cookie = headers["set-cookie"]
    assert cookie.startswith(f"{served.cookie};")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


@pytest.mark.parametrize(
    "path", ["/", "/page.js", "/plotly.js", "/live", "/enter", "/enter?token=", "/enter?token=x", "/nothing"]
)
def test_without_the_token_nothing_is_given(served: Served, path: str) -> None:
    status, headers, body = asked(served, path, cookie="")
    assert status == 403
    assert "set-cookie" not in headers
    assert served.token.encode() not in body
    assert asked(served, path, cookie=f"relsim-{served.port}=x")[0] == 403
    assert asked(served, path, cookie=f"{served.cookie}; {served.cookie}x")[0] == 403 if path != "/enter" else True


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:80"])
def test_another_host_is_refused(served: Served, host: str) -> None:
    """A name that was led to this address (DNS rebinding) is no name of ours."""
    assert asked(served, "/", host=host)[0] == 403
    assert asked(served, f"/enter?token={served.token}", host=host, cookie="")[0] == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1", "file://"]
)
def test_another_page_is_refused(served: Served, origin: str) -> None:
    assert asked(served, "/", origin=origin)[0] == 403
    with pytest.raises(InvalidStatus) as refused:
        talk(served, Origin=origin)
    assert refused.value.response.status_code == 403


def test_the_socket_is_refused_as_pages_are(served: Served) -> None:
    for headers in ({"Cookie": "x=y"}, {"Origin": ""}, {"Cookie": f"relsim-{served.port}=wrong"}):
        with pytest.raises(InvalidStatus) as refused:
            talk(served, **headers)
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/../s.yaml",
        "/..%2fs.yaml",
        "/%2e%2e/s.yaml",
        "/s.yaml",
        "//etc/passwd",
        "/page.js/../../s.yaml",
        "/page.css%00",
        "/live/..",
    ],
)
def test_ways_outside_lead_nowhere(served: Served, path: str) -> None:
    status, _, body = asked(served, path)
    assert status in (400, 404)
    assert b"relsim: 1" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_pages_are_read_only(served: Served, method: str) -> None:
    assert asked(served, "/", method)[0] == 405


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "[]", "{}", "null", '{"id": "1"}', '{"id": 1, "ask": "rm"}', '{"id": 1, "ask": "answer", "moves": 3}',
        '{"id": 1, "ask": "answer", "moves": {"numbers": {"events/sanctions/rate": 3}}}',
        '{"id": 1, "ask": "answer", "moves": {"numbers": {"../s": "3"}}}',
        '{"id": 1, "ask": "keep", "kind": "weights", "name": "../x", "moves": {"entries": {"summit": "not"}}}',
        '{"id": 1, "ask": "keep", "kind": "shell", "name": "x", "moves": {"entries": {"summit": "not"}}}',
        "[" * 30_000,
    ],
)  # fmt: skip
def test_messages_that_are_none_are_told_so_and_the_talk_goes_on(served: Served, text: str, scenario: Path) -> None:
    before = sorted(scenario.parent.iterdir())
    with talk(served) as page:
        heard(page, "start")
        page.send(text)
        assert heard(page, "failed", "refused")["problems"]
        page.send(json.dumps({"id": 7, "ask": "answer", "moves": {"entries": {"summit": "not"}}}))
        assert heard(page, "answer")["id"] == 7
    assert sorted(scenario.parent.iterdir()) == before


def test_a_message_of_more_than_64_kib_ends_the_talk_and_nothing_else(served: Served) -> None:
    with talk(served) as page:
        heard(page, "start")
        page.send(json.dumps({"id": 1, "ask": "answer", "moves": {"numbers": {"x": "y" * 65_536}}}))
        with pytest.raises(ConnectionClosed) as ended:
            heard(page, "answer", "failed", "refused")
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == 1009
    assert asked(served)[0] == 200


def test_a_newer_move_takes_an_olders_place(served: Served) -> None:
    with talk(served) as page:
        heard(page, "start")
        for number in range(1, 30):
            moves = {"numbers": {"events/sanctions/rate": f"{number} per year"}}
            page.send(json.dumps({"id": number, "ask": "answer", "moves": moves}))
        answered = []
        while 29 not in answered:
            answered.append(heard(page, "answer")["id"])
        assert answered == sorted(answered)
        assert len(answered) < 15


def crowded(it: Served) -> list[int]:
    """Status of each of forty pages opened one after another, and of a request beside them."""
    statuses = []
    with ExitStack() as pages:
        for _ in range(40):
            try:
                pages.enter_context(talk(it))
                statuses.append(101)
            except InvalidStatus as error:
                statuses.append(error.response.status_code)
        return [*statuses, asked(it)[0]]


def test_the_thirty_third_page_is_told_503(served: Served) -> None:
    expected = [101] * 32 + [503] * 9
    until = time.monotonic() + 20
    while (found := crowded(served)) != expected and time.monotonic() < until:  # pages of before may still be leaving
        time.sleep(0.5)
    assert found == expected


def test_two_hundred_connections_leave_it_alive(served: Served) -> None:
    crowd = [socket.create_connection(("127.0.0.1", served.port), timeout=20) for _ in range(200)]
    try:
        for one in crowd:
            one.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nCookie: {served.cookie}\r\n\r\n".encode())
        statuses = [one.recv(64).split(b" ")[1] for one in crowd]
        assert set(statuses) <= {b"200", b"503"}
        assert statuses.count(b"503") >= 160
    finally:
        for one in crowd:
            one.close()
    until = time.monotonic() + 20
    while asked(served)[0] == 503 and time.monotonic() < until:
        time.sleep(0.1)
    assert asked(served)[0] == 200


def test_it_binds_to_this_machine_alone(served: Served) -> None:
    with socket.socket() as other:
        other.settimeout(2)
        here = socket.gethostbyname(socket.gethostname())
        if here.startswith("127."):
            pytest.skip("this machine has no other address")
        assert other.connect_ex((here, served.port)) != 0


def test_ctrl_c_ends_it_with_130_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    with serving(tmp_path, paths=50_000) as it:
        with talk(it) as page:
            heard(page, "start")
            page.send(json.dumps({"id": 1, "ask": "answer", "moves": {"entries": {"summit": "not"}}}))
            it.process.send_signal(signal.SIGINT)
            assert it.process.wait(20) == 130
        assert it.process.stderr is not None
        assert "Traceback" not in it.process.stderr.read()
        assert not it.handing.exists()
        assert not it.handing.parent.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--paths", "50001"), "50000"),
        (("--moves", "nonsense"), "Copy moves"),
        (("--moves", "entry=nobody=not"), "nobody"),
        (("--port", "99999"), "65535"),
    ],
)
def test_what_cannot_be_served_ends_with_2(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    from click.testing import CliRunner

    from relsim.cli import main

    file = tmp_path / "s.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    ran = CliRunner().invoke(main, ["explore", str(file), "--no-browser", "--paths", "128", *options])
    assert ran.exit_code == 2
    assert said in ran.stderr


def test_without_the_extra_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from relsim.cli import main

    monkeypatch.setattr("relsim.explore.serving.find_spec", lambda name: None if name == "starlette" else object())
    ran = CliRunner().invoke(main, ["explore", "s.yaml"])
    assert ran.exit_code == 2
    assert ran.stderr == "explore needs starlette: pip install 'relsim[explore]'\n"
