# `make run` serves the demo, `make test` runs every test but `make chaos`, `make bench` prints the benchmarks. Each sets up what it needs.
PYTHON ?= python3
PORT ?= 8000
DEMO_PORT ?= 8001
DATA ?= var/demo
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check

unexport PYTHONDONTWRITEBYTECODE # or every server that a test starts compiles all of it again

.PHONY: run test chaos check types lint widget hosts bench lock sbom clean
.DELETE_ON_ERROR:

run: .venv/served
	$(BIN)/forecourt serve --demo --port $(PORT) --demo-port $(DEMO_PORT) --data $(DATA)

# A process a core, each with a PostgreSQL of its own; files stay together, the journeys beside each other: they share a
# Chromium.
test: check hosts
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term-missing:skip-covered

# Every fault at every place, and servers that are killed, frozen and without disk. Takes minutes.
chaos: .venv/tested
	$(BIN)/pytest tests/chaos -m "chaos or not chaos" -n 2

check: .venv/tested widget/node_modules/installed
	sh tests/need-chromium.sh
	$(MAKE) --no-print-directory --jobs 2 types lint

types: # takes as long as all the others, on one core
	$(BIN)/mypy

lint:
	$(BIN)/ruff check server tests bench
	$(BIN)/ruff format --check server tests bench
	$(BIN)/lint-imports
	cd widget && npm run --silent check && npm run --silent size

# Applications built with what npm released, for the journeys on other people's pages.
HOSTS := tests/journeys/hosts
hosts: $(HOSTS)/build/built

widget: widget/node_modules/installed
	cd widget && npm run --silent build && npm run --silent build:prose && npm run --silent size

# Writes again which versions, by their hashes, `run` and `test` install. The builder is among them, so that building
# downloads nothing else.
lock: .venv/lock/bin/uv
	for extra in "" "--extra dev"; do echo hatchling | .venv/lock/bin/uv pip compile --quiet pyproject.toml - $$extra \
		--universal --python-version 3.11 --generate-hashes --upgrade --no-annotate --no-header --no-emit-index-url \
		--output-file requirements/$${extra:+test-}locked.txt; done

# Writes what is installed to serve, and what the widget and the console's editor are built of, as CycloneDX.
sbom: .venv/served
	mkdir -p var/sbom
	$(PYTHON) -m venv .venv/sbom
	.venv/sbom/bin/pip install --quiet --disable-pip-version-check cyclonedx-bom
	.venv/sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --output-file var/sbom/server.cdx.json $(BIN)/python
	cd widget && npm sbom --package-lock-only --sbom-format cyclonedx > ../var/sbom/widget.cdx.json
	@echo "Wrote var/sbom/server.cdx.json and var/sbom/widget.cdx.json."

bench: .venv/tested
	$(BIN)/python -m bench

clean:
	rm -rf .venv widget/node_modules $(HOSTS)/node_modules $(HOSTS)/build var test-output

.venv/made:
	$(PYTHON) -m venv .venv
	touch $@

.venv/served: .venv/made pyproject.toml requirements/locked.txt
	$(INSTALL) --require-hashes -r requirements/locked.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $@

.venv/tested: .venv/made pyproject.toml requirements/test-locked.txt
	$(INSTALL) --require-hashes -r requirements/test-locked.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $@ .venv/served

.venv/lock/bin/uv:
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/pip install --quiet --disable-pip-version-check uv

widget/node_modules/installed: widget/package-lock.json
	@command -v npm >/dev/null || { echo "The widget's checks need Node 20 and npm (Debian: apt-get install nodejs npm)."; exit 1; }
	cd widget && npm ci --silent --no-fund --no-audit
	touch $@

$(HOSTS)/node_modules/installed: $(HOSTS)/package-lock.json
	cd $(HOSTS) && npm ci --silent --no-fund --no-audit --ignore-scripts
	touch $@

$(HOSTS)/build/built: $(HOSTS)/node_modules/installed widget/node_modules/installed $(wildcard $(HOSTS)/*.mjs $(HOSTS)/applications/*)
	cd $(HOSTS) && npm run --silent build
	touch $@
