# What a person or a machine does with this repository. Bare `make` explains the targets.
# Variables: ARGS= passed on to the program; T= a subset of the tests; N= test workers; m= a sentence; OUT= where to write.

.DEFAULT_GOAL := help
.PHONY: help setup up ui wheel test screenshots check fmt bench migration lock clean

# Where it is set, each of our processes would compile all of our modules anew: half a second for an api.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PAGE := addon_portal/apps/tenant-portal
ARGS ?=
T ?=
N ?= $(if $(T),0,4)

help: ## Explain the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: .venv/.dev ## Make .venv with everything for development, and .venv/bin/addon-portal

up: .venv/.runtime $(PAGE)/dist/.built ## Start the portal here (ARGS="--port 8080 --data DIR")
	@$(BIN)/addon-portal up $(ARGS)

ui: $(PAGE)/dist/.built ## Build the tenant portal's page, where it has changed

wheel: .venv/.runtime $(PAGE)/dist/.built ## Build a release with the page in it, which needs no Node where it is installed (OUT=directory)
	@$(BIN)/python -m hatchling build -t wheel -d $(or $(OUT),dist)

test: .venv/.dev $(PAGE)/dist/.built ## Run the tests (T="tests/unit -k word" for a subset, N=4 for four workers)
	@scripts/postgresql.sh
	@scripts/promtool.sh
	@scripts/chromium.sh
	@scripts/page.sh packages
	$(BIN)/python -m pytest -n $(N) $(T)

screenshots: .venv/.dev $(PAGE)/dist/.built ## Take pictures of every page, in a real browser (OUT=directory; docs/screenshots)
	@scripts/chromium.sh
	@scripts/page.sh packages
	ADDON_PORTAL_REQUIRE_BROWSER=1 ADDON_PORTAL_SCREENSHOTS=$(or $(OUT),docs/screenshots) \
		$(BIN)/python -m pytest -q tests/acceptance/browser/test_every_page.py

check: .venv/.dev ## Lint, format, types, import contracts, the page, tests of the documents and the code itself
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@scripts/page.sh check
	$(BIN)/python -m pytest -q tests/tidy

fmt: .venv/.dev ## Format and mend what a machine can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@scripts/page.sh npm run --silent format

bench: .venv/.dev ## Measure speed and cost, beside a bare program (OUT=file.json, ARGS="--only latency")
	$(BIN)/python -m benchmarks $(ARGS)

migration: .venv/.dev ## Write a migration from the tables' changes (m="why")
	$(if $(m),,$(error say why: make migration m="add the colour of a run"))
	$(BIN)/python scripts/migration.py "$(m)"

lock: .venv/.dev ## Resolve the dependencies anew into requirements/ (ARGS=--upgrade for newer ones)
	scripts/lock.sh $(ARGS)

clean: ## Remove what was built and cached, .venv too (data is not touched)
	rm -rf $(PAGE)/node_modules $(PAGE)/dist .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# A stamp says that the environment holds what the lock says; the development one contains the runtime.
.venv/.runtime: requirements/runtime.txt pyproject.toml scripts/setup.sh
	@scripts/setup.sh runtime

.venv/.dev: requirements/dev.txt pyproject.toml scripts/setup.sh
	@scripts/setup.sh dev

$(PAGE)/dist/.built: $(shell find $(PAGE)/src $(PAGE)/public $(PAGE)/scripts -type f) $(wildcard $(PAGE)/*.*) scripts/page.sh | .venv/.runtime
	@scripts/page.sh build
