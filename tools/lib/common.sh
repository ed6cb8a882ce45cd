# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the tools share: progress lines, packages, builds. To be sourced by bash, after
# `set -euo pipefail`. Everything here speaks on standard error, so that a tool's standard output stays its own.

PRCM_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
# Where everything built goes. Another directory keeps a second build out of the first one's way.
PRCM_BUILD=$(realpath -ms -- "${PRCM_BUILD:-$PRCM_ROOT/build}")
PRCM_LOGS=$PRCM_BUILD/logs
# Debian's own: whatever python3 stands first on PATH lacks Debian's pytest and pefile.
# shellcheck disable=SC2034
PYTHON=/usr/bin/python3

# The packages by purpose; recommendations are not installed, so what is needed of them is named.
# shellcheck disable=SC2034
PACKAGES_X64=(cmake ninja-build gcc-mingw-w64-x86-64-win32 dpkg-dev)
# shellcheck disable=SC2034
PACKAGES_X86=(cmake ninja-build gcc-mingw-w64-i686-win32 dpkg-dev)
# shellcheck disable=SC2034
PACKAGES_NATIVE=(cmake ninja-build gcc g++ libc6-dev libcmocka-dev libjansson-dev libcjson-dev
    libpcre2-dev libxxhash-dev libzstd-dev clang libclang-rt-dev)
# shellcheck disable=SC2034
PACKAGES_WINE=(wine wine64)
# shellcheck disable=SC2034
PACKAGES_SIGN=(openssl osslsigncode)
# shellcheck disable=SC2034
PACKAGES_COVERAGE=(cmake ninja-build g++ libc6-dev libcmocka-dev libpcre2-dev libxxhash-dev libzstd-dev clang libclang-rt-dev llvm
    python3)
# shellcheck disable=SC2034
PACKAGES_CHECK=(clang clang-format cppcheck pyflakes3 shellcheck python3 python3-pytest python3-pytest-xdist
    python3-jsonschema python3-pefile python3-xxhash python3-zstandard unicode-data jq perl)
# shellcheck disable=SC2034
PACKAGES_PLOT=(python3 python3-matplotlib)

# say TEXT: one line for whoever runs the tool.
say()
{
    printf '%s\n' "$*" >&2
}

# step TEXT: a progress line, with the seconds since the tool began.
step()
{
    printf '[%4d s] %s\n' "$SECONDS" "$*" >&2
}

# die TEXT: says what went wrong and what to do, and ends the tool.
die()
{
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# as_root COMMAND...: through sudo unless we are root already.
as_root()
{
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        die "this needs root, and sudo is not installed. As root, run: $*"
    fi
}

# missing_packages PACKAGE...: prints those that are not installed, one a line, each once.
missing_packages()
{
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            printf '%s\n' "$package"
    done | sort -u
}

# package_plan PACKAGE...: what apt would do, in apt's own words; fails if it can't.
package_plan()
{
    # --print-uris tells the whole plan and carries nothing out, unlike --assume-no, which installs unasked
    # what needs no further packages.
    LC_ALL=C apt-get -o Debug::NoLocking=true -y --print-uris --no-install-recommends install "$@" 2>&1 |
        grep -E '^(Need to get|After this operation|[0-9]+ upgraded)'
}

# need_packages PACKAGE...: installs what is missing, having said what that is and how many megabytes.
need_packages()
{
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null ||
        die "these Debian packages are missing and there is no apt-get to install them: ${missing[*]}"
    local plan
    if ! plan=$(package_plan "${missing[@]}"); then
        step "package lists: apt-get update"
        run_logged apt-update as_root apt-get -q update
        plan=$(package_plan "${missing[@]}") ||
            die "apt-get knows no such packages: ${missing[*]}. prcm's tools expect Debian 12 (main)."
    fi
    step "packages to install: ${missing[*]}"
    say "$plan"
    run_logged apt-install as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends install "${missing[@]}"
}

# run_logged NAME COMMAND...: runs COMMAND with its output in $PRCM_LOGS/NAME.log; if it fails, shows what that
# says of it and ends the tool.
run_logged()
{
    local name=$1 log=$PRCM_LOGS/$1.log status=0
    shift
    mkdir -p "$PRCM_LOGS"
    "$@" >"$log" 2>&1 </dev/null || status=$?
    [ "$status" -eq 0 ] && return 0
    # Ninja lets other jobs finish, and reports them, after one has failed.
    { grep -m 1 -A 40 '^FAILED: ' "$log" || tail -n 40 "$log"; } >&2
    die "$name failed with exit code $status; all of its output is in $log"
}

# build_tree PRESET [TARGET...]: configures $PRCM_BUILD/PRESET if need be and builds the targets (all by
# default).
build_tree()
{
    local preset=$1
    shift
    local tree=$PRCM_BUILD/$preset
    case $preset in
        x64 | x86) windows_libraries "$preset" ;;
    esac
    if [ ! -f "$tree/build.ninja" ]; then
        step "configure $preset"
        run_logged "configure-$preset" cmake -S "$PRCM_ROOT" --preset "$preset" -B "$tree"
    fi
    step "build $preset${*:+: $*}"
    # One build at a time of a tree, whoever asks for it.
    run_logged "build-$preset" flock "$tree/build.lock" cmake --build "$tree" --target "${@:-all}"
}

# shellcheck source=tools/lib/windows_libraries.sh
. "$PRCM_ROOT/tools/lib/windows_libraries.sh"
