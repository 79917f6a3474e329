# Needs python3 (3.11 or newer) and make; everything else it fetches into .venv.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# One more than the cores of the smallest machine: some tests wait for processes (tests/turns.py).
WORKERS ?= 3
PYTEST := $(BIN)/python -m pytest
# One file or test alone is faster without workers.
SHARED = $(PYTEST) $(if $(findstring .py,$(T)),,-n $(WORKERS)) $(if $(T),'$(T)')
T ?=
ARGS ?=
# Branch coverage of everything in percent, as far as it was reached; it may rise.
FLOOR := 95

# A virtual environment of the caller must not leak into ours.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH
# Each process of the tests would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo test quick static covered measured check assurance bench lock sbom secrets audit clean browser

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

install: $(STAMP)  ## .venv with everything that requirements.lock pins

$(STAMP): requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ]; then echo "accredit needs Python 3.11 or newer as python3; none was found." >&2; exit 1; fi
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "python3 could not make a virtual environment; on Debian install python3-venv." >&2; exit 1; }
	$(PIP) install --quiet --no-deps --require-hashes -r requirements.lock
	@# compat: a plain path, so that a package added later is found without installing again
	$(PIP) install --quiet --no-deps --no-build-isolation --config-settings editable_mode=compat -e .
	@touch $@

demo: install  ## a filled register on this machine: make demo [ARGS=...]
	@exec $(BIN)/accredit demo $(ARGS)

browser:
	@missing=""; \
	[ -x /usr/bin/chromium-headless-shell ] || missing="chromium-headless-shell"; \
	fc-list :lang=zh-cn 2>/dev/null | grep -q . || missing="$$missing fonts-noto-cjk"; \
	[ -x /usr/sbin/clamd ] || missing="$$missing clamav-daemon"; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ]; then as=""; \
		elif sudo -n true 2>/dev/null; then as="sudo -n"; \
		else echo "The tests need these Debian packages: $$missing. Install them, then run make again." >&2; exit 1; fi; \
		echo "Installing$${missing:+ }$$missing"; \
		$$as env DEBIAN_FRONTEND=noninteractive apt-get update -qq; \
		$$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

test: install browser  ## the whole test suite, browser included: make test [T=file, folder or test] [ARGS="-k name"]
	@$(SHARED) $(ARGS)

quick: WORKERS := 2
quick: install  ## the tests that need neither database nor browser
	@$(SHARED) -m "not database and not browser and not slow" $(ARGS)

static: install  ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

covered:  ## whether the last run with --cov covered rules, domain, hooks and plugins
	$(BIN)/coverage report --include='core/rules/*,core/domain/*,core/hooks/*,plugins/*' --fail-under=100

measured:  ## the whole suite under coverage: how much of everything it reaches
	@ACCREDIT_MEASURE_ALL=1 $(MAKE) --no-print-directory test ARGS="--cov --cov-report= $(ARGS)"
	$(BIN)/coverage report --skip-covered --show-missing --fail-under=$(FLOOR)

check: static  ## what a change must pass: format, lint, types, layers, tests, coverage
	@$(MAKE) --no-print-directory test ARGS="--cov --cov-report= $(ARGS)"
	@$(MAKE) --no-print-directory covered

assurance: install browser  ## what is too long for the gate: every property on twenty times as many examples
	@ACCREDIT_EXAMPLES=20 $(SHARED) -o faulthandler_timeout=0 -m "hypothesis or assurance" $(ARGS)

bench: install  ## measure: make bench [ARGS=...]
	@$(BIN)/python -m benchmarks $(ARGS)

lock:  ## remake requirements.lock from pyproject.toml
	@tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; \
	$(PYTHON) -m venv "$$tools"; "$$tools/bin/pip" install --quiet --disable-pip-version-check uv; \
	"$$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate $(ARGS) --group dev pyproject.toml -o requirements.lock

# Tools that look at the project from outside, each in an environment that goes with it.
CYCLONEDX := cyclonedx-bom==7.5.0
DETECT_SECRETS := detect-secrets==1.5.0
PIP_AUDIT := pip-audit==2.10.1
BORROW = tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; $(PYTHON) -m venv "$$tools"; \
	"$$tools/bin/pip" install --quiet --disable-pip-version-check

sbom:  ## dist/sbom.json: what requirements.lock pins, as CycloneDX, the same each time
	@mkdir -p dist; $(BORROW) $(CYCLONEDX); \
	"$$tools/bin/cyclonedx-py" requirements requirements.lock --pyproject pyproject.toml \
		--output-reproducible --of JSON -o dist/sbom.json 2>/dev/null; echo dist/sbom.json

secrets: install  ## whether any line of the whole history holds a secret that is not made up
	@$(BORROW) $(DETECT_SECRETS); mkdir "$$tools/history"; \
	git log -p --no-textconv --unified=0 --no-color --format= --all -- . ':!requirements.lock' \
		':!core/web/static/vendor' ':!*.svg' | grep -a '^+' | cut -c2- | sort -u > "$$tools/history/lines.txt"; \
	(cd "$$tools/history" && "$$tools/bin/detect-secrets" scan --all-files --disable-plugin KeywordDetector \
		--disable-plugin HexHighEntropyString --disable-plugin Base64HighEntropyString . > "$$tools/found.json"); \
	$(BIN)/python -m tests.scanned "$$tools/found.json" && echo "no secret in $$(wc -l < "$$tools/history/lines.txt") lines"

audit:  ## whether anything that requirements.lock pins has a known hole; needs the network
	@$(BORROW) $(PIP_AUDIT); \
	if "$$tools/bin/pip-audit" --strict --disable-pip --require-hashes -r requirements.lock 2> "$$tools/said"; \
	then echo "no known hole"; elif grep -q 'Found [0-9]* known' "$$tools/said"; then tail -1 "$$tools/said"; exit 1; \
	else tail -1 "$$tools/said"; echo "not audited: what is known of holes could not be asked for"; fi

clean:  ## remove what was made, but never instance/ and its data
	rm -rf $(VENV) build dist *.egg-info .coverage .coverage.* htmlcov
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
	find core plugins migrations tests benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
