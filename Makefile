# `make` alone lists what there is.
PYTHON ?= $(shell command -v python3.14 || command -v python3.13 || command -v python3.12 || command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo chat test check format soak bench clean

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.run ## try it: opens a page with both sides of the desk, no tokens needed
	@$(BIN)/support-bot demo

chat: $(VENV)/.run ## the same in this terminal
	@$(BIN)/support-bot chat

test: $(VENV)/.dev ## all tests
	@$(BIN)/python -m pytest -n auto

check: $(VENV)/.dev ## format, lint, types, import contracts, dependencies, knowledge, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .
	@$(BIN)/support-bot check --thorough
	@$(BIN)/python -m pytest -n auto

format: $(VENV)/.dev ## put the code into shape
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

soak: $(VENV)/.dev ## long sweeps with random seeds
	@$(BIN)/python -m pytest -m soak

bench: $(VENV)/.dev ## what is measured, as tables
	@for script in benchmarks/[a-z]*.py; do echo "== $$script"; $(BIN)/python $$script; done

clean: ## remove the virtual environment and everything derived
	@rm -rf $(VENV) data/demo.* data/cache dist *.egg-info .mypy_cache .ruff_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is %d.%d" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
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
