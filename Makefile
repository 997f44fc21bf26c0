# Every command of the project. CI calls these same targets.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_DIR ?= var
# How many tests run at once; 0 runs them one after the other.
WORKERS ?= 2
# How long a soak lasts.
SECONDS ?= 180

.PHONY: help env clients run test lint check bench soak conformance lock terms format

help: ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

env: $(VENV)/.ready ## Create .venv with everything, from the pinned requirements

$(VENV)/.ready: requirements-dev.txt pyproject.toml server/assets/package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "maillage needs Python 3.11 or newer; $(PYTHON) is older. Try: make env PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "this Python has no venv module (on Debian: apt-get install python3-venv)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m server.assets || true
	@touch $@

clients: tests/clients/node_modules/.ready ## Install the clients in other languages that tests drive

tests/clients/node_modules/.ready: tests/clients/package.json tests/clients/package-lock.json
	@command -v npm >/dev/null || { echo "make clients needs npm (on Debian: apt-get install npm)" >&2; exit 2; }
	npm --prefix tests/clients ci
	@touch $@

run: env ## Build a release from the bundled sources and serve it on http://127.0.0.1:8000
	$(BIN)/maillage --home $(HOME_DIR) build
	$(BIN)/maillage --home $(HOME_DIR) serve

test: env ## Run every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

lint: env ## Format, lint, types, import contracts, generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m ontology.generate --check
	$(BIN)/python -m queries.document --check

check: lint test ## Everything that CI asks: lint, then test

bench: env ## Measure speed as ratios against named references
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.endpoint
	$(BIN)/python -m tests.bench.maps

soak: env ## Load a server while releases change, workers die and hostile queries come
	$(BIN)/python -m tests.soak --seconds $(SECONDS)

conformance: env ## Run the W3C tests: SUITE=w3c/rdf-tests, SHACL=w3c/data-shapes (checkouts), WRITE=1
	@test -n "$(SUITE)$(SHACL)" || { echo "name checkouts: make conformance SUITE=w3c/rdf-tests SHACL=w3c/data-shapes" >&2; exit 2; }
	$(BIN)/python -m tests.conformance $(if $(SUITE),"$(SUITE)") $(if $(SHACL),--shacl "$(SHACL)") $(if $(WRITE),--write)

terms: env ## Regenerate what is written from the vocabulary and the questions
	$(BIN)/python -m ontology.generate
	$(BIN)/python -m queries.document

format: env ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: env ## Pin the dependencies again, with hashes
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev -o requirements-dev.txt pyproject.toml
