# Everything one does with Maillage. `make` alone lists it.
# Each step leaves a stamp (in .state/, or the file that it makes) and is redone when its sources change.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PORT ?= 8000
# Tests run on all processors, on two at least; more than four would wait for each other's disk.
WORKERS ?= $(shell n=$$(nproc); echo $$((n < 2 ? 2 : n > 4 ? 4 : n)))
ARGS ?=

BIN := .venv/bin
PIP := python3 -m pip --python $(BIN)/python --disable-pip-version-check
CATALOGUES := $(wildcard hub/translations/*/LC_MESSAGES/messages.po)
ASSETS := $(shell find assets templates -type f 2>/dev/null) $(shell find hub -name '*.py')

# --- For everyone ----------------------------------------------------------------------------

.PHONY: help
help: ## list these targets
	@echo "Maillage. Usage: make TARGET"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: export HUB_DEMO := true
run: export HUB_BASE_URL ?= http://127.0.0.1:$(PORT)
run: setup ## set up, load the demo network once, serve http://127.0.0.1:8000 (PORT=… changes it)
	@$(BIN)/maillage init
	@$(BIN)/maillage demo
	@exec $(BIN)/maillage serve --port $(PORT)

.PHONY: setup
setup: .state/package hub/static/dist/manifest.json $(CATALOGUES:.po=.mo) ## set up what serving needs, and stop there

.PHONY: test
# A file stays on one worker, and files go in their order: a long one never comes alone at the end.
# They start the program some hundred times: it is compiled once.
test: export PYTHONDONTWRITEBYTECODE :=
test: setup .state/python-test .state/system-test ## set up what the tests need and run them all (ARGS="…" goes to pytest)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: lint
lint: .state/package .state/python-test ## check style, types, templates, import rules and locks
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/lint-imports
	@setup/check-locks

.PHONY: format
format: .state/python-test ## write the code in the project's style
	@$(BIN)/ruff check --fix --exit-zero
	@$(BIN)/ruff format

.PHONY: bench
bench: setup .state/python-test .state/python-bench ## measure, and print ratios
	@$(BIN)/python -m bench

.PHONY: screenshots
screenshots: setup .state/python-test .state/system-test ## take the pictures of the README and the guides anew
	@$(BIN)/python -m docs.screenshots

.PHONY: messages
messages: .state/python-test ## bring the texts of code and templates into the catalogues
	@$(BIN)/pybabel --quiet extract --mapping-file setup/babel.cfg --keyword _l --no-location --sort-output \
		--project Maillage --output-file .state/messages.pot hub templates
	@for language in fr nl en; do \
		$(BIN)/pybabel --quiet update --input-file .state/messages.pot --output-dir hub/translations \
			--locale $$language --init-missing --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date; \
	done
	@$(BIN)/python setup/french
	@$(MAKE) --no-print-directory setup

.PHONY: lock
lock: .state/lock ## choose the versions of the dependencies anew (UPGRADE=--upgrade takes the newest)
	@$(LOCK) --extra postgresql --group dev --output-file requirements/dev.txt pyproject.toml
	@$(LOCK) --group bench --constraint requirements/dev.txt --output-file requirements/bench.txt
	@$(LOCK) --extra postgresql --group build --constraint requirements/dev.txt --output-file requirements/main.txt pyproject.toml
	@setup/check-locks

.PHONY: clean
clean: ## remove all that the other targets made; the data in instance/ stay
	@rm -rf .venv .state node_modules hub/static/dist *.egg-info test-results
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find hub -name '*.mo' -delete
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- Steps -----------------------------------------------------------------------------------

.state:
	@mkdir -p .state

.state/system-run .state/system-test: .state/system-%: setup/system | .state
	@setup/system $*
	@touch $@

# Debian's python3 lacks ensurepip, which python3-venv would bring: the pip outside fills the environment instead.
.venv/pyvenv.cfg: | .state/system-run
	@python3 -m venv --without-pip .venv

.state/python-run: requirements/main.txt .venv/pyvenv.cfg | .state
	@echo "Installing the Python packages…"
	@$(PIP) install --quiet --require-hashes --requirement $<
	@touch $@

.state/python-test: requirements/dev.txt .state/python-run
	@echo "Installing the Python packages for developers…"
	@$(PIP) install --quiet --require-hashes --requirement $<
	@touch $@

.state/python-bench: requirements/bench.txt .state/python-test
	@echo "Installing what the benchmarks compare with…"
	@$(PIP) install --quiet --require-hashes --requirement $<
	@touch $@

.state/package: pyproject.toml .state/python-run
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# npm writes this file last: it is the stamp.
node_modules/.package-lock.json: package.json package-lock.json .npmrc .state/python-run
	@echo "Installing the packages for the browser…"
	@setup/node npm ci --loglevel=error
	@touch $@

# Templates and code too: the icons that they name are bundled.
hub/static/dist/manifest.json: node_modules/.package-lock.json $(ASSETS)
	@setup/node assets/build.mjs

%.mo: %.po setup/compile .state/python-run
	@$(BIN)/python setup/compile $< $@

LOCK := .state/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header $(UPGRADE)

.state/lock: | .state
	@python3 -m venv --without-pip $@
	@python3 -m pip --python $@/bin/python --disable-pip-version-check install --quiet uv
