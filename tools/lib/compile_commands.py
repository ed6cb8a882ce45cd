# SPDX-License-Identifier: MIT
"""What build trees compile, and how to have another tool look at the same files."""

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


def read(trees):
    """The entries of all trees; each tree has some."""
    entries = []
    for tree in trees:
        found = json.loads(pathlib.Path(tree, "compile_commands.json").read_text())
        if not found:
            sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {tree} compiles nothing")
        entries += found
    return entries


def target(entry):
    """The triple of one of the cross-compilers, or None."""
    return next((name for name in TRIPLES if name in shlex.split(entry["command"])[0]), None)


def compiler(entry):
    return shlex.split(entry["command"])[0]


def options(entry):
    """What the compiler is given, without what is said of outputs and warnings."""
    kept = []
    arguments = iter(shlex.split(entry["command"])[1:])
    for argument in arguments:
        if argument in ("-o", "-MF", "-MT"):
            next(arguments)
        elif argument not in ("-c", "-MD") and not argument.startswith("-W"):
            kept.append(argument)
    return kept


def for_clang(entry, first, without=()):
    """The command with clang that corresponds to one of GCC's. First: what clang is given before all else."""
    triple = target(entry)
    command = ["clang", *first]
    if triple:
        command.append(f"--target={triple}")
    command += [option for option in options(entry) if not option.startswith(GCC_ONLY + tuple(without))]
    if triple:
        command += ["-isystem", f"/usr/{triple}/include"]
    return command


def run(entries, command):
    """Runs command(entry) for each, as many at a time as there are processors. Prints what those say that
    fail, and returns how many do."""

    def run_one(entry):
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        result = subprocess.run(command(entry), cwd=entry["directory"], check=False, **output)
        return entry["file"], result.returncode, result.stdout

    failures = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, code, output in pool.map(run_one, entries):
            if code != 0:
                failures += 1
                print(f"{file}\n{output}")
    return failures
