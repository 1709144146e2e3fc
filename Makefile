# istami · استمع. `make help` lists what can be made.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NODE := tests/browser/node_modules
HOST ?= 127.0.0.1
PORT ?= 8000
export ISTAMI_DATA_DIR ?= $(CURDIR)/var

.DEFAULT_GOAL := help
.PHONY: help install run test test-quick test-bare test-neural test-judge test-browser test-image test-wheel test-deaths test-faults lint lint-player client sample docs docs-serve audit bench bench-text lock clean

help: ## Say what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.base: requirements.lock pyproject.toml clients/python/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable . --editable ./clients/python
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.docs: $(VENV)/.dev requirements-docs.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-docs.lock
	@touch $@

$(VENV)/.neural: $(VENV)/.dev requirements-neural.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-neural.lock
	@touch $@

$(VENV)/.judge: $(VENV)/.dev requirements-judge.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-judge.lock
	@touch $@

$(NODE)/.installed: tests/browser/package-lock.json
	npm --prefix tests/browser ci --silent --no-audit --no-fund
	@touch $@

$(VENV)/.browser: $(VENV)/.dev requirements-browser.lock $(NODE)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-browser.lock
	@touch $@

install: $(VENV)/.base ## Install istami and all it needs into .venv

run: $(VENV)/.base ## Start everything and print the address of a page that reads aloud; VOICE=ID installs and uses a voice
	$(if $(VOICE),$(BIN)/istami voices install $(VOICE) $(if $(ACCEPT_LICENCE),--accept-licence))
	$(if $(VOICE),ISTAMI_VOICE=$(VOICE)) $(BIN)/istami serve --host $(HOST) --port $(PORT)

test: $(VENV)/.dev ## Run the tests, two files at a time: half of them wait for something
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-quick: $(VENV)/.dev ## Run what a change to a rule of reading can break, and the path from text to sound: a minute
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m "not growth" \
		tests/unit/text tests/unit/audio/test_loudness.py $(ARGS)

test-bare: ## Run README's two commands in a bare Debian 12, as an ordinary user (root; Debian's debootstrap)
	.ci/bare $(ARGS)

test-neural: $(VENV)/.neural ## Run what needs Coqui, Piper and Kokoro's own weights (installs 6 GB)
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile -m "coqui or kokoro or piper" tests/contract tests/unit tests/e2e $(ARGS)

test-judge: $(VENV)/.judge ## Run what measures voices: a recogniser and a model of opinions (installs 300 MB)
	ISTAMI_REQUIRE=judge $(BIN)/python -m pytest -m judge tests/unit/studio $(ARGS)

test-browser: $(VENV)/.browser ## Run what needs Chromium, Firefox (Debian's chromium, firefox-esr, pulseaudio) and npm
	$(BIN)/python -m pytest tests/browser $(ARGS)

test-image: $(VENV)/.dev ## Carry out the Dockerfile in a chroot and speak an article there (root; Debian's debootstrap)
	$(BIN)/python -m pytest tests/image -s $(ARGS)

test-wheel: $(VENV)/.dev ## Install what is published into fresh environments, and use it there (asks PyPI)
	$(BIN)/python -m pytest tests/wheel $(ARGS)

test-deaths: $(VENV)/.dev ## Kill and restart services, two files at a time; as root, with Debian's redis-server and nginx
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile tests/faults/deaths $(ARGS)

test-faults: $(VENV)/.dev ## Break everything once, and more often; as root, with Debian's redis-server and faketime
	FAULT_TABLE=docs/steadiness.md $(BIN)/python -m pytest tests/faults $(ARGS)

lint: $(VENV)/.dev ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive service voices cache clients/python

lint-player: $(NODE)/.installed ## Check the player's scripts: ESLint, and the types of JSDoc (npm)
	$(NODE)/.bin/eslint --config tests/browser/eslint.config.mjs service/player/web service/studio/web
	$(NODE)/.bin/tsc --project tests/browser

client: $(VENV)/.dev ## Make the client for threads from the one for asyncio
	$(BIN)/python clients/python/make_sync.py

sample: $(VENV)/.base ## Speak docs/sample.mp3 with the voice that comes along
	$(BIN)/istami voices sample espeak-ar --output docs/sample.mp3

docs: $(VENV)/.docs ## Build the documents as a site into build/docs; a link that leads nowhere fails
	$(BIN)/mkdocs build --quiet

docs-serve: $(VENV)/.docs ## Show the site while you write, on http://127.0.0.1:8001/
	$(BIN)/mkdocs serve --dev-addr 127.0.0.1:8001

audit: $(VENV)/.base ## Look for known holes in what is installed (asks PyPI, over the network)
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	for lock in requirements*.lock; do \
		$(VENV)/audit/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes -r $$lock || exit 1; \
	done

bench: $(VENV)/.dev ## Measure speed and memory on this machine, and write docs/benchmarks.md
	$(BIN)/python -m benchmarks $(ARGS)

bench-text: $(VENV)/.dev ## Measure vowels, phonemes and case endings
	$(BIN)/python -m benchmarks.text $(ARGS)

lock: $(VENV)/.dev ## Bring requirements*.lock up to date with pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --extra dev --extra otel pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --extra dev --extra otel --extra coqui --extra piper --extra neural-dev pyproject.toml -o requirements-neural.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --extra dev --extra otel --extra judge pyproject.toml -o requirements-judge.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --extra dev --extra otel --extra browser-dev pyproject.toml -o requirements-browser.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --extra docs pyproject.toml -o requirements-docs.lock

clean: ## Remove what was installed and made; the data folder var/ stays
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
