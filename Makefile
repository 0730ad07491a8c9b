# `make` alone lists what there is.
# The first Python that is new enough and really starts: a version manager's name for one may lead nowhere.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo chat test check lint format soak bench clean

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.run ## try it: opens a page with both sides of the desk, no tokens needed
	@$(BIN)/support-bot demo

chat: $(VENV)/.run ## the same in this terminal
	@$(BIN)/support-bot chat

test: $(VENV)/.dev ## all tests
	@$(BIN)/python -m pytest -n auto

check: lint test ## everything: lint and tests

lint: $(VENV)/.dev ## format, lint, types, import contracts, dependencies, knowledge
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .
	@$(BIN)/support-bot check --thorough

format: $(VENV)/.dev ## put the code into shape
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

soak: $(VENV)/.dev ## long sweeps with random seeds
	@$(BIN)/python -m pytest -m soak

bench: $(VENV)/.dev ## what is measured, as tables
	@for script in benchmarks/[a-z]*.py; do echo "== $$script"; $(BIN)/python $$script; done

clean: ## remove the virtual environment and everything derived
	@rm -rf $(VENV) data/demo.* data/cache dist *.egg-info .mypy_cache .ruff_cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it, or name it: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Making a virtual environment in $(VENV) (once)…"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml
	@echo "Installing what the bot needs (once, about a minute)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml
	@echo "Installing what the tests need (once, about two minutes)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.run
