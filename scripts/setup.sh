#!/usr/bin/env bash
# Makes .venv from a lock file: `setup.sh runtime` or `setup.sh dev`, and installs the project into it.
# Needs a Python of at least 3.11 and a package index; on Debian and Ubuntu it gets along without python3-venv, as an
# ordinary user too, where apt has its lists of packages.
# Leaves a stamp (.venv/.runtime, .venv/.dev), which is what make looks at.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=${1:?runtime or dev}
log=.venv/setup.log

say() { printf '%s\n' "$*" >&2; }
fail() { say "setup: $*"; exit 1; }

# The interpreter itself rather than a shim of a version manager: those are slow shell scripts.
find_python() {
    local name path
    for name in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
        path=$("$name" -c 'import sys
if sys.version_info >= (3, 11): print(getattr(sys, "_base_executable", None) or sys.executable)' 2>/dev/null) || continue
        if [ -n "$path" ]; then echo "$path"; return; fi
    done
    fail "no Python of at least 3.11 found. On Debian or Ubuntu: apt-get install python3 python3-venv"
}

has_ensurepip() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# Debian keeps ensurepip in a package of its own, python3.X-venv.
install_ensurepip() { # interpreter, command prefix...
    local package
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    shift
    command -v apt-get >/dev/null || return 1
    say "setup: installing $package"
    "$@" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null 2>&1 || true
    "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$package" >/dev/null 2>&1
}

# Who may not install a package may take the pip out of one.
bring_pip() {
    local place wheel
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
    place=$(mktemp -d)
    (cd "$place" && apt-get download -qq python3-pip-whl && dpkg-deb -x python3-pip-whl_*.deb .) >/dev/null 2>&1 || true
    wheel=$(compgen -G "$place/usr/share/python-wheels/pip-*.whl") &&
        PYTHONPATH=$wheel .venv/bin/python -m pip install --quiet --no-index "$wheel" >/dev/null 2>&1 || wheel=
    rm -rf "$place"
    [ -n "$wheel" ]
}

make_venv() {
    local python=$1 version
    rm -rf .venv
    if ! has_ensurepip "$python"; then
        if [ "$(id -u)" = 0 ]; then
            install_ensurepip "$python" || true
        elif sudo -n true 2>/dev/null; then
            install_ensurepip "$python" sudo -n || true
        fi
    fi
    if has_ensurepip "$python"; then
        "$python" -m venv .venv
    elif "$python" -m venv --without-pip .venv && { "$python" -m pip --version >/dev/null 2>&1 || bring_pip; }; then
        return
    else
        rm -rf .venv
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        fail "$python can make no environment with pip. On Debian or Ubuntu: apt-get install python$version-venv"
    fi
}

pip() {
    local runner=(.venv/bin/python -m pip)
    [ -x .venv/bin/pip ] || runner=("$python" -m pip --python .venv/bin/python)
    if ! PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore "${runner[@]}" "$@" >>"$log" 2>&1; then
        tail -n 20 "$log" >&2
        fail "pip could not install what is needed (the whole story: $log)"
    fi
}

python=$(find_python)
# An environment that does not work (half made, or its interpreter is gone) is made anew.
.venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || make_venv "$python"
say "setup: installing the $kind requirements into .venv"
: >"$log"
pip install --require-hashes --requirement "requirements/$kind.txt"
pip install --no-deps --no-build-isolation --editable .
touch .venv/.runtime "$([ "$kind" = dev ] && echo .venv/.dev || echo .venv/.runtime)"
