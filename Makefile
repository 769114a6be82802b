# make site     the whole book, into site/
# make test     everything that is checked
# make serve    live preview at http://127.0.0.1:8000
# make lint     style of the code
# make bench    how long a build takes, and against what
# make clean    removes what these made, but for .venv

PYTHON ?= python3
export NO_MKDOCS_2_WARNING := 1  # a long banner on every build
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := .venv/ready

.PHONY: site test serve lint bench clean

site: $(READY)
	@$(BIN)/python -m press

test: $(READY)
	@$(BIN)/python -m pytest

serve: $(READY)
	@$(BIN)/python -m mkdocs serve

lint: $(READY)
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .

bench: $(READY)
	@$(BIN)/python -m press.bench

clean:
	rm -rf site .press .pytest_cache .ruff_cache .hypothesis

FIT := import sys, venv, ensurepip; print(sys.version_info >= (3, 11))

# made anew when requirements.txt is newer
$(READY): requirements.txt
	$(if $(filter True,$(shell exec 2>/dev/null; $(PYTHON) -c "$(FIT)")),,$(error This book \
	needs Python 3.11 or newer with venv and pip, and '$(PYTHON)' is not that; \
	install it, or name another one: make site PYTHON=python3.12))
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@
