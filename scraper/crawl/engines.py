"""Engines: each runs one function over many tasks, on the processes of this machine, on Dask or on Spark.

The function gives plain JSON data, and is safe to run again: a task whose worker died is given to another, and after
`MOST_TRIES` deaths it is named and left. No task can fail the others.
"""

import json
import logging
import os
import signal
import sys
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from multiprocessing import connection, get_context
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from uuid import uuid4

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")
Work: TypeAlias = Callable[[T], dict[str, Any]]
Outcome: TypeAlias = tuple[int, dict[str, Any]]
"""Number of a task, and what its function gave, or `{"error": why}`."""

BACK_WITHIN = 300
"""Seconds that a machine may take to start one of Dask's workers again."""

MOST_TRIES = 3


class EngineError(RuntimeError):
    """An engine that does not start, or broke down as a whole."""


def attempt(work: Work[T], task: T) -> dict[str, Any]:
    """What the function gives, or why it failed."""
    try:
        return work(task)
    except Exception as error:  # noqa: BLE001  one task never fails the others
        return {"error": f"{type(error).__name__}: {error}"}


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# -- processes of this machine ----------------------------------------------------------------------------------------


def run_local(work: Work[T], tasks: Sequence[T], workers: int, scheduler: None = None) -> Iterator[Outcome]:
    """A process a worker, a task at a time each: of one that dies it is known what it had in hand."""
    waiting = deque(range(len(tasks)))
    deaths: Counter[int] = Counter()
    crew: dict[Any, tuple[Any, int]] = {}
    context = get_context("spawn")
    try:
        while waiting or crew:
            while waiting and len(crew) < workers:
                mine, theirs = context.Pipe()
                process = context.Process(target=serve, args=(theirs, work), daemon=True)
                process.start()
                theirs.close()
                crew[mine] = (process, hand(mine, tasks, waiting))
            line: Any
            for line in connection.wait(list(crew)):
                process, number = crew.pop(line)
                try:
                    outcome = line.recv()
                except (EOFError, OSError):
                    process.join()
                    deaths[number] += 1
                    if deaths[number] < MOST_TRIES:
                        waiting.append(number)
                    else:
                        yield number, {"error": f"its worker died {MOST_TRIES} times: {cause(process.exitcode)}"}
                    continue
                if waiting:
                    crew[line] = (process, hand(line, tasks, waiting))
                else:
                    line.close()
                    process.join()
                yield number, outcome
    finally:
        for process, _ in crew.values():
            process.terminate()
            process.join()


def hand(line: Any, tasks: Sequence[T], waiting: deque[int]) -> int:
    """Give the next task to a worker; its number. A worker that is dead already is found out when it is waited for."""
    number = waiting.popleft()
    with suppress(OSError):
        line.send(tasks[number])
    return number


