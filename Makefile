# Sonnim's tasks. `make help` lists them; CONTRIBUTING.md says when to use which.
# GNU make on Debian, Ubuntu, macOS. Everything lives in .venv; nothing outside the checkout changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
# Stamps: a step runs again only when what it depends on has changed, so that a second `make`
# needs no network.
CORE := $(VENV)/.core
DEV := $(VENV)/.dev
FUZZ := $(VENV)/.fuzz
PROJECT := $(VENV)/.project
SECONDS ?= 600
# A developer's environment holds the core too: use it where it stands.
READY := $(if $(wildcard $(DEV)),$(DEV),$(if $(filter demo setup-core,$(MAKECMDGOALS)),$(CORE),$(DEV)))

.DEFAULT_GOAL := help
.PHONY: help setup setup-core demo test quick check format bench docs new-connector new-analyzer \
        picture train-mood measure-reader weigh fuzz lock clean

help: ## List these tasks
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

setup: $(DEV) $(PROJECT) ## Set up everything a developer needs, in .venv (once)

setup-core: $(READY) $(PROJECT) ## Set up only what users install, in .venv (once)

demo: setup-core ## Make a fictional company's data and analyse it from end to end
	@$(BIN)/sonnim demo

# Tests that compute and neither wait, watch nor print for a terminal: two processes share them.
SHARED := tests/analyzers tests/graphs tests/language tests/tables tests/views src/sonnim

test: setup ## Run all tests
	$(BIN)/python -m pytest $(SHARED) -m "not spark" --numprocesses 2 --dist loadfile
	$(BIN)/python -m pytest $(SHARED) -m spark
	$(BIN)/python -m pytest $(addprefix --ignore=,$(SHARED))

quick: setup ## Run the quick tests: about a minute
	$(BIN)/python -m pytest -m "not spark and not slow" --numprocesses 2 --dist loadfile

check: setup ## Look for faults without running: style, types, floors of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## Mend style where a machine can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## Measure speed and accuracy and write the benchmark sheet
	$(BIN)/python -m benchmarks

docs: setup ## Write the generated reference pages anew
	$(BIN)/python scripts/make_reference.py

fuzz: setup $(FUZZ) ## Feed the parsers what nobody would write, for SECONDS (600); see fuzz/README.md
	$(BIN)/python -m fuzz --seconds $(SECONDS)

picture: setup ## Draw the pictures of the report for the README (needs Chromium)
	$(BIN)/python scripts/make_picture.py

new-connector: setup ## Begin a connector: make new-connector NAME=zendesk
	@$(BIN)/python scripts/new_part.py connector "$(NAME)"

new-analyzer: setup ## Begin an analyzer: make new-analyzer NAME=politeness
	@$(BIN)/python scripts/new_part.py analyzer "$(NAME)"

train-mood: setup ## Train the mood model anew from the shared data
	$(BIN)/python -m training.mood.train

measure-reader: setup ## Measure the accurate tier on the shared data and write it into its card
	$(BIN)/python -m training.reader.evaluate --into-card

weigh: ## Say how many MB each dependency of the core takes in .venv
	@$(PYTHON) scripts/weigh.py $(VENV) --only requirements/core.txt --limit 600

lock: ## Write the lock files anew from pyproject.toml (needs uv)
	scripts/lock.sh

clean: ## Remove .venv and everything generated
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Sonnim needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing. Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# A lock file newer than the stamp whose packages are all there costs a second and no network.
$(CORE): requirements/core.txt | $(BIN)/python
	@echo "Installing what Sonnim needs into $(VENV) (about a minute)..."
	@$(PIP) install --require-hashes --requirement requirements/core.txt
	@touch $@

$(DEV): requirements/dev.txt | $(BIN)/python
	@echo "Installing what developing Sonnim needs into $(VENV) (one to three minutes)..."
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@

$(FUZZ): requirements/fuzz.txt | $(DEV)
	@$(PIP) install --require-hashes --requirement requirements/fuzz.txt
	@touch $@

# hatchling is in both locks, hence no build isolation and no download.
$(PROJECT): pyproject.toml | $(READY)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
