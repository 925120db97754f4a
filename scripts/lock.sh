#!/usr/bin/env bash
# Writes the locks: exact versions with hashes, and no word about where they come from.
# Run it by `make lock`; it needs the development environment and a package index.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() { # name, extras...
    local name=$1
    shift
    CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/python -m piptools compile --quiet --generate-hashes \
        --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
        --resolver=backtracking "${UPGRADE[@]}" "$@" --output-file "requirements/$name.txt" pyproject.toml
}

UPGRADE=()
if [ "${1:-}" = "--upgrade" ]; then UPGRADE=(--upgrade); fi
compile runtime --extra build
compile dev --extra build --extra dev --constraint requirements/runtime.txt
# What builds the page where the machine has no node. A release of it that comes without its platform part helps nobody.
CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/python -m piptools compile --quiet --generate-hashes --strip-extras \
    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --resolver=backtracking "${UPGRADE[@]}" \
    --output-file requirements/node.txt requirements/node.in
