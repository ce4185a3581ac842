# make run    set up everything and open the mirror
# make test   set up everything and run all tests
# make lint   formatting, types and import rules
# make train-setup  add what `tryon train` needs; for another build of torch: TORCH='torch --index-url ...'
# make lock   renew the locks (needs uv)
# make package  build the installers of this system (PACKAGE_ARGS="--flavour cuda"); make smoke  test the frozen app
# make clean  remove what was built here; fetched models stay in the user's cache

VENV := .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=
PACKAGE_ARGS ?=
SMOKE_ARGS ?=
export PYTHON
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := run
.PHONY: run test lint lock package smoke clean setup system models display

run: display setup models
	@exec $(BIN)/tryon $(ARGS)

# Under Xvfb even where there is a screen: the same picture everywhere, and no windows in the way. In one process a core.
test: setup $(VENV)/.dev models
	@if command -v xvfb-run >/dev/null 2>&1; then set -- xvfb-run -a -s "-screen 0 1920x1080x24"; else set --; fi; \
	env TRYON_TEST_STRICT=1 "$$@" $(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadgroup $(PYTEST_ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

setup: system $(VENV)/.base

# Also where there is no Python yet: it is among the packages.
system:
	@packaging/linux/system-packages.sh "$$(packaging/find_python.sh 2>/dev/null || echo python3)"

models: setup
	@$(BIN)/tryon models fetch

display: system
	@if [ "$$(uname)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  echo "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)."; \
	  echo "To run on a virtual one:  xvfb-run -a make run"; \
	  exit 1; \
	fi

$(BIN)/python: | system
	@python=$$(packaging/find_python.sh) && echo "Creating $(VENV) with $$python" && \
	{ "$$python" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }; }

# The stamps are older than their lock when the lock has changed; otherwise nothing is done.
$(VENV)/.base: requirements.lock pyproject.toml setup.py | $(BIN)/python
	$(BIN)/python -m pip install --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.base
	@echo "Installing what tests and linters need"
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock
	@touch $@

# Outside of the lock: which build of torch is right depends on the machine. One that is there already is kept.
TORCH ?= torch==2.13.0

train-setup: setup
	@$(BIN)/python -c "import torch" 2>/dev/null || $(BIN)/python -m pip install -q $(TORCH)
	@$(BIN)/python -m pip install -q -e '.[train]'

LOCK := uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock:
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) pyproject.toml --extra dev -c requirements.lock -o requirements-dev.lock
	"$$(packaging/find_python.sh)" packaging/requirements.py

# An environment of its own under build/: nothing of $(VENV) gets into an installer.
package: system
	@"$$(packaging/find_python.sh)" packaging/build.py $(PACKAGE_ARGS)

smoke: system
	@"$$(packaging/find_python.sh)" packaging/smoke_test.py $(SMOKE_ARGS) build/package/cpu/dist/tryon/tryon

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
