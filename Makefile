# Mailroom's work in one place. `make` alone lists it. Each target makes what it needs, and only that.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
ENV ?= local
LOCAL ?= default

VENV := .venv
LINT := build/venv-lint
LAMBDA := build/venv-lambda
MAILROOM := $(VENV)/bin/mailroom
# Runs a command that must end when this make does, killed outright included.
TETHER := $(PYTHON) scripts/mailroom/tether.py --owner $$PPID --
PIP_INSTALL := bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps

# --- Help -----------------------------------------------------------------------------------------------
.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } \
	  /^# --- / { gsub(/^# --- | -+$$/, ""); title = $$0 } \
	  /^[a-z-]+:.*## / { if (title != "") { printf "\n%s\n", title; title = "" } printf "  make %-15s %s\n", $$1, $$2 }' \
	  $(MAKEFILE_LIST)
	@printf '\nENV=dev picks the environment (default local), LOCAL=name one of several local clouds.\n'

# --- Begin ----------------------------------------------------------------------------------------------
.PHONY: setup demo
setup: $(MAILROOM) $(LAMBDA)/.done terraform ## Install the command .venv/bin/mailroom, Terraform and what Lambdas run on
	@printf 'Ready: %s --help\n' $(MAILROOM)

demo: $(MAILROOM) $(LAMBDA)/.done terraform package ## Bring mail all the way through a local cloud (KEEP=1: leave it running)
	@$(TETHER) $(MAILROOM) demo $(if $(KEEP),--keep)

# --- Check ----------------------------------------------------------------------------------------------
.PHONY: test test-deploy lint format bench
test: $(VENV)/.test $(LAMBDA)/.done build/venv-awscli/.done terraform package ## Run the tests: Python, Terraform, and the local cloud
	@$(TETHER) $(VENV)/bin/python -m pytest --numprocesses 5 $(PYTEST)

test-deploy: $(VENV)/.test $(LAMBDA)/.done terraform package ## Run what deploys and takes away: the pipeline by its IAM roles, by hand, adoption, kills
	@$(TETHER) $(VENV)/bin/python -m pytest --numprocesses 2 tests/deploy $(PYTEST)

lint: $(LINT)/.done $(VENV)/.docs terraform package ## Check format, types, Terraform, policies, workflows, stale docs
	@LINT=$(LINT)/bin VENV=$(VENV)/bin bash scripts/lint.sh

format: $(LINT)/.done terraform ## Format Python and Terraform
	@$(LINT)/bin/ruff format --quiet . && $(LINT)/bin/ruff check --fix-only --quiet .
	@build/tools/terraform fmt -recursive terraform

bench: $(VENV)/.test $(LAMBDA)/.done terraform package ## Measure: ratios, counts and bytes in one run (about 15 minutes)
	@$(TETHER) $(VENV)/bin/python -m mailroom.bench

.PHONY: test-localstack
test-localstack: $(VENV)/.test $(LAMBDA)/.done build/venv-awscli/.done build/venv-localstack/.done package ## Run integration tests against LocalStack 4.9.2 (Linux)
	@$(TETHER) $(VENV)/bin/python -m mailroom.hosted_localstack $(VENV)/bin/python -m pytest $(PYTEST)

# --- Build and deploy -----------------------------------------------------------------------------------
.PHONY: package plan apply destroy smoke conformance docs
package: ## Make one zip for each Lambda function in build/lambda
	@$(PYTHON) scripts/mailroom/package.py

plan apply destroy: $(MAILROOM) $(LAMBDA)/.done terraform package
plan: ## Show what ENV would become
	@$(MAILROOM) deploy plan --env $(ENV) --name $(LOCAL)

apply: ## Make ENV what the code says (YES=1: do not ask)
	@$(MAILROOM) deploy apply --env $(ENV) --name $(LOCAL) $(if $(YES),--yes)

destroy: ## Take ENV down (YES=1: do not ask)
	@$(MAILROOM) deploy destroy --env $(ENV) --name $(LOCAL) $(if $(YES),--yes)

smoke: $(MAILROOM) ## After each apply: one mail all the way through ENV, and nothing of it left behind
	@$(MAILROOM) smoke --env $(ENV) --name $(LOCAL)

