#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles every source file of build trees once more, with clang for the same target, warnings as errors.

usage: clang_check.py BUILD_TREE...

The trees are configured with CMAKE_EXPORT_COMPILE_COMMANDS. Nothing is kept of what is compiled.
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

TRIPLES = ("x86_64-w64-mingw32", "i686-w64-mingw32")
# GCC's own, for which clang has no counterpart.
GCC_ONLY = ("-mincoming-stack-boundary=", "--param=")


def translate(entry):
    """The command with clang that corresponds to one of GCC's."""
    compiler, *arguments = shlex.split(entry["command"])
    triple = next((name for name in TRIPLES if name in compiler), None)
    command = ["clang", "-Wall", "-Wextra", "-Werror"]
    if triple:
        command.append(f"--target={triple}")
    arguments = iter(arguments)
    for argument in arguments:
        if argument in ("-o", "-MF", "-MT"):
            next(arguments)
        elif argument not in ("-c", "-MD") and not argument.startswith(("-W",) + GCC_ONLY):
            command.append(argument)
    if triple:
        command += ["-isystem", f"/usr/{triple}/include"]
    return command + ["-c", "-o", os.devnull]


def compile_one(entry):
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    result = subprocess.run(translate(entry), cwd=entry["directory"], check=False, **output)
    return entry["file"], result.returncode, result.stdout


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: clang_check.py BUILD_TREE...")
    entries = []
    for tree in sys.argv[1:]:
        found = json.loads(pathlib.Path(tree, "compile_commands.json").read_text())
        if not found:
            sys.exit(f"clang_check.py: {tree} compiles nothing")
        entries += found
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, code, output in pool.map(compile_one, entries):
            if code != 0:
                failures += 1
                print(f"{file}\n{output}")
    print(f"{len(entries) - failures} of {len(entries)} files compile with clang without a warning")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
