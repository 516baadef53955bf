# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAMPLE := sample
# More than cores: some tests wait for processes, browsers and servers.
TEST_WORKERS ?= 3
IMAGE_EXTRAS := edge postgres web
LOCK := deploy/requirements.lock

# Bytecode is made of what is used, at its first use: compiling every package takes as long as fetching it.
# Some environments forbid it; then every start of the program would compile it anew.
INSTALL := -m pip install --quiet --no-compile
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run demo demo-live test test-long install install-web install-test lint format hooks lock audit sbom clean

help: ## show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: install ## simulate five cameras for five minutes, run the pipeline on them, compare with the truth
	@test -f $(SAMPLE)/site.yaml || $(BIN)/pipeline simulate $(SAMPLE) --cameras 5 --minutes 5 --seed 505 --riders-per-hour 1050
	$(BIN)/pipeline run --cameras $(SAMPLE)/site.yaml --database $(SAMPLE)/flows.db
	$(BIN)/pipeline stats counts --database $(SAMPLE)/flows.db --interval total
	$(BIN)/pipeline stats routes --database $(SAMPLE)/flows.db --interval total --min-count 1
	$(BIN)/pipeline stats od --database $(SAMPLE)/flows.db --interval total --min-count 1
	$(BIN)/pipeline stats travel-times --database $(SAMPLE)/flows.db --interval total --min-count 1
	$(BIN)/pipeline stats od --database $(SAMPLE)/flows.db --interval total --min-count 1 --output $(SAMPLE)/flow-map.svg
	$(BIN)/pipeline evaluate --database $(SAMPLE)/flows.db --truth $(SAMPLE)/truth

demo: install-web ## make up a town, and show it in the browser: prints the address, stop with Ctrl-C
	@mkdir -p $(SAMPLE)
	@test -f $(SAMPLE)/town.db || (rm -f $(SAMPLE)/new-town.db* && echo "making up a town; this takes a minute" && \
	  $(BIN)/python -m web.sample $(SAMPLE)/new-town.db && mv $(SAMPLE)/new-town.db $(SAMPLE)/town.db)
	$(BIN)/pipeline serve --database $(SAMPLE)/town.db

demo-live: install ## simulate two cameras and play them as live streams; docs/use/live.md tells how to watch them
	$(BIN)/pipeline simulate $(SAMPLE)/live --cameras 2 --minutes 5 --riders-per-hour 700 --serve 8554

test: lint ## lint, then run every test; ends by saying what was skipped and what makes it run
	OMP_NUM_THREADS=1 $(BIN)/pytest -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder --durations 10

test-long: install-test ## run the tests that take minutes: outages, attacks, killed processes, live streams
	OMP_NUM_THREADS=1 $(BIN)/pytest -m long --durations 10

install: $(VENV)/.core ## install the program into .venv, without torch

install-web: $(VENV)/.web ## install what the pages need as well

install-test: $(VENV)/.test ## install what tests, trainings and linting need as well

$(VENV)/.venv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make run PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(INSTALL) --upgrade pip
	@touch $@

$(VENV)/.core: $(VENV)/.venv pyproject.toml
	$(BIN)/python $(INSTALL) --editable .
	@touch $@

$(VENV)/.web: $(VENV)/.core
	$(BIN)/python $(INSTALL) --editable ".[web]"
	@touch $@

$(VENV)/.test: $(VENV)/.core
	$(BIN)/python $(INSTALL) --editable ".[dev,edge,lab,mqtt,omx,openvino,postgres,ray,traces,web,yolo]"
	@touch $@

$(VENV)/.release: $(VENV)/.venv pyproject.toml
	$(BIN)/python $(INSTALL) --editable ".[release]"
	@touch $@

lint: install-test ## check style and types; what .pre-commit-config.yaml runs before a commit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install-test ## mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

hooks: install-test ## lint before every commit from now on
	$(BIN)/pre-commit install

lock: $(VENV)/.release ## write deploy/requirements.lock anew: what the container image installs, with checksums
	$(BIN)/uv pip compile pyproject.toml $(IMAGE_EXTRAS:%=--extra %) --universal --python-version 3.12 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade --quiet --output-file $(LOCK)

audit: $(VENV)/.release ## ask whether a fault is known of anything that the container image installs
	@$(BIN)/python deploy/audit.py $(LOCK)

sbom: $(VENV)/.release ## write what the container image installs as a list in the manner of CycloneDX: sbom.json
	$(BIN)/cyclonedx-py requirements $(LOCK) --pyproject pyproject.toml --output-reproducible --output-file sbom.json

clean: ## delete .venv, the sample and what was built
	rm -rf $(VENV) $(SAMPLE) build sbom.json *.egg-info
