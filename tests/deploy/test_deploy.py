"""What stands in deploy/ and the docs: files that parse, say what they must, and name commands that exist."""

import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema_rs
import pytest
import yaml

from scraper.cli import main
from scraper.crawl.watchlist import read_watchlist

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCUMENTS = [
    (path, document)
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]

NAME = {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"}


def shape(required: dict[str, Any]) -> dict[str, Any]:
    """A schema of an object that must have these."""
    return {"type": "object", "required": list(required), "properties": required}


CONTAINER = shape(
    {
        "name": NAME,
        "image": {"type": "string", "pattern": r":[^:/]*\d[^:/]*$", "description": "a version, never latest"},
        "args": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "securityContext": shape(
            {
                "allowPrivilegeEscalation": {"const": False},
                "readOnlyRootFilesystem": {"const": True},
                "capabilities": shape({"drop": {"const": ["ALL"]}}),
            }
        ),
        "resources": shape(
            {what: shape({"cpu": {"type": "string"}, "memory": {"type": "string"}}) for what in ("requests", "limits")}
        ),
        "envFrom": {"type": "array", "items": shape({"secretRef": shape({"name": NAME})}), "minItems": 1},
        "livenessProbe": shape({"exec": shape({"command": {"type": "array"}}), "timeoutSeconds": {"minimum": 30}}),
        "volumeMounts": {"type": "array", "contains": shape({"mountPath": {"const": "/data"}})},
    }
)
POD = shape(
    {
        "restartPolicy": {"const": "Never"},
        "automountServiceAccountToken": {"const": False},
        "terminationGracePeriodSeconds": {"type": "integer", "minimum": 45},
        "securityContext": shape({"runAsNonRoot": {"const": True}, "runAsUser": {"type": "integer", "minimum": 1000}}),
        "containers": {"type": "array", "items": CONTAINER, "minItems": 1},
        "volumes": {"type": "array", "items": shape({"name": NAME})},
    }
)
CRON_JOB = shape(
    {
        "schedule": {"type": "string", "pattern": r"^(\S+ ){4}\S+$"},
        "concurrencyPolicy": {"const": "Forbid"},
        "jobTemplate": shape(
            {"spec": shape({"template": shape({"metadata": shape({"labels": {"type": "object"}}), "spec": POD})})}
        ),
    }
)
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "CronJob": ("batch/v1", shape({"spec": CRON_JOB})),
    "PersistentVolumeClaim": (
        "v1",
        shape({"spec": shape({"accessModes": {"type": "array"}, "resources": {"type": "object"}})}),
    ),
    "ConfigMap": ("v1", shape({"data": {"type": "object", "additionalProperties": {"type": "string"}}})),
    "Secret": ("v1", shape({"stringData": {"type": "object"}})),
    "NetworkPolicy": (
        "networking.k8s.io/v1",
        shape(
            {
                "spec": shape(
                    {
                        "podSelector": {"type": "object"},
                        "policyTypes": {"const": ["Ingress", "Egress"]},
                        "egress": {"type": "array"},
                        "ingress": {"const": []},
                    }
                )
            }
        ),
    ),
}


FREE = frozenset("data stringData labels matchLabels namespaceSelector requests limits".split())
"""Keys of Kubernetes under which any key may stand."""

KNOWN = FREE | frozenset(
    """
    accessModes allowPrivilegeEscalation apiVersion args automountServiceAccountToken backoffLimit backoffLimitPerIndex
    capabilities cidr claimName command completionMode completions concurrencyPolicy configMap containers drop egress
    emptyDir envFrom except exec failedJobsHistoryLimit fsGroup image ingress ipBlock jobTemplate kind livenessProbe
    maxFailedIndexes metadata mountPath name parallelism periodSeconds persistentVolumeClaim podSelector policyTypes port
    ports protocol readOnly readOnlyRootFilesystem resources restartPolicy runAsGroup runAsNonRoot runAsUser schedule
    seccompProfile secretRef securityContext sizeLimit spec startingDeadlineSeconds storage successfulJobsHistoryLimit
    template terminationGracePeriodSeconds timeoutSeconds to type volumeMounts volumes
    """.split()
)
"""The other keys, as the API's reference spells them: what it does not know, the API server refuses."""


