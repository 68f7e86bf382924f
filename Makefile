# Every target sets up what it needs: `make demo` and `make test` work in a fresh clone.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test chaos check format docs eval lock clean

demo: .venv/core
	$(BIN)/rolecall demo

test: .venv/ready
	$(BIN)/python -m pytest -n 2 --dist loadgroup -q

chaos: .venv/ready
	ROLECALL_KILLS=100 ROLECALL_SEEDS=1000 $(BIN)/python -m pytest -n 2 --dist loadgroup -q tests/chaos tests/crawl/test_memory.py -k "chaos or kill_9"

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/docs.py --check
	$(BIN)/zensical build --strict >/dev/null

format: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

eval: .venv/ready
	$(BIN)/rolecall eval tests/labelled

docs: .venv/ready
	$(BIN)/python tools/docs.py
	$(BIN)/zensical build --strict

lock: .venv/ready
	$(BIN)/uv pip compile -q pyproject.toml --all-extras --universal --no-annotate --no-header -o requirements.lock

clean:
	rm -rf .venv .make .cache site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

# Debian splits venv from Python: where it is missing, virtualenv from the package index does the same.
.venv/core: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rolecall needs Python 3.11 or newer; set PYTHON=…")'
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv || \
	  { $(PYTHON) -m pip install -q --target .make/virtualenv virtualenv && \
	    PYTHONPATH=.make/virtualenv $(PYTHON) -m virtualenv -q .venv; }
	$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock -e .
	touch $@

.venv/ready: .venv/core
	$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock -e '.[all]'
	touch $@
