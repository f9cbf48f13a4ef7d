# Two commands do all: `make site` and `make test`. Both make the virtual environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Many tests wait for a browser or a server: two workers for each processor.
WORKERS := $(shell expr 2 '*' "$$(getconf _NPROCESSORS_ONLN)")

.PHONY: site serve test coverage lint clean docs brand screenshots bench bench-mail bench-match bench-liaison bench-quick bench-steps

site: $(STAMP)
	$(BIN)/publisher digest plan --if-missing
	$(BIN)/publisher build
	$(BIN)/publisher digest build

serve: $(STAMP)
	$(BIN)/publisher serve

test: $(STAMP) lint
	@# hundreds of tests start the program; where Python may not keep bytecode each would compile it anew
	$(BIN)/python -m compileall -q publisher tests bench
	$(BIN)/python -m pytest -n $(WORKERS) -m "not alone"
	$(BIN)/python -m pytest -m alone

coverage: $(STAMP)
	$(BIN)/python -m pytest -n $(WORKERS) -m "not alone" --cov --cov-report=term:skip-covered

lint: $(STAMP)
	$(BIN)/ruff check publisher tests bench
	$(BIN)/ruff format --check publisher tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/publisher docs --check

docs: $(STAMP)
	$(BIN)/publisher docs

brand: $(STAMP)
	$(BIN)/python -c "from pathlib import Path; from publisher.site.share import BRANDS, draw_brand, png; [Path(f'templates/site/assets/share/{name}.png').write_bytes(png(draw_brand(name))) for name in BRANDS]"

screenshots: $(STAMP)
	$(BIN)/python -m tests.screenshots

bench: $(STAMP)
	$(BIN)/python -m bench

bench-mail: $(STAMP)
	$(BIN)/python -m bench.mail

bench-match: $(STAMP)
	$(BIN)/python -m bench.matching

bench-steps: $(STAMP)
	$(BIN)/python -m bench.steps

bench-liaison: $(STAMP)
	$(BIN)/python -m bench.liaison

bench-quick: $(STAMP)
	$(BIN)/python -m bench --quick

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新 / Python 3.11 or newer is needed: make PYTHON=python3.12 site"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) site
	@# readers and the secret of their links cannot be made again
	@if [ -d var ]; then find var -mindepth 1 -maxdepth 1 ! -name 'subscribers.sqlite*' ! -name secret -exec rm -rf {} +; fi
