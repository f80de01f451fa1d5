# SPDX-License-Identifier: EUPL-1.2
# Verbs only; each is a line or a script in .ci.

SWIFT_BUILD = swift build --explicit-target-dependency-import-check error

.PHONY: help tools build release demo test quick soak bench lint format check seal rules pictures install clean

help: ## Lists the verbs.
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## */\t/' | expand -t 12

tools: ## Installs what a new machine lacks.
	@.ci/install

build: tools ## Builds the programs for development.
	$(SWIFT_BUILD)

release: tools ## Builds the programs for use.
	$(SWIFT_BUILD) -c release --static-swift-stdlib --product piiripost-full
	$(SWIFT_BUILD) -c release --static-swift-stdlib --product piiripost
	$(SWIFT_BUILD) -c release --static-swift-stdlib --product piiripostd

demo: build ## Drains a copy of the examples and shows what happened.
	@.ci/demo

test: tools ## Builds and runs all tests.
	$(SWIFT_BUILD) --build-tests
	@.ci/test

quick: tools ## Runs the tests of the lower layers.
	$(SWIFT_BUILD) --build-tests
	@.ci/test --filter 'SEDCoreTests|SEDXMLTests|SEDCasesTests|SEDValidationTests'

soak: tools ## Attacks the release build, kills the daemon, tries the pipeline examples, sanitizes, fuzzes for SOAK_SECONDS (default 60).
	@.ci/install --tests
	@.ci/soak

lint: ## Checks format, catalogue, top level and the boundaries between parts.
	@.ci/lint

format: ## Formats all Swift files.
	swift format -i -r Package.swift Sources Tests

check: lint test ## What CI runs.
	@.ci/linkage

bench: tools ## Measures judgement, cold start and memory beside other validators, and cases in a large store.
	@.ci/bench

seal: ## Writes the digests of sed-schemas into its catalogue.
	@.ci/seal-catalogue

rules: build ## Writes docs/rules.md from the catalogue of rules.
	@LC_ALL=C .build/debug/piiripost explain --all --format markdown > docs/rules.md

pictures: build ## Writes docs/buc, the business use cases in pictures.
	@.ci/pictures

install: release ## Installs programs, schemas, manual page and completions under PREFIX (default /usr/local).
	@.ci/place

clean: ## Removes what was built.
	rm -rf .build
