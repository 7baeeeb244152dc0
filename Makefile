# Everything runs in the project's own virtual environment; nothing is installed elsewhere.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test lock lint types imports check faults kill bench fuzz audit words clean

run: $(VENV)/.run-installed  ## the whole way on the bundled sample day: no token, no network
	$(BIN)/sulan demo

# Those that start whole programs, and wait for them most of the time, run apart from all others.
PROGRAMS := tests/acceptance/test_run.py tests/acceptance/test_roles.py tests/acceptance/test_operator.py tests/acceptance/test_several_bots.py tests/acceptance/test_paid_broadcast.py tests/integration/test_engine_kill.py

# Runs a command with a PostgreSQL cluster of its own, where PostgreSQL is installed.
WITH_POSTGRES := $(BIN)/python tests/support/postgres_cluster.py

# One more than there are cores: a fifth of their time tests wait, for files, servers and programs.
WORKERS = $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')

test: $(VENV)/.dev-installed  ## the tests
	$(WITH_POSTGRES) $(BIN)/python -m pytest -n $(WORKERS) -q $(PROGRAMS:%=--ignore=%)
	$(WITH_POSTGRES) $(BIN)/python -m pytest -n $(WORKERS) -q $(PROGRAMS)

lint: $(VENV)/.dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev-installed
	$(BIN)/pyright

imports: $(VENV)/.dev-installed
	$(BIN)/lint-imports

check: lint types imports test

faults: $(VENV)/.dev-installed  ## every fault and threat with its tests: ROW=F57 for one
	$(WITH_POSTGRES) $(BIN)/python tests/fault_table.py $(ROW:%=--row %) --alone $(PROGRAMS)

KILLS ?= 20
kill: $(VENV)/.dev-installed  ## whole programs killed at chosen places: KILLS=1000 DATABASE=sqlite or postgres, SEED=
	$(WITH_POSTGRES) $(BIN)/python -m tests.kill --kills $(KILLS) $(DATABASE:%=--database %) $(SEED:%=--seed %)

bench: $(VENV)/.dev-installed  ## every figure into docs/figures.md (40 minutes): SHORT=1 only shows that all of it runs
	$(WITH_POSTGRES) $(BIN)/python benchmarks/bench.py $(if $(SHORT),--short)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Sulan needs Python 3.11 or later; $(PYTHON) is older. Try: make run PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "No virtual environment: install Python's venv module (Debian, Ubuntu: apt install python3-venv)."; exit 1; }

$(VENV)/.run-installed: $(VENV)/bin/python requirements.lock pyproject.toml
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.dev-installed: $(VENV)/.run-installed requirements-dev.lock
	$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.fuzz-installed: $(VENV)/.dev-installed requirements-fuzz.lock
	$(PIP) install --quiet --require-hashes -r requirements-fuzz.lock
	@touch $@

INPUTS ?= 1000000
fuzz: $(VENV)/.fuzz-installed  ## coverage-guided inputs to everything that parses: INPUTS=1000000 TARGET=name
	$(BIN)/python -m tests.fuzz --inputs $(INPUTS) $(TARGET:%=--target %)

AUDIT := build/audit
LOCKS := requirements.lock requirements-dev.lock requirements-fuzz.lock
audit: $(VENV)/bin/python  ## ask the package index for known faults of everything that is locked
	$(BIN)/python -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements-audit.lock
	$(AUDIT)/bin/pip-audit --disable-pip --require-hashes --progress-spinner off $(LOCKS:%=-r %)

lock: $(VENV)/bin/python  ## renew the lock files with the newest versions that pyproject.toml allows
	$(PIP) install --quiet 'uv>=0.13'
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url pyproject.toml --python-version 3.11 -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url -c requirements.lock --group dev pyproject.toml --python-version 3.11 -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --group fuzz --python-version 3.11 -o requirements-fuzz.lock
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --group audit --python-version 3.11 -o requirements-audit.lock

WORDS := bot/translations
words: $(VENV)/.dev-installed  ## collect the bot's sentences for translation, and compile what there is
	$(BIN)/pybabel --quiet extract --no-default-keywords -k say -k say_many:1,2 --no-wrap --no-location --sort-output \
	  --project Sulan --copyright-holder Sulan --msgid-bugs-address "" -o $(WORDS)/sulan.pot bot
	for po in $(WORDS)/*/sulan.po; do tag=$$(basename $$(dirname $$po)); \
	  $(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --no-wrap \
	    -l $$tag -i $(WORDS)/sulan.pot -o $$po && \
	  $(BIN)/pybabel --quiet compile -l $$tag -i $$po -o $${po%.po}.mo || exit 1; done

clean:
	rm -rf $(VENV)
