# Guatu. `make run` and `make test` need nothing but Rust, Node and root (or sudo) on a Debian machine.

LISTEN ?= 127.0.0.1:8080
DATA ?= data
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
DEBIAN_PACKAGES := chromium fonts-noto-cjk gdal-bin proj-bin postgresql-postgis procps python3-owslib python3-venv
# Debian 12's OWSLib reads; this one also writes.
OWSLIB := OWSLib==0.35.0
TEST_BINARY := target/debug/guatu

.PHONY: help run build web api test test-deps test-rust test-web check fmt fuzz deny bench load

help: ## Show these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: build ## Build everything and serve the shipped plan at http://127.0.0.1:8080 (LISTEN=, DATA=)
	./target/release/guatu serve --listen $(LISTEN) --data $(DATA)

build: web ## Build the web app and the release binary
	cargo build --release --locked

web: web/node_modules/.made ## Build the web app into web/dist
	cd web && npm run --silent build

web/node_modules/.made: web/package-lock.json
	cd web && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund
	@touch $@

api: ## Write web/openapi.json and the web app's types anew after a change of the API
	GUATU_BLESS=1 cargo test --locked --test it openapi::the_web_apps_copy
	cd web && npm run --silent api:types

test: test-deps check test-rust test-web ## Install what tests need, then run every test

test-deps: ## Install the Debian packages that tests need (Chromium, fonts, GDAL, OWSLib) and an OWSLib that writes
	@missing=$$(for package in $(DEBIAN_PACKAGES); do dpkg -s $$package >/dev/null 2>&1 || echo $$package; done); \
	if [ -n "$$missing" ]; then \
		$(SUDO) apt-get update -q && \
		DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -q --no-install-recommends $$missing; \
	fi
	@test -x target/owslib/bin/python3 || { \
		/usr/bin/python3 -m venv --system-site-packages target/owslib && \
		target/owslib/bin/pip install -q --disable-pip-version-check "$(OWSLIB)"; }

check: web ## Formatting and lints, Rust and web
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cd web && npm run --silent lint && npm run --silent check

test-rust: web ## Unit, oracle, API, binary and foreign-client tests
	cargo test --locked

test-web: web ## Unit tests of the web app, its size, and the browser against the real binary
	cd web && npm test --silent
	cargo build --locked
	cd web && GUATU_BIN=../$(TEST_BINARY) npm run --silent e2e

fmt: ## Format Rust and web
	cargo fmt
	cd web && npm run --silent format

FUZZ_SECONDS ?= 20

fuzz: ## Fuzz every reader of strangers' bytes for FUZZ_SECONDS each (needs nightly Rust; installs cargo-fuzz)
	cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz
	@# A copy, so that the corpus of the tree stays small.
	for target in $$(cargo +nightly fuzz list); do \
		rm -rf fuzz/found/$$target && mkdir -p fuzz/found/$$target && \
		cargo +nightly fuzz run $$target fuzz/found/$$target fuzz/corpus/$$target -- -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=2048 || exit 1; \
	done

deny: ## Licences, advisories and sources of all crates (needs cargo-deny)
	cargo deny --locked check

bench: ## Criterion benchmarks of window, nearest, tile and edit
	cargo bench --locked

load: build ## Load the release binary over HTTP with reads, then with edits, and print what it served
	./tests/load/run.sh
	./tests/load/edits.py
