#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles every source file of build trees once more, with clang for the same target, warnings as errors.

usage: clang_check.py BUILD_TREE...

The trees are configured with CMAKE_EXPORT_COMPILE_COMMANDS. Nothing is kept of what is compiled.
"""

import os
import sys

import compile_commands


def command(entry):
    # Where a warning is suppressed in the sources, it may be one that only GCC has.
    warnings = ["-Wall", "-Wextra", "-Werror", "-Wno-unknown-warning-option"]
    return compile_commands.for_clang(entry, warnings) + ["-c", "-o", os.devnull]


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: clang_check.py BUILD_TREE...")
    entries = compile_commands.read(sys.argv[1:])
    failures = compile_commands.run(entries, command)
    print(f"{len(entries) - failures} of {len(entries)} files compile with clang without a warning")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
