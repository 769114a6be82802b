# make site     the whole book, into site/
# make paper    PDF and EPUB anew, from the site that is there
# make paper-check  whether both are sound and accessible, by veraPDF and epubcheck
# make test     everything that is checked
# make serve    live preview at http://127.0.0.1:8000
# make check    all that a pull request is checked for: style, spelling, workflows, site, tests;
#               a test that passed rests until something behind it changes
# make lint     style of code and text, and the form of the workflows
# make mutants  whether the tests notice small changes to the snippets; an hour of one processor for all,
#               minutes for some: make mutants FILES=snippets/neuron.py
# make bench    how long a build takes, and against what
# make chapter PAGE=activation/swish   begins a chapter: page, snippet, test, navigation
# make links    whether other sites still answer that the book links to
# make requirements   pins anew what requirements.in asks for; UPGRADE=--upgrade takes newer releases
# make clean    removes what these made, but for .venv

PYTHON ?= python3
export NO_MKDOCS_2_WARNING := 1  # a long banner on every build
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := .venv/ready

.PHONY: site paper paper-check test serve check mutants measure lint chapter links bench requirements clean

site: $(READY)
	@$(BIN)/python -m press

paper: $(READY)
	@$(BIN)/python -m press.paper.keep

paper-check: $(READY)
	@$(BIN)/python -m pytest -rs tests/book/test_paper.py

ALL_CORES := --numprocesses auto --dist worksteal

test: $(READY)
	@$(BIN)/python -m pytest $(ALL_CORES)

serve: $(READY)
	@$(BIN)/python -m mkdocs serve

check: lint site
	@$(BIN)/python -m pytest $(ALL_CORES) --kept

mutants: $(READY)
	@$(BIN)/python -m tests.mutants $(FILES)

measure: $(READY)
	@$(BIN)/python -m snippets.training.measure

FORM := $(BIN)/check-jsonschema --builtin-schema

lint: $(READY)
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/codespell
	@$(BIN)/zizmor --offline --quiet .github
	@$(FORM) vendor.github-workflows .github/workflows/*.yml
	@$(FORM) vendor.github-actions .github/actions/*/action.yml
	@$(FORM) vendor.github-issue-forms .github/ISSUE_TEMPLATE/*.yml
	@$(FORM) vendor.dependabot .github/dependabot.yml
	@$(FORM) vendor.citation-file-format CITATION.cff

chapter: export PAGE := $(PAGE)
chapter: $(READY)
	@$(BIN)/python -m press.chapter "$$PAGE"

links: site
	@$(BIN)/python -m press.links

bench: $(READY)
	@$(BIN)/python -m press.bench

# uv, since its lock serves every system; of no use to readers, so in a folder of its own
UV := .press/uv
requirements: $(READY)
	@$(BIN)/python -m pip install --quiet --upgrade --target $(UV) uv==0.13.9
	PYTHONPATH=$(UV) $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 \
	--no-annotate --custom-compile-command "make requirements (uv pip compile --universal --python-version 3.11)" $(UPGRADE) \
	--output-file requirements.txt requirements.in

clean:
	rm -rf site .press .pytest_cache .ruff_cache .hypothesis

FIT := import sys, venv, ensurepip; print(sys.version_info >= (3, 11))

# whether pip on Linux would bring torch with CUDA: it knows no index but its own
CUDA = $(if $(filter Linux,$(shell uname -s 2>&1)),$(if \
	$(shell $(PYTHON) -m pip config list 2>&1 | grep -e "index-url='[^']" -e "find-links='[^']"),,yes))

# made anew when requirements.txt is newer
$(READY): requirements.txt
	$(if $(filter True,$(shell exec 2>/dev/null; $(PYTHON) -c "$(FIT)")),,$(error This book \
	needs Python 3.11 or newer with venv and pip, and '$(PYTHON)' is not that; \
	install it, or name another one: make site PYTHON=python3.12))
	$(if $(CUDA),$(info torch comes with CUDA now, several gigabytes that this book does not use; \
	README.md, "the small torch", says how to get it without))
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@
