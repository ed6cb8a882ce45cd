# SPDX-License-Identifier: MIT
#
# Is everything there? For the output of `prcm watch --json`, of any hosts and runs of the driver, in any order of lines:
#     jq -n -R -c -f complete.jq FILE...
# One object for each host and instance; prcm.md, "Is a file complete?", says what it tells. A line that is cut counts as
# none: it proves nothing, and its number is missing.

# What ranges [first, behind the last] leave out of $from to before $to, as [first, last].
def gaps($from; $to):
  [foreach ((map(select(.[0] < $to)) | sort[]), [$to, $to]) as [$first, $next] ({at: $from};
    {gap: [.at, $first - 1], at: ([.at, $next] | max)}; .gap | select(.[0] <= .[1]))];
def total(f): [f] | add // 0;

# How many events the lines tell of, none more often than there are accounts that its number is in.
def told($accounts):
  [(.[] | [.first, 1, [.next, .kind, .cause], .count // 1]),
   ($accounts[] | [.first, 0, null, 1], [.next, 0, null, -1])] | sort
  | reduce .[] as [$at, $is_line, $rest, $count] ({told: 0, depth: 0};
      if $is_line == 0 then .depth += $count
      else .times = (if .line == [$at, $rest] then .times + 1 else 1 end) | .line = [$at, $rest]
        | if .times <= .depth then .told += $count else . end end) | .told;

[inputs | fromjson? | objects | select(.event and .instance)
  | {event, host, instance, kind, cause, count, closed, read: .delivered.total, lost: .lost.total,
    first: (.seq // .first_seq // .from), next: ((.seq | values + 1) // .next_seq // .next),
    filtered: (if .event == "stream" then .pids + .images + (.captured_kinds - .kinds) | length
               else .filtered_driver.total + .filtered_console.total end)}]
| group_by(.host, .instance)[] | . as $all
| def of($name): map(select(.event == $name));
  of("account") as $accounts | of("stream") as $streams | of("lost") as $lost
| map(select(.event | . != "account" and . != "stream" and . != "lost")) as $events
| [$streams | sort_by(.filtered) | group_by(.first)[] | .[0].first as $from
    | .[([$accounts[] | select(.first == $from)] | length):][]] as $begun
| (if $accounts + $streams == [] then [{first: ([$all[].first] | min), filtered: 1}] else $begun end
    | map(.next = ([.first, $all[].next] | max))) as $unfinished
| ($accounts + $unfinished | map([.first, .next])) as $spans
| ([$spans[][0]] | min) as $from | ([$spans[][1]] | max) as $to
| ($spans | gaps($from; $to)) as $not_read
| ($events + $lost | map([.first, .next])) + ($not_read | map([.[0], .[1] + 1])) | gaps($from; $to) as $silent
| (total($accounts[].lost) - ($lost | told($accounts))) as $untold
| (if total($accounts[], $unfinished[] | .filtered) == 0 then [total($silent[] | .[1] - .[0] + 1), $untold] | max
   elif $unfinished == [] then total($accounts[].read) - ($events | told($accounts)) + $untold
   else null end | if . != null and . < 0 then null else . end) as $missing
| ($missing == 0 and $not_read == [] and all($accounts[]; .closed)) as $complete
| $all[0] | {host, instance, complete: $complete, from: $from, to: ($to - 1), missing: $missing,
    among: (if $missing == 0 then [] else $silent end), not_read: $not_read, unfinished: ($unfinished | length),
    lost: ([total($accounts[].lost), total($lost[].count)] | max), filtered: total($accounts[].filtered)}
