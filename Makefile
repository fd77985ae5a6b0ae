# Two commands: `make demo` shows the product, `make test` proves it. The rest is for daily work.
# Everything lives in .venv; nothing is installed system-wide except the programs in PROGRAMS, and only as root.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PORT ?= 8000
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadscope
export PORT

# What the tests drive besides Python: a browser, an office suite that opens our documents, a PDF reader.
PROGRAMS := chromium libreoffice-impress libreoffice-writer libreoffice-calc poppler-utils
CATALOGUES := $(shell find src -name '*.po' 2>/dev/null)

.PHONY: install programs demo test checks lint types contracts test-fast test-all test-postgresql e2e test-faults \
	messages bench lock clean

install: $(STAMPS)/package $(STAMPS)/catalogues

$(STAMPS)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Steerco needs Python 3.11 or newer: make install PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/requirements: requirements/base.txt requirements/dev.txt requirements/mpp.txt | $(STAMPS)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements/base.txt -r requirements/dev.txt -r requirements/mpp.txt
	@touch $@

$(STAMPS)/package: pyproject.toml $(STAMPS)/requirements
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/catalogues: $(CATALOGUES) $(STAMPS)/package
	$(BIN)/python -m steerco.site.catalogues src
	@touch $@

# The programs that only the tests need. As root they are installed; otherwise the missing ones are named.
programs: $(STAMPS)/programs

$(STAMPS)/programs: Makefile | $(STAMPS)/python
	@missing=""; \
	for name in $(PROGRAMS); do \
		dpkg-query -W -f='$${Status}' $$name 2>/dev/null | grep -q "install ok installed" || missing="$$missing $$name"; \
	done; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing; \
	else \
		echo "The tests need these Debian packages (or what your system calls them):$$missing"; \
		echo "Install them, then: touch $@"; \
		exit 1; \
	fi
	@touch $@

demo: install
	$(BIN)/steerco demo

# The checks of the code, which use one core, run beside the first tests.
test: install programs
	$(MAKE) --no-print-directory -j2 checks test-all
	$(MAKE) --no-print-directory test-postgresql

checks: lint types contracts

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

contracts: install
	$(BIN)/lint-imports --no-cache

test-fast: install
	$(PYTEST) -m "not slow and not e2e and not faults"

test-all: install programs
	$(PYTEST)

# The tests whose outcome may depend on the database, once more on a PostgreSQL that lives as long as the run.
test-postgresql: install
	$(BIN)/python -m tests.postgresql $(PYTEST) -m both_databases

e2e: install programs
	$(PYTEST) -m e2e

# The same fault tests as in `make test`, with fifty kills instead of three, and a whole year of a programme. docs/reference/faults.md says what they prove.
test-faults: install
	STEERCO_FAULT_KILLS=50 $(BIN)/python -m pytest -m faults tests tests/faults/whole_year.py

# Bring every new text into the German catalogue; needs GNU gettext (nothing else does). Then fill what is empty.
messages: install
	cd src && STEERCO_DATA_DIR=../build/messages ../$(BIN)/python ../manage.py makemessages --locale de --extension html,txt,py \
		--add-location file --no-wrap --no-obsolete

# Prints figures as JSON, on both databases; docs/reference/performance.md says how to read them. Run it alone.
REQUESTS ?= 200
BENCH := build/bench

bench: install $(BENCH)/generated
	$(BIN)/python benchmarks/sealing.py >&2
	STEERCO_DATA_DIR=$(BENCH)/sqlite $(BIN)/python benchmarks/load.py --requests $(REQUESTS)
	STEERCO_DATA_DIR=$(BENCH)/postgresql $(BIN)/python -m tests.postgresql sh -c \
		"$(BIN)/python benchmarks/generate.py >&2 && $(BIN)/python benchmarks/load.py --requests $(REQUESTS)"

$(BENCH)/generated: benchmarks/generate.py benchmarks/words.txt
	rm -rf $(BENCH) && mkdir -p $(BENCH)
	STEERCO_DATA_DIR=$(BENCH)/sqlite $(BIN)/python benchmarks/generate.py >&2
	@touch $@

# Pin what requirements/*.in ask for, with hashes; what is pinned stays unless: make lock UPGRADE=--upgrade
# The resolver has an environment of its own.
lock: $(STAMPS)/python
	test -x build/lock/bin/uv || { $(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet uv; }
	for name in base dev mpp; do \
		build/lock/bin/uv pip compile --quiet $(UPGRADE) --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
			--custom-compile-command "make lock" requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
