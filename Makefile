# Every target with a ## comment is listed by `make help`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

GO       ?= go
export GO
TOOL     := $(GO) tool -modfile=.ci/tools.mod
BIN      := bin/etlscript
JOB      ?= $(firstword $(sort $(wildcard scripts/01_*.lua)))
FUZZTIME ?= 200x
BENCH    ?= .
COUNT    ?= 1
SIZE     ?= 2000
LIMIT    ?= 100

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/etlscript
	$(GO) build -o $(BIN) ./cmd/etlscript

.PHONY: run
run: build ## run the first example job and print what it wrote
	@test -n "$(JOB)" || { echo "no scripts/01_*.lua" >&2; exit 1; }
	rm -rf scripts/out
	$(BIN) run $(JOB)
	@.ci/show.sh scripts/out

.PHONY: test
test: lint race steps speed bench-once fuzz gen-check ## the whole gate: lint, race tests, benchmarks and fuzz targets once, generated files
	@echo "all passed"

.PHONY: race
race: ## run all tests under the race detector
	$(GO) test -race ./...

.PHONY: steps
steps: ## take the engine through 100,000 steps of its state machine, without the race detector
	$(GO) test -count 1 -run StateMachine ./engine -machine-steps 1000

.PHONY: speed
speed: ## compare our Lua library with that of stock gopher-lua, alone on the machine
	$(GO) test -count 1 -run 'FastAsStock|FasterThanStock' ./luabind/vm ./luabind/pattern

.PHONY: quick
quick: ## run all tests without the race detector
	$(GO) test ./...

.PHONY: arch
arch: ## check the import rules and that nothing keeps state in package variables
	$(GO) test -count 1 ./internal/testkit

.PHONY: lint
lint: ## go vet, staticcheck, gofumpt
	$(GO) vet ./... ./.ci/memory
	$(TOOL) staticcheck ./... ./.ci/memory
	@unformatted=$$($(TOOL) gofumpt -l .); \
	if [ -n "$$unformatted" ]; then \
		echo "not formatted; run make fmt:" >&2; echo "$$unformatted" >&2; exit 1; \
	fi

.PHONY: fmt
fmt: ## format all Go files
	$(TOOL) gofumpt -w .

.PHONY: gen
gen: ## write the generated files anew
	$(GO) generate ./...

.PHONY: gen-check
gen-check: ## fail when a generated file isn't up to date
	.ci/generated.sh

.PHONY: bench
bench: ## run the benchmarks: BENCH=regexp COUNT=10
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./...

.PHONY: bench-once
bench-once: ## run every benchmark once, so that they compile and pass
	$(GO) test -run '^$$' -bench . -benchtime 1x ./...

.PHONY: benchstat
benchstat: ## compare two outputs of make bench: OLD=file NEW=file
	$(TOOL) benchstat $(OLD) $(NEW)

.PHONY: fuzz
fuzz: ## run every fuzz target for a while: FUZZTIME=30s
	.ci/fuzz.sh $(FUZZTIME)

.PHONY: memory
memory: build ## constant memory: a job over SIZE MB must stay under LIMIT MB
	$(GO) run ./.ci/memory -bin $(BIN) -size $(SIZE) -limit $(LIMIT)

.PHONY: flights-data
flights-data: ## fetch the flights data into testdata/flights with pip
	.ci/flights.sh fetch

.PHONY: flights
flights: build flights-data ## run the tests and jobs over 336,776 real flights
	.ci/flights.sh check

.PHONY: clean
clean: ## remove what these targets made
	rm -rf bin scripts/out
