# The two commands of the README are `make run` and `make test`; the others are for every day.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

CARGO_LEPTOS_VERSION := 0.3.7
WASM_BINDGEN_VERSION := $(shell awk '/^name = "wasm-bindgen"$$/ { getline; gsub(/[^0-9.]/, ""); print }' Cargo.lock)

TOOLS := $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/pharos/tools
CARGO_LEPTOS := $(TOOLS)/cargo-leptos-$(CARGO_LEPTOS_VERSION)
WASM_BINDGEN := $(TOOLS)/wasm-bindgen-$(WASM_BINDGEN_VERSION)
SCHEMATHESIS_VERSION := 4.32.5
SCHEMATHESIS := $(TOOLS)/schemathesis-$(SCHEMATHESIS_VERSION)
NODE_MODULES := $(CURDIR)/end2end/node_modules

CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR
# Tailwind resolves `@import "tailwindcss"` upwards from the style sheet, where there is no node_modules.
export NODE_PATH := $(NODE_MODULES)
export PATH := $(CARGO_LEPTOS)/bin:$(WASM_BINDGEN)/bin:$(NODE_MODULES)/.bin:$(PATH)
# Without a version to look for, cargo-leptos would ask the network for the newest one.
export LEPTOS_TAILWIND_VERSION := v4.3.5
export LEPTOS_WASM_OPT_VERSION := version_132

PHAROS := $(CARGO_TARGET_DIR)/release/pharos
# Build tools need no optimisation: this makes their installation three times as quick.
QUICK_INSTALL := CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_TARGET_DIR=$(TOOLS)/build

.PHONY: help run test build site dev bench lighthouse pictures fmt lint setup browser unit end2end schemathesis soundness crashes malformed check-format

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Serve the demo catalog on http://127.0.0.1:3000
	@exec $(PHAROS) serve --demo

test: setup browser check-format lint unit schemathesis soundness end2end ## Run every check: format, lints, unit, integration, API and browser tests

build: setup site ## Build the release binary: one file, nothing beside it
	@cargo build --release --locked

site: setup
	@$(MAKE) --no-print-directory $(SITE)

# cargo-leptos empties the site before it builds, so it runs only when a source is newer than the beginning of its last
# build.
SITE := $(CURDIR)/target/site.stamp
SITE_SOURCES := $(shell find app style public -type f 2>/dev/null) Cargo.toml Cargo.lock .cargo/config.toml end2end/package-lock.json
$(SITE): $(SITE_SOURCES)
	@touch $@.started
	cargo leptos build --release --precompress --frontend-only --split
	@mv $@.started $@

dev: setup ## Build, serve and reload on every change
	cargo leptos watch --split -- serve --demo

bench: build ## Measure the release server and write target/bench/report.md
	node benches/catalog.mjs --binary $(PHAROS)

crashes: build ## Kill the release server a thousand times and look whether anything acknowledged is lost
	node benches/crashes.mjs --binary $(PHAROS)

malformed: build ## Send the release server a million requests that make no sense
	node benches/malformed.mjs --binary $(PHAROS)

lighthouse: build browser ## Score the pages of the release server with Lighthouse
	cd end2end && PHAROS=$(PHAROS) node lighthouse.mjs

pictures: build browser ## Take pictures of every kind of page in every form, into target/pictures
	cd end2end && PHAROS=$(PHAROS) node screenshots.mjs --all

fmt: ## Format the code
	cargo fmt --all

lint: setup ## Lint the server's and the browser's half, warnings denied
	cargo clippy --release --workspace --all-targets --locked -- -D warnings
	cargo clippy --profile wasm-release -p app --no-default-features --features hydrate --target wasm32-unknown-unknown --locked -- -D warnings

check-format:
	cargo fmt --all --check

# Builds the binary as well, for the tests of the commands and of the browser.
unit: site
	cargo nextest run --release --workspace --features app/ssr --locked --no-fail-fast

schemathesis: unit $(SCHEMATHESIS)/bin/schemathesis ## Look for requests that break what the REST API promises
	PHAROS=$(PHAROS) SCHEMATHESIS=$(SCHEMATHESIS)/bin/schemathesis tests/schemathesis/run.sh

# Short forms of `make crashes` and `make malformed`, always the same ones.
soundness: unit
	node benches/crashes.mjs --binary $(PHAROS) --kills 15 --seed 1
	node benches/malformed.mjs --binary $(PHAROS) --requests 20000 --seed 1

end2end: browser unit
	cd end2end && PHAROS=$(PHAROS) npx playwright test

setup: $(CARGO_LEPTOS)/bin/cargo-leptos $(WASM_BINDGEN)/bin/wasm-bindgen $(NODE_MODULES)/.package-lock.json
	@rustup target list --installed 2>/dev/null | grep -qx wasm32-unknown-unknown || { echo "Adding the target wasm32-unknown-unknown"; rustup target add wasm32-unknown-unknown; }

$(CARGO_LEPTOS)/bin/cargo-leptos:
	@echo "Installing cargo-leptos $(CARGO_LEPTOS_VERSION) into $(CARGO_LEPTOS)"
	$(QUICK_INSTALL) cargo install --locked --quiet cargo-leptos --version $(CARGO_LEPTOS_VERSION) --root $(CARGO_LEPTOS)

# Without --locked: its own lock file names versions that an index which lags behind may not have.
$(WASM_BINDGEN)/bin/wasm-bindgen:
	@echo "Installing wasm-bindgen-cli $(WASM_BINDGEN_VERSION) into $(WASM_BINDGEN)"
	$(QUICK_INSTALL) cargo install --quiet wasm-bindgen-cli --version $(WASM_BINDGEN_VERSION) --root $(WASM_BINDGEN)

$(SCHEMATHESIS)/bin/schemathesis:
	@command -v python3 >/dev/null || { echo "Python 3.10 or newer with venv is needed: install it and run this again" >&2; exit 1; }
	@echo "Installing schemathesis $(SCHEMATHESIS_VERSION) into $(SCHEMATHESIS)"
	rm -rf $(SCHEMATHESIS) && python3 -m venv $(SCHEMATHESIS)
	$(SCHEMATHESIS)/bin/pip install --quiet --disable-pip-version-check schemathesis==$(SCHEMATHESIS_VERSION)

$(NODE_MODULES)/.package-lock.json: end2end/package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 20 or newer with npm is needed: install it and run this again" >&2; exit 1; }
	@echo "Installing the npm packages of end2end/"
	@# Not `npm ci`: it insists on optional packages for every platform, which a mirror may lack.
	cd end2end && npm install --no-save --no-audit --no-fund
	@touch $@

browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing Chromium"; apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
		else \
			echo "Chromium is needed for the browser tests: install it (Debian: apt-get install chromium) and run this again" >&2; exit 1; \
		fi; }
	@cargo nextest --version >/dev/null 2>&1 || { echo "Installing cargo-nextest"; $(QUICK_INSTALL) cargo install --locked --quiet cargo-nextest; }