def serve(line: Any, work: Work[T]) -> None:
    """What a worker does until nobody is at the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that hands out the tasks
    while True:
        try:
            line.send(attempt(work, line.recv()))
        except (EOFError, OSError):
            return


def cause(code: int | None) -> str:
    """Why a worker ended, by its exit code."""
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return f"{name}, as when memory runs out" if name == "SIGKILL" else name
    return f"exit code {code}, as when a page takes too long"


# -- Dask -------------------------------------------------------------------------------------------------------------


def run_dask(work: Work[T], tasks: Sequence[T], workers: int, scheduler: str | None = None) -> Iterator[Outcome]:
    """Dask futures, on the cluster at an address or on one of this machine. Needs `rolecall[dask]`.

    Raises `EngineError` where no scheduler answers.
    """
    import dask
    from distributed import Client, LocalCluster, as_completed

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it tells of every death, and so do we
    warnings.filterwarnings("ignore", r"Port \d+ is already in use")  # that of its web page, which nobody opens
    # Deaths are counted here: one that only stood in line behind the culprit is not to blame.
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}), ExitStack() as open_until_done:
        try:
            cluster = scheduler or open_until_done.enter_context(
                LocalCluster(  # type: ignore[no-untyped-call]
                    n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
                )
            )
            client = open_until_done.enter_context(Client(cluster, timeout=20))  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise EngineError(f"no Dask scheduler at {scheduler or 'this machine'}: {error}") from None
        waiting = deque(range(len(tasks)))
        deaths: Counter[int] = Counter()
        flying: dict[Any, int] = {}
        flow: Any = as_completed(with_results=True, raise_errors=False)  # type: ignore[no-untyped-call]
        while waiting or flying:
            width = workers if scheduler is None else sum(client.nthreads().values()) or 1
            # A task whose worker died is tried again when all others are done, alone.
            while waiting and len(flying) < (1 if deaths[waiting[0]] else width):
                number = waiting.popleft()
                key = f"rolecall-{uuid4()}"
                future = client.submit(attempt, work, tasks[number], key=key, pure=False, retries=0)
                flying[future.key] = number
                flow.add(future)
            while scheduler is None and not flow.has_ready():  # a cluster elsewhere starts workers when it likes
                have_workers(client)
                sleep(0.1)
            future, outcome = next(flow)
            number = flying.pop(future.key)
            if isinstance(outcome, dict):
                yield number, outcome
                continue
            deaths[number] += 1
            if deaths[number] < MOST_TRIES:
                waiting.append(number)
            else:
                yield number, {"error": f"its worker died {MOST_TRIES} times: {said_by(outcome)}"}


def have_workers(client: Any) -> None:
    """Wait for a worker of this machine; those that died come back. Raises `EngineError` where none does."""
    try:
        client.wait_for_workers(1, timeout=BACK_WITHIN)
    except TimeoutError:
        raise EngineError(f"no Dask worker has come back within {BACK_WITHIN} s; what is done is kept") from None


def said_by(error: Any) -> str:
    """The name of an exception, and the first line of what it says."""
    given = error[1] if isinstance(error, tuple) else error
    return f"{type(given).__name__}: {given}".partition("\n")[0]


# -- Spark ------------------------------------------------------------------------------------------------------------


def run_spark(work: Work[T], tasks: Sequence[T], workers: int, scheduler: str | None = None) -> Iterator[Outcome]:
    """Spark, a partition a task (`mapInArrow`), on the cluster of a master's address or on this machine. Needs
    `rolecall[spark]` and Java. Raises `EngineError` where Spark does not start or its job fails.
    """
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")  # of which nothing is used here
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("rolecall").config("spark.log.level", "OFF")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    if scheduler is None:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else the system's Python runs the workers
        builder = builder.master(f"local[{workers},{MOST_TRIES + 1}]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    else:
        builder = builder.master(scheduler).config("spark.task.maxFailures", str(MOST_TRIES + 1))
    try:
        with silent():
            session = builder.getOrCreate()
    except Exception as error:  # noqa: BLE001  Java's and Python's errors have nothing in common
        where = f"at {scheduler}" if scheduler else "here; is Java 17 or newer installed?"
        raise EngineError(f"Spark does not start {where} ({type(error).__name__})") from None
    try:
        numbers = session.range(0, len(tasks), 1, len(tasks))
        found = numbers.mapInArrow(partial(on_spark, work, tasks), "number long, outcome string").collect()
    except Exception as error:  # noqa: BLE001
        raise EngineError(f"Spark failed: {said_by(error)}") from None
    finally:
        session.stop()
    for row in found:
        yield row.number, json.loads(row.outcome)


@contextmanager
def silent() -> Iterator[None]:
    """Nothing on stderr, nor from what is started meanwhile: Java greets with a page of warnings."""
    kept = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def on_spark(work: Work[T], tasks: Sequence[T], numbers: Iterable["pa.RecordBatch"]) -> Iterator["pa.RecordBatch"]:
    """What a worker of Spark does with the numbers of tasks."""
    import pyarrow as pa
    from pyspark import TaskContext

    context = TaskContext.get()
    tried = context.attemptNumber() if context else 0
    for batch in numbers:
        for number in batch.column(0).to_pylist():
            if tried < MOST_TRIES:
                outcome = attempt(work, tasks[number])
            else:  # a fourth death would fail the job
                outcome = {"error": f"its worker died {MOST_TRIES} times"}
            yield pa.RecordBatch.from_pydict({"number": [number], "outcome": [json.dumps(outcome)]})


ENGINES: dict[str, Callable[..., Iterator[Outcome]]] = {"local": run_local, "dask": run_dask, "spark": run_spark}
