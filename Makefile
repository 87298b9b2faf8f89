# Two commands on a fresh machine: `make run` and `make test`. Python 3.11 or later is all they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
export UV_COMPILE_BYTECODE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check check-lint check-format check-types check-imports check-templates check-migrations
.PHONY: bench faults assets lock clean
.DELETE_ON_ERROR:

run: $(VENV)/requirements.stamp
	@exec $(BIN)/python -m helpdesk up

test: $(VENV)/requirements-dev.stamp
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

check: check-lint check-format check-types check-imports check-templates check-migrations

check-lint: $(VENV)/requirements-dev.stamp
	$(BIN)/ruff check .

check-format: $(VENV)/requirements-dev.stamp
	$(BIN)/ruff format --check .

check-types: $(VENV)/requirements-dev.stamp
	$(BIN)/mypy helpdesk customers tickets tests

check-imports: $(VENV)/requirements-dev.stamp
	$(BIN)/lint-imports

check-templates: $(VENV)/requirements-dev.stamp
	@templates=$$(find helpdesk customers tickets -path '*/templates/*.html'); \
	  if [ -n "$$templates" ]; then $(BIN)/djhtml --check $$templates && $(BIN)/djlint --lint --quiet $$templates; fi

check-migrations: $(VENV)/requirements-dev.stamp
	VAR_DIR=var/check $(BIN)/python -m helpdesk manage makemigrations --check --dry-run

bench: $(VENV)/requirements.stamp
	VAR_DIR=var/bench $(BIN)/python -m helpdesk manage bench $(ARGS)

# Every fault, at length: RUN_FAULTS lets run what the normal tests leave out.
faults: $(VENV)/requirements-dev.stamp
	RUN_FAULTS=1 $(BIN)/python -m pytest tests/faults tests/channels/test_reconciling.py $(ARGS)

# Front-end assets are committed; only this target needs Node.
assets:
	cd frontend && npm ci && npm run assets

lock:
	uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -o requirements.txt
	uv pip compile -q pyproject.toml --group dev -c requirements.txt --universal --python-version 3.11 --generate-hashes --no-header -o requirements-dev.txt

# The stamps are newer than the locked files while what is installed is what they name.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Beforehand needs Python 3.11 or later; name one with: make PYTHON=python3.12")'
	@echo "Making $(VENV) …"
	@if [ -n "$(UV)" ]; then "$(UV)" venv -q --python "$(PYTHON)" $(VENV); else $(PYTHON) -m venv $(VENV); fi

$(VENV)/%.stamp: %.txt $(VENV)/bin/python
	@echo "Installing what $< names (once; about a minute with pip) …"
	@if [ -n "$(UV)" ]; then "$(UV)" pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r $<; \
	  else $(BIN)/python -m pip install -q --require-hashes -r $<; fi
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache var/check var/bench
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +
