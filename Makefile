# `make run` serves the demo, `make test` runs every test, `make bench` prints the benchmarks. Each sets up what it needs.
PYTHON ?= python3
PORT ?= 8000
DEMO_PORT ?= 8001
DATA ?= var/demo
BIN := .venv/bin

.PHONY: run test check widget bench clean
.DELETE_ON_ERROR:

run: .venv/served
	$(BIN)/forecourt serve --demo --port $(PORT) --demo-port $(DEMO_PORT) --data $(DATA)

# A process a core, each with a PostgreSQL of its own; files stay together, the journeys beside each other: they share a
# Chromium.
test: check
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term-missing:skip-covered

check: .venv/tested widget/node_modules/installed
	sh tests/need-chromium.sh
	$(BIN)/ruff check server tests bench
	$(BIN)/ruff format --check server tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd widget && npm run --silent check && npm run --silent size

widget: widget/node_modules/installed
	cd widget && npm run --silent build && npm run --silent build:prose && npm run --silent size

bench: .venv/tested
	$(BIN)/python -m bench

clean:
	rm -rf .venv widget/node_modules var test-output

.venv/made:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade pip
	touch $@

.venv/served: .venv/made pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

.venv/tested: .venv/made pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@ .venv/served

widget/node_modules/installed: widget/package-lock.json
	@command -v npm >/dev/null || { echo "The widget's checks need Node 20 and npm (Debian: apt-get install nodejs npm)."; exit 1; }
	cd widget && npm ci --silent --no-fund --no-audit
	touch $@
