# Every target sets up what it needs first; only Python 3.11+, make and a package index are assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# The question bank that `make eval` and `make bench` ask.
BANK ?= ../shared/questions/dev.jsonl

# How long `make soak` goes on: minutes of mixed load, questions for one process, kills of two workers.
MINUTES ?= 60
QUESTIONS ?= 100000
ROUNDS ?= 10000

.PHONY: run test setup bench soak eval audit clean

run: $(STAMP)
	$(BIN)/bot

test: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bot knowledge check
	$(BIN)/pytest -n auto --dist worksteal -m "not timed"
	$(BIN)/pytest -m timed

setup: $(STAMP)

bench: $(STAMP)
	$(BIN)/python -m tests.benchmarks "$(BANK)"

soak: $(STAMP)
	$(BIN)/python -m tests.benchmarks.soak --minutes "$(MINUTES)" --questions "$(QUESTIONS)"
	$(BIN)/python -m tests.faults.soak --rounds "$(ROUNDS)"

eval: $(STAMP)
	@$(BIN)/python -m tests.benchmarks.evaluate "$(BANK)"

# Known faults of the pinned versions; one whose advisories cannot be had is a failure too.
audit: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[audit]'
	$(BIN)/pip-audit --strict --no-deps --disable-pip --progress-spinner off --requirement constraints.txt

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@
