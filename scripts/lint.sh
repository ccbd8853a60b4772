#!/usr/bin/env bash
# `make lint`. Runs every check, even after one has failed, and says at the end which did.
set -uo pipefail
failed=()

check() { # check NAME COMMAND…: one line when it holds, its whole output when it does not
  local name=$1 started=$SECONDS output
  shift
  if output=$("$@" 2>&1); then
    printf '  ok      %-34s %3d s\n' "$name" $((SECONDS - started))
  else
    printf '  FAILED  %s\n%s\n' "$name" "$output"
    failed+=("$name")
  fi
}

scripts=(scripts/*.sh .ci/run)

check 'ruff format' "$LINT/ruff" format --check --quiet .
check 'ruff check' "$LINT/ruff" check --quiet .
check 'mypy' "$LINT/mypy" --python-executable "$VENV/python" scripts/mailroom lambda_src
check 'shellcheck' "$LINT/shellcheck" "${scripts[@]}"
check 'terraform fmt' build/tools/terraform fmt -check -recursive terraform
check 'terraform validate' "$VENV/python" -m mailroom.validate
check 'checkov' "$LINT/checkov" --quiet --compact --skip-download --framework terraform cloudformation \
  --directory terraform
check 'cfn-lint' "$LINT/cfn-lint" terraform/bootstrap/*.yaml
check 'actionlint' "$LINT/actionlint" -shellcheck "$LINT/shellcheck"
check 'zizmor (workflow security)' "$LINT/zizmor" --offline --quiet .github
check 'module READMEs are fresh' "$VENV/python" -m mailroom.docs --check
check 'house measures' "$VENV/python" -m mailroom.measures

if ((${#failed[@]})); then
  printf '\n%d failed: %s\n' "${#failed[@]}" "${failed[*]}" >&2
  exit 1
fi
