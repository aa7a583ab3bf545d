# Everything a person does with Duban from a shell. Each target works from a clean clone with no input.

# The oldest that Duban runs on, where there are several: the one that its tests know best.
PYTHON   ?= $(firstword $(foreach one,python3.11 python3.12 python3.13,$(if $(shell command -v $(one)),$(one))) python3.11)
VENV     ?= .venv
BIN      := $(VENV)/bin
RUNTIME  := requirements.txt
TOOLS    := requirements-dev.txt
# A folder `wheels` makes the install work with no network at all (fill it with `make wheels`).
PIP_FROM := $(if $(wildcard wheels),--no-index --find-links=wheels)
PIP      := $(BIN)/python -m pip --disable-pip-version-check
WORKERS  ?= 3
PYTEST   := $(BIN)/python -m pytest
# Empty: nothing is measured. `--cov` measures branches and fails below the share that pyproject.toml
# ([tool.coverage]) asks for.
COVERAGE ?=
# Folders and files the linters read; those not written yet are left out.
CHECKED  := $(wildcard app jobs migrations tests config.py .ci/upgrade.py .ci/measure.py .ci/rooms.py)

.DEFAULT_GOAL := help
.PHONY: help install install-dev run lint test test-long coverage bench measure rooms words upgrade wheels clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

# The stamp keeps the text of the locks and of the interpreter's version, so a touched file installs nothing.
INSTALL  := PYTHON=$(PYTHON) VENV=$(VENV) PIP_FROM="$(PIP_FROM)" sh .ci/install

install: ## make .venv from the runtime lock, on the machine that runs Duban; does nothing while it is unchanged
	@$(INSTALL) $(RUNTIME)

install-dev: ## the same with the tools that test and check; lint, test and bench call it
	@$(INSTALL) $(RUNTIME) $(TOOLS)

run: install ## start Duban: server, bot and a demo office
	@$(BIN)/python -m app run

lint: install-dev ## ruff (rules and layout), mypy, import contracts
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/mypy $(filter-out tests migrations .ci/%,$(CHECKED))
	$(if $(wildcard app/__main__.py),$(BIN)/lint-imports,@echo "lint-imports: no app/__main__.py yet")

test: install-dev ## every test not marked `long`, by WORKERS processes
	$(PYTEST) -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not long" $(COVERAGE)

test-long: install-dev ## the tests marked `long`: chaos, volume, browsers
	$(PYTEST) -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m long

bench: install-dev ## measure the promises about speed
	$(BIN)/python -m tests.bench

measure: install-dev ## measure the code and write the table of docs/measure.md; fails above a limit
	@$(BIN)/python .ci/measure.py

rooms: install-dev ## draw the rooms of the code into docs/pictures/rooms.svg
	@$(BIN)/python .ci/rooms.py

coverage: install-dev ## branch coverage of rules, stages, ledger and sweep, on SQLite; fails below 95 %
	$(PYTEST) -n $(WORKERS) -m "not long" -k "not postgres" tests/rules tests/stages tests/ledger tests/papers tests/views \
		tests/walk tests/test_story.py tests/jobs/test_sweep.py tests/test_verbs.py tests/test_refusals.py tests/test_replay.py --cov

words: install-dev ## write the message ids of code and templates into the catalogues of app/translations
	@VENV=$(VENV) sh .ci/words

wheels: install ## download the locks as wheels, for machines without a network
	$(PIP) download --quiet --no-deps --only-binary=:all: --dest wheels -r $(TOOLS)

upgrade: ## write the newest versions that go together into the locks; read the difference
	$(PYTHON) .ci/upgrade.py

clean: ## remove what the targets above made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
