# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What tools/box and the commands in its shell share. To be sourced by bash, after `set -euo pipefail`; wine.sh and
# common.sh come with it.

. "$(dirname -- "${BASH_SOURCE[0]}")/wine.sh"

box=$PRCM_BUILD/box

# Whether there is one to enter. A server that ended took all with it.
box_runs()
{
    local pid='' ticks='' rest
    { read -r pid ticks rest <"$box/running"; } 2>/dev/null || return 1
    [ -n "$ticks" ] && [ "$(since "$pid")" = "$ticks" ]
}

# box_exec PROGRAM ARGUMENT...: runs the program of the build, in the box, and ends as it does.
box_exec()
{
    local program=$tree/$1
    shift
    box_runs || die "the box does not run. Enter it by tools/box"
    use_wine "$box"
    program=$(windows_path "$program")
    if in_background; then
        # Wine would take over a terminal that another program has, and be stopped for it.
        [ ! -t 0 ] || exec </dev/null
        [ ! -t 1 ] || exec > >(exec cat)
        [ ! -t 2 ] || exec 2> >(exec cat >&2)
    elif [ -t 0 ] || [ -t 1 ] || [ -t 2 ]; then
        with_terminal "${wine[@]}" "$program" "$@"
        exit
    fi
    exec "${wine[@]}" "$program" "$@"
}

# with_terminal COMMAND...: the process that is Wine's console outlives its last program by a second or more, in which it
# takes what is typed for the shell. So it is ended, and the terminal made what it was.
with_terminal()
{
    local settings status=0
    settings=$(stty -g </dev/tty)
    "$@" || status=$?
    end_console
    stty "$settings" </dev/tty
    return "$status"
}

end_console()
{
    local group each name consoles=()
    group=$(group_of $$)
    for each in $(left_running); do
        [ "$(group_of "$each")" = "$group" ] || continue
        name=$(cat "/proc/$each/comm" 2>/dev/null) || continue
        # Another program of a pipe has it still.
        [ "$name" = conhost.exe ] || return 0
        consoles+=("$each")
    done
    [ ${#consoles[@]} -eq 0 ] || kill -KILL "${consoles[@]}" 2>/dev/null || true
}

# group_of PID: its process group.
group_of()
{
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f3
}

# box_help ARGUMENT...: shows what the feeder says of itself, if that was asked for.
box_help()
{
    case ${1-} in
        -h | --help) box_exec wine/feeder.exe --help ;;
    esac
}

# Whether there is a terminal, and another job has it.
in_background()
{
    local fields
    fields=$(sed 's/.*) //' /proc/$$/stat)
    # Of what follows the name: process group, session, terminal, the group that has the terminal.
    # shellcheck disable=SC2086
    set -- $fields
    [ "$6" -gt 0 ] && [ "$6" -ne "$3" ]
}
