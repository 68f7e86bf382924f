"""Nobody there, no trust, no name: certificates, closed ports, names that hang."""

import socket
from contextlib import ExitStack

import pytest

from tests.chaos.certificates import certificates
from tests.chaos.site import says, serve
from tests.chaos.watch import Watched, watched

pytestmark = pytest.mark.xdist_group("chaos-network")

LIST = says('<a href="/jobs/1">Lamp Tester</a>', type="text/html")
POST = says(
    '<script type="application/ld+json">{"@type": "JobPosting", "title": "Lamp Tester",'
    ' "description": "You test lamps at night."}</script><h1>Lamp Tester</h1>',
    type="text/html",
)
HANGING = """
import socket, time
known = socket.gethostbyname
def slow(name):
    if name.endswith(".invalid"):
        time.sleep(5)
        raise socket.gaierror(-3, "Temporary failure in name resolution")
    return known(name)
socket.gethostbyname = slow
"""
NAMES = [f"hangs-{number}.invalid" for number in range(24)]
CASES = {
    "good": ("ok", ""),
    "expired": ("broken", "TLS: certificate verify failed"),
    "self-signed": ("broken", "TLS: certificate verify failed"),
    "wrong-host": ("broken", "TLS: the certificate is another host's"),
    "refused": ("broken", "refused"),
}


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> tuple[Watched, dict[str, str]]:
    """One crawl of all cases, and the target of each."""
    home = tmp_path_factory.mktemp("network")
    made = certificates(home)
    authority = made.pop("ca")[0]
    with ExitStack() as stack, socket.create_server(("127.0.0.1", 0)) as closed:
        sites = {
            name: stack.enter_context(serve({"/jobs": LIST, "/jobs/": POST}, files)) for name, files in made.items()
        }
        ports = {name: site.port for name, site in sites.items()} | {"refused": closed.getsockname()[1]}
        closed.close()
        targets = {name: f"careers:https://localhost:{port}/jobs" for name, port in ports.items()}
        targets |= {name: f"careers:https://{name}/jobs" for name in NAMES}
        quick = ("-s", "DOWNLOAD_DELAY=0", "-s", "DOWNLOAD_TIMEOUT=3", "-s", "RETRY_TIMES=1")
        given = {"SSL_CERT_FILE": authority, "ROLECALL_ALLOW_PRIVATE": "1"}
        names_first = sorted(targets.values(), key=lambda target: ".invalid" not in target)
        return watched(home, "crawl", *names_first, *quick, prelude=HANGING, **given), targets


@pytest.mark.parametrize("name", CASES)
def test_a_server_that_cannot_be_trusted_or_reached(crawl: tuple[Watched, dict[str, str]], name: str) -> None:
    watched, targets = crawl
    report = watched.crawls()[targets[name]]
    assert (report["outcome"], report["read"]) == (CASES[name][0], 1 if name == "good" else 0), report
    assert CASES[name][1] in (report["why"] or "")


def test_names_that_hang_are_named_and_hold_up_nobody(crawl: tuple[Watched, dict[str, str]]) -> None:
    watched, targets = crawl
    for name in NAMES:
        report = watched.crawls()[targets[name]]
        assert report["outcome"] == "broken"
        assert "DNS" in report["why"] or "took longer" in report["why"]
    assert watched.seconds < 90, "each is looked up twice, not for every request"
    assert watched.files < 80
