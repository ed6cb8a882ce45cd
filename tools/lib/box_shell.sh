# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What an interactive shell in the box begins with: the user's own, and the box's path and prompt even so.

box_path=${PATH%%:*}
# shellcheck disable=SC1090
[ ! -f ~/.bashrc ] || . ~/.bashrc
PATH=$box_path:$PATH
unset box_path PROMPT_COMMAND
PS1='prcm box$ '
# Leaving it ends its jobs, too.
trap 'jobs -p | xargs -r -I {} kill -HUP -- -{} 2>/dev/null' EXIT
