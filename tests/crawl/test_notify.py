"""Who is told of a run, by a real webhook and a real mail server on loopback."""

import json
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scraper.crawl import notify
from scraper.crawl.notify import channels, send_test, tell
from tests.command import rolecall
from tests.crawl.test_crawl import post, sitemap
from tests.server import Asked, Reply, serve


def alarm(state: str = "new", **more: Any) -> dict[str, Any]:
    said = {"kind": "fill", "target": "greenhouse:lumo", "field": "salary", "was": 0.4, "now": 0.03, "severity": "bad"}
    return said | {"text": "salary fell: in 3 % of 60 posts <read>", "state": state, "since": None} | more


def report(*alarms: Mapping[str, Any], outcome: str = "ok", **more: Any) -> dict[str, Any]:
    """A run of one target."""
    target = {"target": "greenhouse:lumo", "line": f"greenhouse:lumo: {outcome}: 3 found", "outcome": outcome}
    target |= {"why": None, "found": 3, "read": 3, "lost": 0, "rejected": 0, "alarms": list(alarms), "cleared": []}
    times = {"started": "2026-11-21T07:00:00+00:00", "finished": "2026-11-21T07:12:04+00:00"}
    run = {"run": "20261121T070000", "version": "1", "exit": 1, "error": None, "crashed": None, "targets": [target]}
    return run | times | {"line": "run 20261121T070000: 1 of 1 target needs you"} | more


def test_a_webhook_gets_text_for_people_and_fields_for_machines() -> None:
    with serve({"/hook": Reply("ok")}) as site:
        assert tell(channels({"webhook": f"{site.url}/hook"}), report(alarm())) == []
    (asked,) = site.asked
    body = json.loads(asked.body)
    assert asked.method == "POST"
    assert "salary fell: in 3 % of 60 posts &lt;read&gt;" in body["text"], "no post can call a whole channel"
    assert body["alarms"][0]["field"] == "salary"
    assert (body["run"], body["exit"]) == ("20261121T070000", 1)


@pytest.mark.parametrize(
    ("when", "run", "told"),
    [
        ("alarm", report(), False),
        ("alarm", report(alarm("lasting"), outcome="blocked"), False),
        ("alarm", report(alarm()), True),
        ("alarm", report(crashed="an earlier run died"), True),
        ("alarm", report(error="the disk is full"), True),
        ("always", report(), True),
        ("never", report(alarm()), False),
    ],
)
def test_people_are_told_of_what_is_new(when: str, run: Mapping[str, Any], told: bool) -> None:
    with serve({"/": Reply("ok")}) as site:
        tell(channels({"webhook": site.url, "when": when}), run)
    assert bool(site.asked) is told


def test_a_webhook_that_fails_once_is_tried_again_and_one_that_refuses_is_not() -> None:
    def busy(asked: Asked) -> Reply:
        return Reply("busy", 503 if asked.count == 1 else 200)

    with serve({"/busy": busy, "/gone": Reply("no", 404)}) as site:
        assert tell(channels({"webhook": f"{site.url}/busy"}), report(alarm())) == []
        (line,) = tell(channels({"webhook": f"{site.url}/gone/T0/SECRET"}), report(alarm()))
    assert [asked.path for asked in site.asked] == ["/busy", "/busy", "/gone/T0/SECRET"]
    assert line == "not told by webhook: 127.0.0.1 answers HTTP 404 Not Found"


def test_a_webhook_that_hangs_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "DEADLINE", 0.5)
    with serve({"/": Reply("late", wait=3)}) as site:
        began = time.monotonic()
        (line,) = tell(channels({"webhook": site.url}), report(alarm()))
        assert time.monotonic() - began < 2
    assert "no answer within" in line


def test_keys_come_from_the_environment_and_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    to = channels({"webhook": "{LUMO_HOOK_URL}"})
    assert tell(to, report(alarm())) == ["not told by webhook: LUMO_HOOK_URL is not set (environment or .env)"]
    with serve({"/s3cr3t-path": Reply("no", 500)}) as site:
        monkeypatch.setenv("LUMO_HOOK_URL", f"{site.url}/s3cr3t-path")
        (line,) = tell(to, report(alarm()))
    assert len(site.asked) == 2
    assert "s3cr3t" not in line


# -- e-mail -----------------------------------------------------------------------------------------------------------


