# make site     the whole book, into site/
# make paper-check  whether both are sound and accessible, by veraPDF and epubcheck
# make test     everything that is checked, but for what takes long
# make test-weekly   that: the whole book built twice over, every page in every look
# make site-zensical   the chapters as the theme's successor makes them, into .press/zensical
# make serve    live preview at http://127.0.0.1:8000
# make check    all that a pull request is checked for: style, spelling, workflows, and tests, which build the site;
#               a test that passed rests until something behind it changes
# make lint     style of code, scripts and text, and the form of the workflows
# make mutants  whether the tests notice small changes to the snippets; an hour of one processor for all,
#               minutes for some: make mutants FILES=snippets/neuron.py
# make reproduce   whether the last commit gives the same bytes twice, in surroundings that differ;
#               OTHER=python3.13 builds the second time with that Python; minutes
# make bench    how long a build takes, and against what; how quick figures are that answer when touched
# make chapter PAGE=activation/swish   begins a chapter: page, snippet, test, navigation
# make links    whether other sites still answer that the book links to
# make requirements   pins anew what both requirements.in ask for; UPGRADE=--upgrade takes newer releases
# make clean    removes what these made, but for .venv

PYTHON ?= python3
export NO_MKDOCS_2_WARNING := 1  # a long banner on every build
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := $(VENV)/ready# what builds the site is installed
CHECKS := $(VENV)/checks# and what checks it
ZENSICAL := $(VENV)/zensical# and what may follow the theme

.PHONY: site site-zensical paper-check test test-weekly serve check mutants measure lint chapter links bench reproduce requirements clean

site: $(READY)
	@$(BIN)/python -m press

# strict, it would stop at links that press mends in the built pages
site-zensical: $(ZENSICAL)
	@STRICT=false SITE_DIR=.press/zensical $(BIN)/python -m zensical build --clean

paper-check: $(CHECKS)
	@$(BIN)/python -m pytest -rs tests/book/test_paper.py

ALL_CORES := --numprocesses auto --dist worksteal

test: $(CHECKS)
	@$(BIN)/python -m pytest $(ALL_CORES)

test-weekly: $(CHECKS)
	@$(BIN)/python -m pytest $(ALL_CORES) -m weekly

serve: $(READY)
	@$(BIN)/python -m mkdocs serve

check: lint
	@$(BIN)/python -m pytest $(ALL_CORES) --kept

mutants: $(CHECKS)
	@$(BIN)/python -m tools.mutants $(FILES)

measure: $(READY)
	@$(BIN)/python -m snippets.training.measure

FORM := $(BIN)/check-jsonschema --builtin-schema

lint: $(CHECKS)
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/oxlint --quiet docs/assets
	@$(BIN)/codespell
	@$(BIN)/zizmor --offline --quiet .github
	@$(FORM) vendor.github-workflows .github/workflows/*.yml
	@$(FORM) vendor.github-actions .github/actions/*/action.yml
	@$(FORM) vendor.github-issue-forms .github/ISSUE_TEMPLATE/*.yml
	@$(FORM) vendor.dependabot .github/dependabot.yml
	@$(FORM) vendor.citation-file-format CITATION.cff

chapter: export PAGE := $(PAGE)
chapter: $(CHECKS)
	@$(BIN)/python -m tools.chapter "$$PAGE"

links: $(CHECKS) site
	@$(BIN)/python -m tools.links

bench: $(CHECKS)
	@$(BIN)/python -m tools.bench

# in a folder of its own, for the Python that .venv has stays there
OTHER_VENV := .press/$(notdir $(OTHER))
reproduce: $(READY)
	$(if $(OTHER),@$(MAKE) VENV=$(OTHER_VENV) PYTHON=$(OTHER) $(OTHER_VENV)/ready)
	@$(BIN)/python -m tools.reproduce $(if $(OTHER),$(subst $(VENV),$(OTHER_VENV),$(BIN))/python)

# uv, since its lock serves every system; of no use to readers, so in a folder of its own
UV := .press/uv
LOCK = PYTHONPATH=$(UV) $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 \
	--no-annotate --custom-compile-command "make requirements (uv pip compile --universal --python-version 3.11)" $(UPGRADE)
requirements: $(READY)
	@$(BIN)/python -m pip install --quiet --upgrade --target $(UV) uv==0.13.9
	$(LOCK) --output-file requirements.txt requirements.in
	$(LOCK) --output-file tests/requirements.txt --constraint requirements.txt tests/requirements.in

clean:
	rm -rf site .press .cache .pytest_cache .ruff_cache .hypothesis

FIT := import sys, venv, ensurepip; print(sys.version_info >= (3, 11))

# whether pip on Linux would bring torch with CUDA: it knows no index but its own
CUDA = $(if $(filter Linux,$(shell uname -s 2>&1)),$(if \
	$(shell $(PYTHON) -m pip config list 2>&1 | grep -e "index-url='[^']" -e "find-links='[^']"),,yes))

# not --quiet, for it takes minutes
INSTALL = $(BIN)/python -m pip install --disable-pip-version-check

# made anew when requirements.txt is newer
$(READY): requirements.txt
	$(if $(filter True,$(shell exec 2>/dev/null; $(PYTHON) -c "$(FIT)")),,$(error This book \
	needs Python 3.11 or newer with venv and pip, and '$(PYTHON)' is not that; \
	install it, or name another one: make site PYTHON=python3.12))
	$(if $(CUDA),$(info torch comes with CUDA now, several gigabytes that this book does not use; \
	README.md, "the small torch", says how to get it without))
	$(PYTHON) -m venv $(VENV)
	@echo "Installing what builds the site, once: PyTorch, Pandoc and smaller ones, some minutes where they must be fetched"
	$(INSTALL) -r requirements.txt
	@touch $@

$(ZENSICAL): tools/zensical.txt $(READY)
	$(INSTALL) -r tools/zensical.txt -c requirements.txt
	@touch $@

$(CHECKS): tests/requirements.txt $(READY)
	@echo "Installing what checks the site, once: a browser's driver, linters and smaller ones, a minute or so"
	$(INSTALL) -r tests/requirements.txt
	@touch $@
