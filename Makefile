# Everything runs in an environment of its own, .venv; only Python >= 3.11 and a package index are needed.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# make bench STAGE="counts svd" AGAINST="glove sklearn" CORPUS=path RUNS=5 PEERS="glove=folder"; docs/benchmarks.md
STAGE ?= all
AGAINST ?= all
RUNS ?= 5
KILLS ?= 100
SECONDS ?= 600
SEED ?= 1
DEMO := --tokenizer words --vector-size 100 --min-count 10 --epochs 15 --sample 1e-4

.PHONY: demo test chaos fuzz lint bench bench-compare bench-baseline clean

demo: $(VENV)/installed
	$(BIN)/python examples/stdlib_corpus.py demo/corpus
	$(BIN)/dsgns train demo/corpus/*.txt.gz --output demo/stdlib.dsgns $(DEMO)
	$(BIN)/dsgns compare demo/stdlib.dsgns --quiet
	$(BIN)/dsgns similar demo/stdlib.dsgns thread json error --topn 6
	@echo; echo "The workspace is demo/stdlib.dsgns; $(BIN)/dsgns status demo/stdlib.dsgns tells what is in it."

test: $(VENV)/developing
	$(BIN)/python -m pytest $(PYTEST)

# make chaos KILLS=100 SEED=1: processes killed at work until so many died, values compared
chaos: $(VENV)/developing
	$(BIN)/python -m tests.chaos --kills $(KILLS) --seed $(SEED)

# make fuzz SECONDS=600 TARGETS="wikitext npy": none named, all of tests/fuzz; what was found is kept in .fuzz
fuzz: $(VENV)/developing
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev,fuzz]'
	$(BIN)/python -m tests.fuzz $(TARGETS) --seconds $(SECONDS)

lint: $(VENV)/developing
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/developing
	$(BIN)/python -m tests.benchmarks --stage $(STAGE) --against $(AGAINST) --runs $(RUNS) \
		$(if $(CORPUS),--corpus $(CORPUS)) $(addprefix --peer ,$(PEERS)) $(BENCH)

bench-compare: $(VENV)/developing
	$(BIN)/python -m tests.benchmarks.baseline

bench-baseline: $(VENV)/developing
	$(BIN)/python -m tests.benchmarks.baseline --save

clean:
	rm -rf demo .fuzz build .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("dsgns needs Python 3.11 or later: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/developing: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/installed
