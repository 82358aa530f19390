# Everything a contributor runs. `make demo` and `make test` need nothing but Go.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# One run per module: ./... does not cross module borders. Those that go.work
# does not list require frameworks, which in the workspace would choose the
# versions of what the tool is built from: enter switches it off for them.
MODULES := $(shell git ls-files '*go.mod' | grep -v testdata | xargs -n1 dirname)
WORKSPACE := $(shell awk '$$1 ~ /^\./ {sub("^[.]/", "", $$1); print $$1}' go.work)
enter = cd $$module && case " $(WORKSPACE) " in *" $$module "*) ;; *) export GOWORK=off ;; esac
each = failed=; for module in $(MODULES); do echo "== $$module: $(1)"; \
	($(enter) && $(1)) || failed+=" $$module"; \
	done; if [ -n "$$failed" ]; then echo "failed in:$$failed"; exit 1; fi

GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME ?= 20s

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.PHONY: demo
demo: ## generate the hello example, print its routes, serve it on 127.0.0.1:3000
	go run ./cmd/handlergen -C examples ./hello
	go run ./cmd/handlergen list -C examples ./hello
	cd examples && go run ./cmd/hello

.PHONY: realworld
realworld: ## serve examples/realworld, the API of Conduit, on 127.0.0.1:8080
	cd examples/realworld && go run .

.PHONY: test
test: ## run the tests of every module
	@$(call each,go test ./...)

.PHONY: test-standalone
test-standalone: ## the same without the workspace, as users' builds see each module
	@$(call each,GOWORK=off go test ./...)

.PHONY: race
race: ## run the tests of every module under the race detector
	@$(call each,go test -race ./...)

.PHONY: generate
generate: ## write the generated files of the examples and the benchmark anew
	go run ./cmd/handlergen -C examples
	cd examples && go generate ./users
	go run ./cmd/handlergen -C examples/realworld
	cd examples/realworld && go generate ./conduit
	go build -o bin/handlergen ./cmd/handlergen && GOWORK=off bin/handlergen -C bench

.PHONY: golden
golden: ## rewrite the want/ sections of testdata; read the diff as a user would
	go test ./internal/emit ./internal/generate -update
	go test ./internal/emit ./internal/generate

.PHONY: check
check: ## fail if generated code is stale or go.mod is untidy
	go run ./cmd/handlergen check -C examples
	go run ./cmd/handlergen client --lang go --check -C examples/users -o usersclient .
	go run ./cmd/handlergen client --lang ts --check -C examples/users -o usersclient .
	go run ./cmd/handlergen check -C examples/realworld
	go run ./cmd/handlergen client --lang go --check -C examples/realworld/conduit -o ../client .
	go run ./cmd/handlergen client --lang ts --check -C examples/realworld/conduit -o ../client .
	go build -o bin/handlergen ./cmd/handlergen && GOWORK=off bin/handlergen check -C bench
	@$(call each,GOWORK=off go mod tidy -diff)

# The packages of the examples that have routes, and the rules of redocly that are
# matters of taste; those of spectral are in .spectral.yaml.
DOCUMENTED := $(shell git ls-files 'examples/*handlers_gen.go' | xargs -n1 dirname)
TASTE := info-license no-empty-servers no-path-trailing-slash operation-2xx-response operation-4xx-response \
	operation-summary security-defined tag-description

.PHONY: validate-openapi
validate-openapi: ## hold the documents of all examples against validators: three in Go, two from npm if there is node
	@dir=$$(mktemp -d); trap "rm -rf $$dir" EXIT; failed=; \
	for package in $(DOCUMENTED); do \
		go run ./cmd/handlergen openapi -q -C $$package -o $$dir/$$(basename $$package).yaml .; \
	done; \
	go run ./internal/proof/validate $$dir/*.yaml || failed+=" validate"; \
	if command -v npx >/dev/null; then \
		npx --yes @redocly/cli@2 lint --extends=recommended $(TASTE:%=--skip-rule=%) $$dir/*.yaml || failed+=" redocly"; \
		npx --yes @stoplight/spectral-cli@6 lint -r .spectral.yaml --fail-severity=warn "$$dir/*.yaml" || failed+=" spectral"; \
	else echo "skipped redocly and spectral: npx, which comes with node, is not installed"; fi; \
	if [ -n "$$failed" ]; then echo "complaints of:$$failed"; exit 1; fi

.PHONY: lint
lint: ## gofumpt, go vet, staticcheck and a few more, with .golangci.yml
	@$(call each,$(GOLANGCI) run --config $(CURDIR)/.golangci.yml ./...)

.PHONY: format
format: ## format the code as lint wants it
	@$(call each,$(GOLANGCI) fmt --config $(CURDIR)/.golangci.yml ./...)

.PHONY: bench
bench: ## compare generated code with hand-written code and peers; writes bench/README.md
	cd bench && GOWORK=off go run ./cmd/report

.PHONY: bench-realworld
bench-realworld: ## compare the realworld example with the same by hand, under load; writes examples/realworld/BENCH.md
	cd examples/realworld && go run ./byhand/load -o BENCH.md

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (20s)
	@for module in $(MODULES); do ($(enter); \
		for package in $$(grep -rlE --include='*_test.go' '^func Fuzz' . | xargs -rn1 dirname | sort -u); do \
			for target in $$(grep -hoE '^func Fuzz\w+' $$package/*_test.go | cut -c6- | sort -u); do \
				echo "== $$module $$package $$target"; \
				go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package; \
			done; \
		done); done

.PHONY: ci
ci: test test-standalone check lint ## what .ci/run and the GitHub workflow run
