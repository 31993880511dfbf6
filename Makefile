# Everything a person may want to do here. `make help` lists it.

QUARTER   ?= 2023Q1
LAKE      ?= lake
EMPLOYERS ?= 500
SEED      ?= 1
INPUT     ?=
REFERENCE ?= $(if $(INPUT),,$(MADE)/reference)

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
MADE   := data/dmfa-$(QUARTER)-$(EMPLOYERS)-$(SEED)

# Benchmarks have their own defaults: only what was typed counts.
typed = $(filter command environment,$(firstword $(origin $1)))
BENCH         = @$(BIN)/python tests/bench
TYPED         = $(foreach v,EMPLOYERS FORMS WORKERS RUNS SIZES QUARTERS,$(if $(call typed,$v),$v=$(if $(word 2,$($v)),'$($v)',$($v))))
BENCH_RESULT  = --output data/$@.json --command "$(strip make $@ $(TYPED))" $(if $(RUNS),--runs $(RUNS)) $(if $(FORMAT),--format $(FORMAT))
BENCH_OPTIONS = $(BENCH_RESULT) $(if $(call typed,EMPLOYERS),--employers $(EMPLOYERS))
BENCH_RESULTS = data/bench.json data/bench-scaling.json data/bench-queries.json data/bench-national.json

FUZZED        = $(addprefix tests/transforms/test_,verdicts.py together.py values.py shred_bytes.py \
	dimona_register.py dimona_one_by_one.py) \
	$(addprefix tests/schemas/test_compare_,random.py language.py values.py)

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types imports bench bench-scaling bench-national bench-queries \
	bench-readme bench-register bench-watch bench-contribute bench-schema fuzz wheel lock clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/ready ## Make the virtual environment with the locked dependencies

$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run: setup $(if $(INPUT),,$(MADE)/made) ## Run a quarter (QUARTER, INPUT, REFERENCE, LAKE); makes a small one without INPUT
	@$(BIN)/kwartaal run dmfa --quarter $(QUARTER) --input $(if $(INPUT),$(INPUT),$(MADE)/files) --lake $(LAKE) $(if $(REFERENCE),--reference $(REFERENCE))

$(MADE)/made: | $(VENV)/ready
	@rm -rf $(MADE)
	$(BIN)/kwartaal synth dmfa --quarter $(QUARTER) --employers $(EMPLOYERS) --seed $(SEED) --output $(MADE)/files --reference $(MADE)/reference
	@touch $@

test: setup ## Run the whole suite
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: setup types imports ## Check style, types and the arrows between packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

imports: setup
	@$(BIN)/lint-imports

fuzz: setup ## Long run of the property tests (FUZZ_SECONDS each, DOCUMENTS of every schema)
	KWARTAAL_DOCUMENTS=$(or $(DOCUMENTS),5000) $(BIN)/python -m pytest tests/schemas/test_wire_compatibility.py
	KWARTAAL_FUZZ_SECONDS=$(or $(FUZZ_SECONDS),600) $(BIN)/python -m pytest $(FUZZED)

bench: setup ## Floor, runs and a bare pool in turn, on small files, a batch and a giant (EMPLOYERS, FORMS, WORKERS, RUNS, SIZES)
	$(BENCH)/bench.py $(BENCH_OPTIONS) $(if $(FORMS),--forms $(FORMS)) $(if $(WORKERS),--workers $(WORKERS)) $(foreach n,$(or $(SIZES),1000 4000),--sizes $(n)) $(if $(AT_LEAST),--at-least $(AT_LEAST))

bench-scaling: setup ## Cost of a declaration over numbers of declarations (SIZES, RUNS)
	$(BENCH)/bench.py $(BENCH_RESULT) --no-shapes $(foreach n,$(or $(SIZES),1000 4000),--sizes $(n))

bench-national: setup ## A whole quarter of 18 GB: says first what it takes (EMPLOYERS, RUNS, SIZES, QUARTERS, KEEP=0)
	$(BENCH)/bench_national.py $(BENCH_OPTIONS) $(if $(RUNS),,--runs 1) $(foreach n,$(or $(SIZES),1000),--sizes $(n)) $(if $(QUARTERS),--quarters $(QUARTERS)) $(if $(filter 0,$(KEEP)),--no-keep)

bench-queries: setup ## Point questions and totals from plain DuckDB (LAKE, or EMPLOYERS and QUARTERS of a lake to make)
	$(BENCH)/bench_queries.py $(BENCH_OPTIONS) $(if $(call typed,LAKE),--lake $(LAKE)) $(if $(QUARTERS),--quarters $(QUARTERS))

bench-readme: setup ## Write what the benchmarks measured into the README
	$(BIN)/python tests/bench/bench_readme.py $(or $(RESULTS),$(wildcard $(BENCH_RESULTS)))

bench-register: setup ## A month of Dimona messages into a register (PERIODS, MESSAGES, RUNS)
	@PATH=$(CURDIR)/$(BIN):$$PATH $(BIN)/python tests/bench/bench_register.py $(BENCH_RESULT) $(if $(PERIODS),--periods $(PERIODS)) $(if $(MESSAGES),--messages $(MESSAGES))

bench-watch: setup ## How soon Dimona messages are answered that arrive steadily (PERIODS, RATE, SECONDS)
	@PATH=$(CURDIR)/$(BIN):$$PATH $(BIN)/python tests/bench/bench_watch.py $(BENCH_RESULT) $(if $(PERIODS),--periods $(PERIODS)) $(if $(RATE),--rate $(RATE)) $(if $(SECONDS),--seconds $(SECONDS))

bench-schema: setup ## What a change of a schema breaks: one comparison, and twenty years of them (RUNS)
	$(BIN)/python tests/bench/bench_schema.py $(if $(RUNS),--runs $(RUNS))

bench-contribute: setup ## CPU time of all contribution families over a quarter made in memory (RECORDS)
	$(BIN)/python tests/bench/bench_contribute.py $(if $(RECORDS),--records $(RECORDS))

wheel: setup ## Build the wheel into dist/
	@rm -rf build dist
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

lock: setup ## Renew requirements.lock from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra postgres --extra s3 --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.11 --upgrade --quiet --output-file requirements.lock

clean: ## Remove everything that was made, except lakes
	rm -rf $(VENV) build dist data *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