conformance: $(MAILROOM) ## Ask ENV's SES what the local one promises, and show where they differ
	@$(MAILROOM) conformance --env $(ENV) --name $(LOCAL)

docs: $(VENV)/.docs ## Write the tables of the module READMEs from the code
	@$(VENV)/bin/python -m mailroom.docs

# --- Keep -----------------------------------------------------------------------------------------------
.PHONY: lock clean terraform
lock: build/venv-lock/.done ## Pin the Python packages anew (requirements/*.in -> *.txt, with hashes)
	@cd requirements && for name in base test docs lint lambda localstack awscli lock; do \
	  ../build/venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-emit-index-url $(LOCK) $$name.in -o $$name.txt; done

clean: ## Stop local clouds and remove all that make has made
	@if [ -x $(MAILROOM) ] && [ -d .local ]; then for cloud in .local/*/; do $(MAILROOM) local down --name "$$(basename "$$cloud")"; done; fi
	@rm -rf $(VENV) build .local .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info scripts/*.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- What the targets above are made from (files; made again only when their inputs changed) ------------
terraform: python
	@$(TETHER) $(PYTHON) scripts/mailroom/get_terraform.py

.PHONY: python
python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON). Install Python 3.11 or newer, or name one: make PYTHON=python3.13 …" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is $$($(PYTHON) -V 2>&1), and Mailroom needs Python 3.11 or newer. Name another: make PYTHON=python3.13 …" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) has no venv module (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; }

$(VENV)/.base: requirements/base.txt | python
	@echo "Installing Mailroom into $(VENV)"
	@$(TETHER) $(PYTHON) -m venv --clear $(VENV)
	@$(TETHER) $(VENV)/$(PIP_INSTALL) -r requirements/base.txt
	@touch $@

# The command `mailroom`: an entry point of pyproject.toml, which leads to the sources here.
$(MAILROOM): pyproject.toml $(VENV)/.base
	@$(TETHER) $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(MAILROOM)
	@echo "Installing the test tools into $(VENV)"
	@$(TETHER) $(VENV)/$(PIP_INSTALL) -r requirements/test.txt
	@touch $@

$(VENV)/.docs: requirements/docs.txt $(MAILROOM)
	@$(TETHER) $(VENV)/$(PIP_INSTALL) -r requirements/docs.txt
	@touch $@

$(LINT)/.done: requirements/lint.txt | python
	@echo "Installing the linters into $(LINT)"
	@$(TETHER) $(PYTHON) -m venv --clear $(LINT)
	@$(TETHER) $(LINT)/$(PIP_INSTALL) -r requirements/lint.txt
	@touch $@

# Lambda runs Python 3.13: taken where the machine has it, else this one.
$(LAMBDA)/.done: requirements/lambda.txt | python
	@echo "Installing what Lambda's runtime holds into $(LAMBDA)"
	@$(TETHER) $$(PYENV_VERSION=$$(pyenv versions --bare 2>/dev/null | grep -m1 '^3\.13\.' || true); export PYENV_VERSION; \
	  python3.13 -c 'import sys, venv, ensurepip; print(sys.executable)' 2>/dev/null || command -v $(PYTHON)) -m venv --clear $(LAMBDA)
	@$(TETHER) $(LAMBDA)/$(PIP_INSTALL) -r requirements/lambda.txt
	@touch $@

build/venv-localstack/.done: requirements/localstack.txt | python
	@echo "Installing LocalStack 4.9.2 into build/venv-localstack"
	@$(TETHER) $(PYTHON) -m venv --clear build/venv-localstack
	@$(TETHER) build/venv-localstack/$(PIP_INSTALL) -r requirements/localstack.txt
	@touch $@

# The AWS CLI pins another botocore than the emulator does, so it has an environment of its own.
build/venv-awscli/.done: requirements/awscli.txt | python
	@$(TETHER) $(PYTHON) -m venv --clear build/venv-awscli
	@$(TETHER) build/venv-awscli/$(PIP_INSTALL) -r requirements/awscli.txt
	@touch $@

build/venv-lock/.done: requirements/lock.txt | python
	@$(TETHER) $(PYTHON) -m venv --clear build/venv-lock
	@$(TETHER) build/venv-lock/$(PIP_INSTALL) -r requirements/lock.txt
	@touch $@
