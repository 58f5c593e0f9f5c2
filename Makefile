# Two commands matter: `make issue` and `make test`. Both need only Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
# `make test PYTHON=python3.13`: if .venv is of another version, this one gets an environment of its own, .venv-3.13.
ifneq ($(origin PYTHON),file)
version_of = $(shell $(1) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
ifneq ($(wildcard .venv/bin/python),)
ifneq ($(call version_of,$(PYTHON)),$(call version_of,.venv/bin/python))
VENV := .venv-$(call version_of,$(PYTHON))
endif
endif
endif
BIN := $(VENV)/bin
# `make issue ISSUE=locks` publishes another issue than the latest. In a fresh clone none is published yet, so one is named.
ISSUE ?= $(patsubst issues/%/issue.yaml,%,$(lastword $(sort $(wildcard issues/*/issue.yaml))))

# Wheels only, each verified by its hash: nothing is compiled, nothing unpinned is installed.
# The lock is complete, so pip need not resolve (--no-deps); `pip check` verifies that.
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --quiet
LOCKED := --require-hashes --no-deps --only-binary :all:
EDITABLE := --no-deps --no-build-isolation --editable .
# pip compiles what it installs; this does the same for our own files, so that the first command starts as fast as
# the tenth even where PYTHONDONTWRITEBYTECODE is set. Files that are compiled already cost nothing.
COMPILE := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help issue test quick lint docs gallery bench mutants dev tools wheel zipapp lock clean distclean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

issue: $(VENV)/run.stamp ## publish the sample issue into dist/
	@$(COMPILE) newsletter
	@$(BIN)/newsletter publish $(ISSUE)
	@echo "Look in dist/: email.html and web.html open in a browser, email.txt in a terminal, message.eml in a mail client."

test: lint docs ## run the gate: lint, types, docs, tests
	$(BIN)/python -m pytest

quick: $(VENV)/dev.stamp ## run the quick part of the tests, for another version: make quick PYTHON=python3.13
	$(BIN)/python -m pytest tests/charts tests/files tests/importers tests/links tests/load tests/markup tests/render

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict newsletter

docs: $(VENV)/dev.stamp ## build the documentation; warnings are errors
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html

gallery: $(VENV)/dev.stamp ## redraw the images of docs/looks.md (needs Chromium)
	$(BIN)/python docs/images/draw_looks.py

bench: $(VENV)/dev.stamp ## run the benchmarks against similar tools (needs node)
	@$(COMPILE) newsletter
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/preview.py
	$(BIN)/python benchmarks/links.py
	$(BIN)/python benchmarks/imports.py
	$(BIN)/python benchmarks/send.py

mutants: $(VENV)/mutants.stamp ## change the code and see whether a test notices (SAMPLE=300 SEED=1 PATHS=…)
	$(BIN)/python tools/mutants.py $(PATHS) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(MUTANTS)

dev: $(VENV)/dev.stamp ## set up .venv with everything the gate needs

tools: tests/tools/node_modules/.stamp ## install prettier, linters and others that tests/tools runs (needs node)

tests/tools/node_modules/.stamp: tests/tools/package-lock.json
	@npm ci --prefix tests/tools --no-audit --no-fund --loglevel=error
	@touch $@

zipapp: $(VENV)/run.stamp ## build one file with all dependencies, for machines like this one
	@$(BIN)/python tools/make_zipapp.py build/newsletter.pyz

wheel: $(VENV)/dev.stamp ## build a wheel in build/
	$(BIN)/python -m pip --disable-pip-version-check wheel --quiet --no-deps --no-build-isolation --wheel-dir build .
	@ls build/*.whl

lock: ## pin the dependencies of pyproject.toml; UPGRADE=--upgrade takes newer versions
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check install --quiet --upgrade uv
	$(UV_COMPILE) --all-extras --group build --output-file requirements/run.txt pyproject.toml
	$(UV_COMPILE) --all-extras --group dev --constraints requirements/run.txt --output-file requirements/dev.txt pyproject.toml
	$(UV_COMPILE) --group mutants --constraints requirements/dev.txt --output-file requirements/mutants.txt

clean: ## remove the output of builds and tools
	rm -rf dist build .newsletter docs/_build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +

distclean: clean ## remove the environments too
	rm -rf .venv .venv-*

# Universal: one file serves Linux, macOS and Windows, Python 3.11 and later.
UV_COMPILE = build/lock/bin/uv --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' $(UPGRADE)

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "This needs Python 3.11 or later; $(PYTHON) is `$(PYTHON) -V`. Choose another: make PYTHON=python3.11 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "$(PYTHON) cannot create a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(VENV)/run.stamp: $(VENV)/pyvenv.cfg requirements/run.txt pyproject.toml
	@echo "Setting up $(VENV) (once) …"
	@$(INSTALL) $(LOCKED) --requirement requirements/run.txt
	@$(INSTALL) $(EDITABLE)
	@$(COMPILE) newsletter
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	@echo "Installing what the tests need …"
	@$(INSTALL) $(LOCKED) --requirement requirements/dev.txt
	@out=`$(BIN)/python -m pip check` || { echo "$$out" >&2; exit 1; }
	@touch $@

$(VENV)/mutants.stamp: $(VENV)/dev.stamp requirements/mutants.txt
	@echo "Installing what the mutants need …"
	@$(INSTALL) $(LOCKED) --requirement requirements/mutants.txt
	@touch $@