def keys_of(value: Any) -> Iterator[str]:
    """Every key in an object of Kubernetes, but for free ones."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from () if key in FREE else keys_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner)


@pytest.mark.parametrize(
    ("path", "document"), DOCUMENTS, ids=lambda part: part.name if isinstance(part, Path) else part["kind"]
)
def test_kubernetes_objects_are_whole(path: Path, document: dict[str, Any]) -> None:
    version, schema = KINDS[document["kind"]]
    whole = {"allOf": [shape({"apiVersion": {"const": version}, "metadata": shape({"name": NAME})}), schema]}
    faults = [
        f"{error.instance_path}: {error.message}" for error in jsonschema_rs.validator_for(whole).iter_errors(document)
    ]
    assert faults == []
    assert set(keys_of(document)) <= KNOWN


def test_what_pods_mount_and_read_is_there() -> None:
    names = {(document["kind"], document["metadata"]["name"]) for _, document in DOCUMENTS}
    for _, document in DOCUMENTS:
        if document["kind"] != "CronJob":
            continue
        pod = document["spec"]["jobTemplate"]["spec"]["template"]
        volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
        for container in pod["spec"]["containers"]:
            assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes)
            assert {("Secret", source["secretRef"]["name"]) for source in container["envFrom"]} <= names
        for volume in volumes.values():
            if claim := volume.get("persistentVolumeClaim"):
                assert ("PersistentVolumeClaim", claim["claimName"]) in names
            if config := volume.get("configMap"):
                assert ("ConfigMap", config["name"]) in names
        (policy,) = [d for _, d in DOCUMENTS if d["kind"] == "NetworkPolicy"]
        assert policy["spec"]["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()


def test_the_indexed_job_has_as_many_pods_as_shards() -> None:
    (job,) = [d["spec"]["jobTemplate"]["spec"] for _, d in DOCUMENTS if d["metadata"]["name"] == "rolecall-shards"]
    args = job["template"]["spec"]["containers"][0]["args"]
    assert job["completionMode"] == "Indexed"
    assert args[args.index("--shard") + 1] == f"auto/{job['completions']}"
    assert job["parallelism"] <= job["completions"]


def test_the_watchlist_of_the_config_map_has_no_fault(tmp_path: Path) -> None:
    (text,) = [d["data"]["watchlist.toml"] for _, d in DOCUMENTS if d["kind"] == "ConfigMap"]
    (tmp_path / "watchlist.toml").write_text(text, encoding="utf-8")
    found = read_watchlist(str(tmp_path))
    assert (len(found.watched), found.faults) == (2, [])


def test_the_image_is_not_root_and_is_watched() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    last = [
        words for name, words in steps[max(n for n, step in enumerate(steps) if step[0] == "FROM") :] if name == "USER"
    ]
    assert last == ["10001:10001"]
    names = [name for name, _ in steps]
    assert {"HEALTHCHECK", "ENTRYPOINT", "CMD", "STOPSIGNAL"} <= set(names)
    assert names.index("USER") > max(n for n, name in enumerate(names) if name == "RUN")
    for name, words in steps:
        if name == "COPY" and not words.startswith("--from"):
            assert all((ROOT / word).exists() for word in words.split()[:-1])
        if name == "FROM":
            assert re.search(r":\d", words)


def test_the_image_installs_what_the_lock_was_solved_for() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for extra in re.findall(r"EXTRAS=(\S+)", image)[0].split(","):
        for name in (re.split(r"[^\w.-]", package)[0] for package in extras[extra]):
            assert re.search(rf"^{name}==", lock, re.M), f"{name} is not in requirements.lock: make lock"
    assert re.findall(r"pip install (.*)", image) == ['--no-cache-dir -c requirements.lock ".[${EXTRAS}]"']


def test_the_crontab_has_five_fields_and_a_command() -> None:
    rows = [
        line
        for line in (DEPLOY / "crontab").read_text().splitlines()
        if line and line[0] not in "#" and "=" not in line.split()[0]
    ]
    assert len(rows) == 2
    for row in rows:
        assert re.fullmatch(r"(?:(?:\*(?:/\d+)?|\d+) ){3}(?:\*|\d+) (?:\*|\d) rolecall .+", row)


@pytest.mark.parametrize("unit", ["rolecall.service", "rolecall.timer", "rolecall@.service", "rolecall@.timer"])
def test_systemd_takes_the_units(unit: str, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze on this machine")
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text(encoding="utf-8")
        assert ("/usr/local/bin/rolecall" in text) == (path.suffix == ".service")
        (tmp_path / path.name).write_text(
            text.replace("/usr/local/bin/rolecall", "/bin/true").replace("User=rolecall", "User=root")
        )
    named = tmp_path / unit.replace("@.", "@3.")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(named)], capture_output=True, text=True, check=False
    )
    if "Failed to" in done.stderr and "manager" in done.stderr:
        pytest.skip(f"systemd cannot look at units here: {done.stderr.strip()}")
    ours = [line for line in done.stderr.splitlines() if "rolecall" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_workflow_has_what_actions_ask_for() -> None:
    flow = yaml.safe_load((DEPLOY / "github-actions/crawl.yml").read_text(encoding="utf-8"))
    schema = shape(
        {
            "name": {"type": "string"},
            "permissions": {"const": {"contents": "read"}},
            "jobs": {
                "additionalProperties": shape(
                    {
                        "runs-on": {"type": "string"},
                        "timeout-minutes": {"type": "integer"},
                        "steps": {
                            "type": "array",
                            "items": {
                                "oneOf": [shape({"uses": {"pattern": "@v[0-9]+$"}}), shape({"run": {"type": "string"}})]
                            },
                        },
                    }
                )
            },
        }
    )
    assert flow.pop(True)["schedule"], "YAML reads `on` as true"
    assert [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(flow)] == []


def test_scrapyd_runs_a_board_that_is_there() -> None:
    from scraper.crawl.run import boards

    text = (DEPLOY / "scrapyd/README.md").read_text(encoding="utf-8")
    named = re.findall(r"-d spider=(\w+)", text)
    assert named
    assert set(named) <= set(boards())


# -- commands ---------------------------------------------------------------------------------------------------------


def texts() -> Iterator[tuple[Path, str]]:
    """The files that name commands, joined where a line goes on."""
    docs = [path for path in (ROOT / "docs").rglob("*.md") if "reference" not in path.parts]
    for path in sorted([*DEPLOY.rglob("*"), *docs, ROOT / "README.md"]):
        if path.is_file() and path.suffix not in (".dockerignore",):
            yield path, path.read_text(encoding="utf-8").replace("\\\n", " ")


def commands() -> Iterator[tuple[str, str]]:
    """Every `rolecall …` that a file tells somebody to run, with the file's name."""
    for path, text in texts():
        blocks = re.findall(r"```(?:sh|bash|console)\n(.*?)```", text, re.DOTALL) if path.suffix == ".md" else [text]
        for line in "\n".join(blocks).splitlines():
            if line.lstrip().startswith("#") or (
                path.name == "Dockerfile" and not line.startswith(("HEALTHCHECK", "#"))
            ):
                continue
            for found in re.findall(r"(?:^|[\s/])rolecall ((?:watch )?[a-z][a-z-]*(?: [^|&;#\n]*)?)", line):
                yield path.name, found
    for path, document in DOCUMENTS:
        if document["kind"] == "CronJob":
            for container in document["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]:
                yield path.name, shlex.join(container["args"])


COMMANDS = sorted(
    {
        (name, command.strip())
        for name, command in commands()
        if not command.startswith(("rolecall", "run --due --resume,"))
    }
)


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=lambda text: text)
def test_every_command_that_is_named_exists_with_its_options(name: str, command: str) -> None:
    words = shlex.split(re.split(r"\s\d?>", command)[0].replace("${SHARDS}", "8").replace("%i", "0"))
    group: click.Command = main
    while isinstance(group, click.Group):
        assert words[0] in group.commands, f"{name} names `rolecall {command}`"
        group = group.commands[words.pop(0)]
    context = click.Context(group, info_name=group.name)
    group.make_parser(context).parse_args(words)  # raises NoSuchOption


def test_commands_were_found() -> None:
    files = {name for name, _ in COMMANDS}
    assert {
        "crontab",
        "rolecall.service",
        "rolecall@.service",
        "cronjob.yaml",
        "shards.yaml",
        "crawl.yml",
        "Dockerfile",
        "schedule.md",
        "shards.md",
    } <= files
