# Two commands do everything:  make lab   and   make test.  `make help` lists the rest.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help lab test test-full test-faults test-hostile lint demo bench bench-grading screenshots system bubblewrap setup setup-dev clean

help: ## This list.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 22

lab: setup ## Set up, build the labs and a district, open JupyterLab on the first lab (ARGS=--no-browser prints the address).
	$(BIN)/hilab study $(ARGS)

test: setup-dev system lint ## Everything that CI runs, nothing skipped.
	PYTHONWARNDEFAULTENCODING=1 $(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

test-full: setup-dev ## The slow statistical runs (resumable); writes its tables to docs/.
	PYTHONWARNDEFAULTENCODING=1 $(BIN)/python -m pytest tests/statistical $(ARGS)

test-faults: setup-dev bubblewrap ## Kills the grader at random points, twenty times, and looks for marks lost or doubled.
	$(BIN)/python -m tests.faults.killing $(ARGS)

test-hostile: setup-dev bubblewrap ## Lets a class of attackers hand in and shows what each came to.
	$(BIN)/python -m tests.hostile.hostile_class $(ARGS)

lint: setup-dev ## Format, style, types, layers.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

demo: setup bubblewrap ## Four hand-ins from kit to mark, in a throw-away course under build/demo.
	$(BIN)/python -m grading.demo $(ARGS)

bench: setup-dev bubblewrap ## Speed, as ratios within one run.
	$(BIN)/python -m benchmarks $(ARGS)

bench-grading: setup-dev bubblewrap ## Grading against stock nbgrader.
	$(BIN)/python -m benchmarks.bench_grading $(ARGS)

screenshots: setup-dev system ## Takes the pictures in docs/images anew.
	$(BIN)/python docs/screenshots.py $(ARGS)

system: ## Debian packages that grading, the browser tests and the real Synthea need (as root; else says what to install).
	@sh .ci/system bubblewrap chromium
	@sh .ci/system java || echo "Without Java everything but the real Synthea works."

bubblewrap:
	@sh .ci/system bubblewrap

setup: $(VENV)/.base ## The environment to study and to grade.
setup-dev: $(VENV)/.dev ## The environment to test and to change hilab.

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "hilab needs Python 3.11 or newer: make PYTHON=python3.11 lab")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: $(BIN)/python requirements/base.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/base.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	touch $@

clean: ## Removes what was built here (never a course folder, which lies elsewhere).
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