class Letters:
    """What a mail server was given."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        content = cast(bytes, envelope.content)
        self.got.append(cast(EmailMessage, message_from_bytes(content, policy=policy.default)))
        return "250 OK"


@contextmanager
def mail_server(**options: Any) -> Iterator[tuple[Letters, int]]:
    letters = Letters()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(letters, hostname="127.0.0.1", port=port, **options)
    server.start()
    try:
        yield letters, port
    finally:
        server.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of 127.0.0.1 in one file."""
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(secret.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    signed = made.sign(secret, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    path = tmp_path_factory.mktemp("tls") / "loopback.pem"
    path.write_bytes(secret.private_bytes(*form) + signed)
    return path


def served_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_e_mail_is_sent() -> None:
    with mail_server() as (letters, port):
        table = {"email": ["ops@lumo.example", "night@lumo.example"], "smtp": f"smtp://127.0.0.1:{port}"}
        long = report(alarm(), line="run x: needs you\nSubject: forged")
        assert tell(channels(table | {"sender": "crawl@lumo.example"}), long) == []
    (letter,) = letters.got
    assert letter["To"] == "ops@lumo.example, night@lumo.example"
    assert letter["From"] == "crawl@lumo.example"
    assert letter["Subject"] == "run x: needs you Subject: forged"
    assert "salary fell" in letter.get_content()


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_password_goes_over_tls_that_was_checked(
    scheme: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        asked.append((data.login, data.password))
        return AuthResult(success=True)

    options: dict[str, Any] = {"authenticator": login, "auth_required": True}
    if scheme == "smtp":
        options |= {"tls_context": served_tls(certificate), "require_starttls": True}
    else:
        options |= {"ssl_context": served_tls(certificate), "auth_require_tls": False}
    monkeypatch.setenv("LUMO_MAIL_PASSWORD", "p@ss/word")
    monkeypatch.setenv("LUMO_MAIL_QUOTED", "p%40ss%2Fword")
    if scheme == "smtps":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # aiosmtpd asks itself for a greeting, over this TLS
    with mail_server(**options) as (letters, port):
        to = channels({"email": "ops@lumo.example", "smtp": f"{scheme}://me:{{LUMO_MAIL_QUOTED}}@127.0.0.1:{port}"})
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        (line,) = tell(to, report(alarm()))
        assert "certificate verify failed" in line
        assert not asked
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert tell(to, report(alarm())) == []
    assert asked == [(b"me", b"p@ss/word")]
    assert len(letters.got) == 1


def test_a_password_is_not_sent_in_the_clear() -> None:
    with mail_server() as (letters, port):
        to = channels({"email": "ops@lumo.example", "smtp": f"smtp://me:secret@127.0.0.1:{port}"})
        (line,) = tell(to, report(alarm()))
    assert "a password is not sent in the clear" in line
    assert not letters.got


# -- what is wrong with a table ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"webhok": "https://x.example"}, "has no key 'webhok'"),
        ({"webhook": "ftp://x.example"}, "webhook is an address"),
        ({"webhook": 7}, "webhook is a text"),
        ({"when": "sometimes"}, "when is one of alarm, always, never"),
        ({"email": "ops@lumo.example"}, "email needs smtp"),
        ({"smtp": "smtp://x.example"}, "smtp needs email"),
        ({"email": ["ops"], "smtp": "smtp://x.example"}, "'ops' is no address"),
        ({"email": "a@b.example\nBcc: c@d.example", "smtp": "smtp://x.example"}, "is no address"),
        ({"email": {}, "smtp": "smtp://x.example"}, "email is an address or a list"),
        ({"stdout": "yes"}, "stdout is true or false"),
    ],
)
def test_a_wrong_table_is_said(table: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match="notify") as error:
        channels(table)
    assert said in str(error.value)


# -- the command ------------------------------------------------------------------------------------------------------


def test_a_run_tells_and_no_channel_fails_it(tmp_path: Path) -> None:
    answers = {"/sitemap.xml": sitemap("a"), "/a": post(), "/hook": Reply("no", 500)}
    with serve(answers) as site:
        fast = ("wantapply", "-a", f"host={site.url}", "-s", "DOWNLOAD_DELAY=0")
        env = {"ROLECALL_NOTIFY_WEBHOOK": f"{site.url}/hook", "ROLECALL_NOTIFY_WHEN": "always"}
        ran = rolecall(tmp_path, "crawl", *fast, **env).clean()
    assert ran.code == 0
    assert "not told by webhook: OSError: 127.0.0.1 answers HTTP 500" in ran.err
    assert site.paths().count("/hook") == 2


def test_the_test_message(tmp_path: Path) -> None:
    with serve({"/hook": Reply("ok")}) as site:
        (tmp_path / "watchlist.toml").write_text(f'[notify]\nwebhook = "{site.url}/hook"\n', encoding="utf-8")
        ran = rolecall(tmp_path, "notify", "--test").clean()
    assert (ran.code, len(site.asked)) == (0, 1), ran.err
    assert "test" in json.loads(site.asked[0].body)["text"]
    (tmp_path / "watchlist.toml").unlink()
    with serve({"/api/jobs": Reply('{"data": [], "total": 0}', type="application/json")}) as site:
        fast = ("wantapply", "-a", f"host={site.url}", "-a", "door=api", "-s", "DOWNLOAD_DELAY=0")
        ran = rolecall(tmp_path, "crawl", *fast, ROLECALL_NOTIFY_WHEN="sometimes", ROLECALL_ALLOW_PRIVATE="1").clean()
    assert ran.code == 0, ran.err
    assert "nobody is told: [notify] when is one of alarm, always, never, not 'sometimes'" in ran.err
    nobody = rolecall(tmp_path, "notify", "--test").clean()
    assert nobody.code == 2
    assert "ROLECALL_NOTIFY_WEBHOOK" in nobody.err


def test_send_test_names_the_channel_that_failed() -> None:
    (line,) = send_test(channels({"webhook": "http://127.0.0.1:9/"}))
    assert line.startswith("not told by webhook: ")
