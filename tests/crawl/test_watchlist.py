"""The watchlist: what is right in it, what is wrong and where, and what is added to it."""

import json
from pathlib import Path

import pytest

from scraper.crawl.watchlist import read_watchlist
from tests.command import rolecall
from tests.server import Reply, serve

LIST = """# what we watch
every = "12h"

[notify]
when = "always"

[groups.ats]
every = "6h"
tags = ["ats"]
settings = { DOWNLOAD_DELAY = 2 }

[[targets]]
target = "greenhouse:acme"  # the first
group = "ats"
tags = ["eu"]

[[targets]]
url = "https://jobs.lever.co/lumo"
every = "2d"
quiet = "22:00-06:00 Europe/Berlin"

[[targets]]
target = "wantapply"
options = { search = "lamp" }
"""


def faults(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    return [str(fault).removeprefix(f"{path}:") for fault in read_watchlist(str(path)).faults]


def test_a_target_takes_from_itself_its_group_and_the_top(tmp_path: Path) -> None:
    path = tmp_path / "watchlist.toml"
    path.write_text(LIST, encoding="utf-8")
    found = read_watchlist(str(path))
    assert found.faults == []
    assert found.notify == {"when": "always"}
    acme, lumo, lamps = found.watched
    assert (acme.name, acme.every.total_seconds(), acme.tags) == ("greenhouse:acme", 6 * 3600, {"ats", "eu"})
    assert acme.job.settings == {"DOWNLOAD_DELAY": 2}
    assert (lumo.name, lumo.every.days, str(lumo.job.quiet)) == ("lever:lumo", 2, "22:00-06:00 Europe/Berlin")
    assert (lamps.name, lamps.every.total_seconds()) == ("wantapply?search=lamp", 12 * 3600)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('target = "greenhous:acme"', "2: no board is called 'greenhous'; did you mean 'greenhouse'?"),
        ('target = "greenhouse"', "2: greenhouse needs an employer: greenhouse:EMPLOYER"),
        ('target = "wantapply:acme"', "2: wantapply has no employers: the target is 'wantapply'"),
        ('target = "lever:a"\nevry = "1d"', "4: unknown key 'evry'; did you mean 'every'?"),
        ('target = "lever:a"\nevery = "daily"', "4: every: 'daily' is no duration, e.g. 30m, 6h, 2d, 1w"),
        ('target = "lever:a"\nevery = "0h"', "4: every: '0h' is no duration, e.g. 30m, 6h, 2d, 1w"),
        (
            'target = "lever:a"\nsettings = { DOWNLOAD_DELY = 1 }',
            "4: settings: unknown setting 'DOWNLOAD_DELY'; did you mean 'DOWNLOAD_DELAY'?",
        ),
        (
            'target = "lever:a"\nsettings = { DOWNLOAD_DELAY = "fast" }',
            "4: settings: DOWNLOAD_DELAY is a number of 0 or more, not 'fast'",
        ),
        (
            'target = "lever:a"\nsettings = { DOWNLOAD_DELAY = nan }',
            "4: settings: DOWNLOAD_DELAY is a number of 0 or more, not nan",
        ),
        (
            'target = "lever:a"\nsettings = { RETRY_TIMES = "1.5" }',
            "4: settings: RETRY_TIMES is a whole number of 0 or more, not '1.5'",
        ),
        (
            'target = "lever:a"\nsettings = { LOG_LEVEL = "DEBUG" }',
            "4: settings: LOG_LEVEL holds for a whole run and is no single target's; give it to the command with -s",
        ),
        ('target = "lever:a"\nquiet = "22-6"', "4: quiet: '22-6' are no quiet hours, e.g. 22:00-06:00 Europe/Berlin"),
        ('target = "lever:a"\nquiet = "22:00-06:00 Berlin"', "4: quiet: 'Berlin' is no time zone, e.g. Europe/Berlin"),
        ('target = "lever:a"\ntags = "eu"', '4: tags: \'eu\' is no list of texts, e.g. ["eu", "remote"]'),
        (
            'target = "wantapply"\noptions = { serch = "x" }',
            "2: wantapply has no option serch (it has: door, host, search)",
        ),
        (
            'url = "https://acme.example/jobs"',
            "2: https://acme.example/jobs: the address alone does not say what it is; `rolecall watch add` finds out",
        ),
        ('group = "ats"', "2: a target or a url is needed, and not both"),
        ('target = "personio:good"', "2: personio:good stands already at {path}:6"),
        ("target = 7", "3: target: 7 is no text"),
        ('target = "lever:a', "3: no TOML: "),
    ],
)
def test_a_fault_names_its_line_and_loses_no_other_line(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "watchlist.toml"
    rest = '\n[[targets]]\ntarget = "personio:good"\n'
    first = '[[targets]]\ntarget = "personio:good"\n\n' if "personio" in row else ""
    if first:  # the double comes second
        text, said = (
            f"\n[[targets]]\ntarget = 'personio:good'\n\n[[targets]]\n{row}\n",
            "5: personio:good stands already at {path}:2",
        )
    else:
        text = f"\n[[targets]]\n{row}\n{rest}"
    (found,) = faults(path, text)
    assert found.startswith(said.format(path=path))
    assert [watched.name for watched in read_watchlist(str(path)).watched] == ["personio:good"]


def test_lines_count_from_the_first_where_a_table_stands_there(tmp_path: Path) -> None:
    path = tmp_path / "watchlist.toml"
    path.write_text('[[targets]]\ntarget = "personio:good"\n\n[[targets]]\ntarget = "lever:a"\nevry = "1d"\n')
    assert f"{path}:6: unknown key 'evry'" in rolecall(tmp_path, "watch", "check").clean().err


def test_csv_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "watchlist.csv"
    text = "target,group,every,tags,options\nashby:a,x,6h,eu remote,\nashby:b,,3x,,\nashby:c,,,,,,7\n\nwantapply,,,,search=lamp door=api\nashby:a,,,,\nashby:d,,,,search\n"
    assert faults(path, text) == [
        "3: every: '3x' is no duration, e.g. 30m, 6h, 2d, 1w",
        "4: more values than columns: , 7",
        f"7: ashby:a stands already at {path}:2",
        "8: options: 'search' is not NAME=VALUE NAME=VALUE",
    ]
    names = [(watched.name, watched.tags) for watched in read_watchlist(str(path)).watched]
    assert names == [("ashby:a", {"eu", "remote"}), ("wantapply?door=api&search=lamp", set())]


def test_a_folder_and_an_address_are_read_too(tmp_path: Path) -> None:
    import fsspec

    (tmp_path / "a.toml").write_text('[[targets]]\ntarget = "lever:a"\n', encoding="utf-8")
    (tmp_path / "b.csv").write_text("target\nlever:b\nlever:a\n", encoding="utf-8")
    found = read_watchlist(str(tmp_path))
    assert [watched.name for watched in found.watched] == ["lever:a", "lever:b"]
    assert [str(fault) for fault in found.faults] == [
        f"{tmp_path}/b.csv:3: lever:a stands already at {tmp_path}/a.toml:1"
    ]
    with fsspec.open("memory://lists/watchlist.toml", "wb") as file:
        file.write(LIST.encode())
    assert len(read_watchlist("memory://lists/watchlist.toml").watched) == 3
    with fsspec.open("memory://lists/more.csv", "wb") as file:
        file.write(b"target\ngreenhouse:zest\n")
    assert len(read_watchlist("memory://lists/").watched) == 4
    with pytest.raises(ValueError, match="nosuch://x"):
        read_watchlist("nosuch://x/watchlist.toml")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe\x00", "1: not UTF-8"),
        (b"targets = 3\n", "1: targets are a list: [[targets]]"),
        (b"[groups]\nats = 3\n", "3 is no table"),
        (b"notify = 3\n", "1: notify is a table: [notify]"),
        (b"every = '1d'\n[notify]\nwebhok = 'https://x.example'\n", "2: [notify] has no key 'webhok'"),
        (b"[notify]\nemail = 'ops@x.example'\n", "1: [notify] email needs smtp"),
        (b"[groups.ats]\nevery = 'x'\n", "2: every: 'x' is no duration"),
        (b"]]]]\n[[targets]]\n", "1: no TOML"),
    ],
)
def test_garbage_is_a_fault(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "watchlist.toml"
    path.write_bytes(data)
    assert any(said in str(fault) for fault in read_watchlist(str(path)).faults)
    checked = rolecall(tmp_path, "watch", "check").clean()
    assert checked.code == 2
    assert said in checked.err
    if b"notify" in data:
        assert said in rolecall(tmp_path, "notify").clean().err


def test_what_is_added_stands_at_the_end_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "watchlist.toml"
    path.write_text(LIST, encoding="utf-8")
    page = '<html><a href="https://boards.greenhouse.io/embed/job_board?for=lantern">jobs</a><iframe src="https://boards.greenhouse.io/embed/job_board?for=lantern"></iframe></html>'
    with serve({"/careers": Reply(page)}) as site:
        ran = rolecall(
            tmp_path,
            *("watch", "add", "https://jobs.ashbyhq.com/glow", f"{site.url}/careers", "lever:lumo", "nosuch:x"),
            *("--group", "ats", "--every", "2h", "--tag", "eu", "--allow-private"),
        ).clean()
    assert ran.code == 2
    assert "added ashby:glow" in ran.out
    assert "added greenhouse:lantern" in ran.out
    assert f"not added: lever:lumo stands already at {path}:17" in ran.err
    assert "not added: no board is called 'nosuch'" in ran.err
    assert path.read_text(encoding="utf-8").startswith(LIST)
    found = read_watchlist(str(path))
    assert [watched.name for watched in found.watched][3:] == ["ashby:glow", "greenhouse:lantern"]
    assert (found.watched[-1].group, found.watched[-1].tags) == ("ats", {"ats", "eu"})
    assert rolecall(tmp_path, "watch", "check").clean().code == 0
    assert rolecall(tmp_path, "watch", "add", "lever:z", "--every", "soon").clean().code == 2


def test_a_csv_file_takes_a_row(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("target;every\nlever:a;1d", encoding="utf-8")
    ran = rolecall(tmp_path, "watch", "add", "lever:b", "--every", "2h", "--watchlist", str(path)).clean()
    assert ran.code == 0
    assert path.read_text(encoding="utf-8") == "target;every\nlever:a;1d\nlever:b;2h\n"
    refused = rolecall(tmp_path, "watch", "add", "lever:c", "--tag", "eu", "--watchlist", str(path)).clean()
    assert (refused.code, "no column tags" in refused.err) == (2, True)


def test_a_watchlist_without_a_target_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "watchlist.toml").touch()
    for verb in (("watch", "check"), ("run",), ("run", "--due")):
        ran = rolecall(tmp_path, *verb).clean()
        assert (ran.code, "names no target" in ran.err) == (2, True)


def test_what_a_watchlist_cannot_hold_is_not_added(tmp_path: Path) -> None:
    other = rolecall(tmp_path, "watch", "add", "lever:a", "--watchlist", str(tmp_path / "w.txt")).clean()
    assert (other.code, "ends with .toml or .csv" in other.err) == (2, True)
    for given in (("lever:a", "--group", "a\nb"), ("lever:a", "--tag", "a\x1b"), ("lever:a\x07",)):
        ran = rolecall(tmp_path, "watch", "add", *given).clean()
        assert (ran.code, "control characters" in ran.err) == (2, True)
    assert not list(tmp_path.iterdir())


def test_without_a_watchlist_every_verb_says_how_to_make_one(tmp_path: Path) -> None:
    for verb in (("watch", "list"), ("watch", "check"), ("run",), ("run", "--due", "--dry-run")):
        ran = rolecall(tmp_path, *verb).clean()
        assert (ran.code, "rolecall watch add" in ran.err) == (2, True)
    assert not (tmp_path / "runs").exists()


def test_the_list_as_json(tmp_path: Path) -> None:
    (tmp_path / "watchlist.toml").write_text(LIST, encoding="utf-8")
    rows = [json.loads(line) for line in rolecall(tmp_path, "watch", "list", "--json").clean().out.splitlines()]
    assert [(row["target"], row["every"], row["due"]) for row in rows] == [
        ("greenhouse:acme", "6h", "now"),
        ("lever:lumo", "2d", "now"),
        ("wantapply?search=lamp", "12h", "now"),
    ]
