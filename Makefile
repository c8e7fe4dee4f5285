# What can be done here; "make" alone lists it. All that is built or written goes to .sonde/ and out/, which git ignores.

NOTEBOOKS := $(wildcard notebooks/*.ipynb)
NESTED    := $(patsubst %/go.mod,%,$(wildcard examples/*/go.mod kernels/*/go.mod))
BIN       := .sonde/bin

.PHONY: help setup lab tour notebooks test check bench generate
help:
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 16

setup:
	@notebooks/jupyter/setup.sh

lab: setup ## set up what is missing, and open the notebooks in Jupyter
	go run . notebook

tour: setup ## run the notebooks into out/, as .ipynb and .html
	go build -o $(BIN)/nb ./internal/nb
	$(BIN)/nb run out $(NOTEBOOKS)

notebooks: setup ## run the notebooks and keep what they show in them
	go build -o $(BIN)/nb ./internal/nb
	$(BIN)/nb renew $(NOTEBOOKS)

test: ## the tests; they run the examples too
	go test ./...

check: test ## all that is too slow for make test: linters, races, fuzzing, no assembly, other systems, nested modules
	GOBIN=$(CURDIR)/$(BIN) go -C tools install tool
	test -z "$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go') | tee /dev/stderr)"
	go vet ./...
	$(BIN)/staticcheck ./...
	go test -race -short ./...
	SONDE_MUTANTS=50000 go test -run MutantSoak ./gguf ./engine/audit
	tools/fuzz.sh 10s
	go vet -tags purego ./...
	go test -tags purego -short ./kernels/... ./engine
	tools/cross.sh darwin/arm64 linux/arm64 linux/386 windows/amd64
	@for m in $(NESTED); do echo "$$m"; go -C $$m build ./... && go -C $$m vet ./... && go -C $$m test ./... || exit; done

TYPES ?= f16,q8_0,q4_0,q4_k_m,q6_k
bench: ## benchmarks into out/bench.txt, for "go -C tools tool benchstat"; models of TYPES beside the machine into out/speed.txt
	mkdir -p out
	go test -run '^$$' -bench . -benchmem ./... | tee out/bench.txt
	go run . bench --types $(TYPES) --plot out/roofline.png > out/speed.txt && cat out/speed.txt

generate: ## what is generated from other files
	go generate ./...
