#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the tests of a native build tree and reports as tools/test does: `ok NAME` or `FAIL NAME` per test.

usage: ctest_lines.py BUILD_TREE [LABEL]

LABEL: only the tests that bear it, under names that begin with it.

The last line says over how many events the programs found the account closed, summed up by what went on.

A test program that speaks TAP, as cmocka's do, gives a line for each of its tests; one that does not, or that
fails in another way, such as a sanitizer's, gives a line of its own.
"""

import collections
import os
import re
import subprocess
import sys

NAMED = re.compile(r"^test (\d+)$")
OUTPUT = re.compile(r"^(\d+): ?(.*)$")
TAP = re.compile(r"^(not )?ok \d+ - (.*)$")
ACCOUNT = re.compile(r"^account: (\d+) (events, .*)$")
ENDED = re.compile(r"^\s*\d+/\d+ Test\s+#(\d+): (\S+) \.*\s*(.*)$")


def report(passed, name, output=()):
    print(f"{'ok' if passed else 'FAIL'} {name}", flush=True)
    for line in output:
        print(f"    {line}", flush=True)


def report_program(name, passed, output):
    """The lines of one test program that has ended."""
    tests = [match for match in map(TAP.match, output) if match]
    for match in tests:
        report(not match.group(1), f"{name}: {match.group(2)}")
    if not passed and any(match.group(1) for match in tests):
        print("    " + "\n    ".join(output), flush=True)
    elif not passed or not tests:
        report(passed, name, () if passed else output)


def report_accounts(accounts):
    if accounts:
        print(f"account: closed over {sum(accounts.values()):,} events; of these", flush=True)
    for circumstances, events in sorted(accounts.items()):
        print(f"    {events:,} {circumstances}", flush=True)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: ctest_lines.py BUILD_TREE [LABEL]")
    command = ["ctest", "--test-dir", sys.argv[1], "-V", "-j", str(os.cpu_count()), "--no-tests=error"]
    prefix = ""
    if len(sys.argv) == 3:
        command += ["-L", f"^{sys.argv[2]}$"]
        prefix = f"{sys.argv[2]}/"
    output = {}
    accounts = collections.Counter()
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace"}
    with subprocess.Popen(command, **pipe) as ctest:
        for line in ctest.stdout:
            line = line.rstrip("\n")
            if match := ENDED.match(line):
                number, name, verdict = match.groups()
                report_program(prefix + name, verdict.startswith("Passed"), output.pop(number, []))
            elif NAMED.match(line):
                output.setdefault(NAMED.match(line).group(1), [])
            elif match := OUTPUT.match(line):
                output.setdefault(match.group(1), []).append(match.group(2))
                if account := ACCOUNT.match(match.group(2)):
                    accounts[account.group(2)] += int(account.group(1))
    report_accounts(accounts)
    sys.exit(ctest.returncode)


if __name__ == "__main__":
    main()
