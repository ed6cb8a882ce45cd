# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What tools/demo and tools/box share: a Wine of their own, the driver in it, and an end that leaves nothing running.
# To be sourced by bash, after `set -euo pipefail`; common.sh comes with it.

. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

tree=$PRCM_BUILD/x64
# What a driver in Wine needs built.
# shellcheck disable=SC2034
TARGETS_WINE=(prcm_cli prcm_wine ntext feeder)
# Which notify routines install_driver has offered.
tier=ex2
# Set as soon as there may be something to end.
begun=
# The server, where this script has started it.
server=
# What hosts the driver that was started last.
hosts=
installed=

# since PID: when it started, in ticks since boot; nothing if there is no such process.
since()
{
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# use_wine DIRECTORY: whatever runs in Wine from now on runs in the prefix there.
use_wine()
{
    wine=("$(first_executable /usr/lib/wine/wine64 /usr/bin/wine64 /opt/wine-stable/bin/wine64)")
    # With a random address layout Wine loses a process in some 8,000 at its start: see tests/wine/box.py. A
    # container may forbid another.
    if setarch -R true 2>/dev/null; then wine=(setarch -R "${wine[@]}"); fi
    wineserver=$(first_executable /usr/lib/wine/wineserver64 /usr/bin/wineserver /opt/wine-stable/bin/wineserver)
    prefix=$1/prefix
    drivers=$prefix/drive_c/windows/system32/drivers
    # TMPDIR: where Wine's server makes a directory that it never removes, and is looked for by that.
    export WINEPREFIX=$prefix WINESERVER=$wineserver WINEDEBUG=-all HOME=$1/home TMPDIR=$1/tmp
    # No questions about Mono and Gecko, no entries in the user's menus.
    export WINEDLLOVERRIDES='mscoree,mshtml=;winemenubuilder.exe=d'
    prcm=$(windows_path "$tree/cli/prcm.exe")
    feeder=$(windows_path "$tree/wine/feeder.exe")
}

first_executable()
{
    local path
    for path in "$@"; do
        if [ -x "$path" ]; then
            printf '%s\n' "$path"
            return 0
        fi
    done
    die "there is no 64-bit Wine where Debian's packages wine and wine64 put it ($*). Reinstall them."
}

# windows_path FILE: its name in Wine.
windows_path()
{
    local path
    path=$(realpath -m -- "$1")
    printf 'Z:%s\n' "${path//\//\\}"
}

# The prefix, made if need be, and its server. A prefix without the mark is one that was interrupted while it was made.
make_prefix()
{
    # What was left behind by one that was killed.
    end_left_running
    rm -rf "${TMPDIR:?}"
    mkdir -p "$TMPDIR" "$HOME"
    local new=
    [ -f "$prefix/prcm-made" ] || new=1
    if [ -n "$new" ]; then
        rm -rf "$prefix"
        mkdir -p "$prefix"
    fi
    # Persistent, or the server would end the driver as soon as no program runs; in a session of its own, so that Ctrl-C
    # does not take it away before the driver is stopped.
    # shellcheck disable=SC2034
    begun=1
    setsid "$wineserver" -f -p </dev/null >/dev/null 2>&1 &
    # shellcheck disable=SC2034
    server=$!
    if [ -n "$new" ]; then
        step "make a private Wine prefix in $prefix (once)"
        in_wine prefix cmd /c exit
        touch "$prefix/prcm-made"
    fi
    cp "$tree/wine/ntext.sys" "$tree/wine/prcm.sys" "$drivers/"
}

# in_wine NAME COMMAND...: runs it, with its output in the tool's log NAME; a failure ends the tool.
in_wine()
{
    local name=$1
    shift
    run_logged "${0##*/}-$name" timeout --foreground 180 "${wine[@]}" "$@"
}

# quiet COMMAND...: runs it in Wine for as long as is decent; whatever comes of it is fine.
quiet()
{
    timeout --foreground 30 "${wine[@]}" "$@" >/dev/null 2>&1 </dev/null || true
}

# The ids of the processes that host drivers.
driver_hosts()
{
    local each name
    for each in $(left_running); do
        name=$(cat "/proc/$each/comm" 2>/dev/null) || continue
        [ "$name" != winedevice.exe ] || printf '%s\n' "$each"
    done
}

# start_in_new_host NAME COMMAND...: in_wine, for what starts a driver. Not before the process that hosted the last one
# has ended: until then Wine would hand it the new one, or the feeder's device would still be that of the last one.
start_in_new_host()
{
    local deadline=$((SECONDS + 60)) before
    while [ -n "$hosts" ] && driver_hosts | grep -xF -- "$hosts" >/dev/null; do
        [ "$SECONDS" -lt "$deadline" ] || die "the last driver's process has not ended within a minute"
        sleep 0.1
    done
    before=$(driver_hosts)
    in_wine "$@"
    hosts=$(driver_hosts | grep -vxF -- "$before") || true
}

# install_driver OPTION...: the driver, installed with these options and started.
install_driver()
{
    quiet "$prcm" uninstall
    installed=1
    in_wine offer "$feeder" offer --tier "$tier"
    in_wine install "$prcm" install "$@" 'C:\windows\system32\drivers\prcm.sys'
    start_in_new_host start "$prcm" start
}

remove_driver()
{
    [ -n "$installed" ] || return 0
    quiet "$prcm" uninstall
    installed=
}

# What still runs in the prefix.
left_running()
{
    env -u WINEPREFIX grep -lzxF "WINEPREFIX=$prefix" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3 || true
}

# The server first, which takes the others with it; then by their ids.
end_left_running()
{
    local deadline=$((SECONDS + 10)) left
    "$wineserver" -k 2>/dev/null || true
    while left=$(left_running) && [ -n "$left" ]; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            # shellcheck disable=SC2086
            kill -KILL $left 2>/dev/null || true
        fi
        sleep 0.1
    done
}
