# Two commands on a fresh machine: `make chat` and `make test`. Needs Python 3.11 or newer and a package index.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: chat test install check eval catalogs model lock

install: .venv/.done
.venv/.done: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

chat: install
	@$(BIN)/kenri chat

test: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/kenri check
	$(BIN)/python -m pytest

check: install
	$(BIN)/kenri check

eval: install
	$(BIN)/kenri eval $(or $(wildcard ../shared/eval/*.jsonl),$(wildcard tests/eval/*.jsonl))

catalogs: install
	$(BIN)/pybabel -q extract -F babel.cfg -k N_ -k count:1,2 --sort-output --add-location=file --project=Kenri --copyright-holder="Kenri contributors" -o locales/kenri.pot bot
	$(BIN)/pybabel -q update -N --ignore-obsolete -i locales/kenri.pot -d locales -D kenri
	$(BIN)/pybabel -q compile -d locales -D kenri

model: install  # a full training run: about two hours on two cores; needs the training extra
	$(BIN)/pip install --quiet --editable '.[training]'
	$(BIN)/python -m training.extract && $(BIN)/python -m training.train --name tuned --epochs 6
	$(BIN)/python -m training.export --checkpoint training/work/tuned-6.pt --note "make model"

lock: install
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra dev -o requirements.lock pyproject.toml
