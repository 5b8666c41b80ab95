# Everything that people and machines run. Only Python 3.11 or newer, make and git are needed.
.NOTPARALLEL:
.PHONY: run test check bench assets chromium mosquitto initial-migration help

PYTHON ?= python3
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes

help:
	@echo "make run     start the laboratory (PORT and TRACSEQ_HOME are honoured)"
	@echo "make test    the whole test suite, with real servers, a real broker and a real browser"
	@echo "make check   format, lint, types, import contracts"
	@echo "make bench   speed, as ratios measured in one run"

run: .venv/.installed assets .venv/bin/tracseq
	@exec .venv/bin/python -m jobs.supervisor

# loadfile: the tests of one file share their database and, in e2e, their running laboratory.
# The order of files is that of tests/conftest.py, not xdist's by their number of tests.
test: .venv/.installed-dev chromium mosquitto assets
	.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: .venv/.installed-dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: .venv/.installed-dev chromium assets
	.venv/bin/python -m bench

assets: .venv/.installed
	.venv/bin/python -m dashboard.assets_build

initial-migration:
	.venv/bin/python -m db.migrations.regenerate

chromium:
	@.ci/install-chromium

mosquitto:
	@.ci/install-mosquitto

.venv/bin/python:
	@.ci/make-venv $(PYTHON)

.venv/.installed: requirements.lock | .venv/bin/python
	@echo "Installing the locked packages (once)"
	@test .venv/.installed-dev -nt requirements-dev.lock || $(PIP) -r requirements.lock
	@touch $@

.venv/.installed-dev: requirements-dev.lock | .venv/bin/python
	@echo "Installing the locked packages of development (once)"
	@$(PIP) -r requirements-dev.lock
	@touch $@

.venv/bin/tracseq: Makefile | .venv/bin/python
	@printf '#!%s/.venv/bin/python\nimport sys\n\nsys.path.insert(0, "%s")\n' "$(CURDIR)" "$(CURDIR)" > $@
	@printf 'from backend.cli.__main__ import main\n\nsys.exit(main())\n' >> $@
	@chmod +x $@
