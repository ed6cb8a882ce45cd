#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Has static analysers look at every C file of build trees, each file as the first tree that has it compiles it.

usage: analyse.py [--with ANALYSER] BUILD_TREE...

The analysers are clang, gcc and cppcheck; all of them by default. The trees are configured with
CMAKE_EXPORT_COMPILE_COMMANDS. Prints how many files each has looked at; exit code: 0 only if none has
anything to say.

What stands for a false alarm is in the sources, with its reason: code that states the invariant, or
`cppcheck-suppress`.
"""

import argparse
import os
import pathlib
import sys

import compile_commands

# Here is how an analyser is to read cmocka's assertions.
HEADERS = pathlib.Path(__file__).resolve().parent / "analysis"

# Assertions state what analysers cannot see, so they are left in. Sanitizers' own code would be in the way.
DROPPED = ("-DNDEBUG", "-fsanitize", "-fno-sanitize")

CLANG_CHECKERS = (
    "core",
    "deadcode",
    "nullability",
    "optin.portability",
    "security",
    "unix",
    "valist",
    # Of those still called experimental, the ones that are right about this code.
    "alpha.core.BoolAssignment",
    "alpha.core.Conversion",
    "alpha.core.IdenticalExpr",
    "alpha.core.PointerSub",
    "alpha.core.SizeofPtr",
    "alpha.core.StackAddressAsyncEscape",
    "alpha.core.TestAfterDivZero",
    "alpha.security.MallocOverflow",
    "alpha.security.ReturnPtrRange",
    "alpha.unix.StdCLibraryFunctionArgs",
    "alpha.unix.cstring.BufferOverlap",
    "alpha.unix.cstring.NotNullTerminated",
)
# Wants memcpy_s and its like, which neither a driver nor Linux has.
CLANG_NOT_CHECKED = "security.insecureAPI.DeprecatedOrUnsafeBufferHandling"

# GCC 12 takes all elements of an array for one, and what the first points to for lost with the second.
# clang's unix and, at run time, LeakSanitizer look for leaks.
GCC_NOT_ASKED = "-Wno-analyzer-malloc-leak"

# By target: cppcheck's platform, its libraries, and what the compiler defines by itself.
CPPCHECK_TARGETS = {
    None: ("unix64", ("posix", "gnu"), ("__linux__", "__x86_64__")),
    "x86_64-w64-mingw32": ("win64", ("windows", "gnu"), ("_WIN32", "_WIN64", "__x86_64__", "__MINGW32__")),
    "i686-w64-mingw32": ("win32W", ("windows", "gnu"), ("_WIN32", "__i386__", "__MINGW32__")),
}
# Questions that names alone do not answer: whether a member is used that is there for the layout, or a
# variable by way of a pointer to it or to its first member; whether a parameter could be const whose function
# has a prototype of the OS's. And two of taste: a local variable named as a function, `continue` as an empty
# body.
CPPCHECK_NOT_ASKED = (
    "constParameter",
    "missingIncludeSystem",
    "redundantContinue",
    "shadowFunction",
    "unassignedVariable",
    "unreadVariable",
    "unusedStructMember",
)


def options(entry):
    return [option for option in compile_commands.options(entry) if not option.startswith(DROPPED)]


def clang(entry):
    first = ["--analyze", "--analyzer-output", "text", "-Xclang", "-analyzer-werror", "-w", f"-I{HEADERS}"]
    first += ["-Xclang", "-analyzer-checker=" + ",".join(CLANG_CHECKERS)]
    first += ["-Xclang", "-analyzer-disable-checker=" + CLANG_NOT_CHECKED]
    return compile_commands.for_clang(entry, first, DROPPED) + ["-o", os.devnull]


def gcc(entry):
    # Unoptimised, for the analyser to see the code as it is written.
    command = [
        compile_commands.compiler(entry),
        "-fanalyzer",
        GCC_NOT_ASKED,
        "-Werror",
        f"-I{HEADERS}",
        *options(entry),
        "-O0",
    ]
    return command + ["-c", "-o", os.devnull]


def cppcheck(entry):
    platform, libraries, defines = CPPCHECK_TARGETS[compile_commands.target(entry)]
    command = ["cppcheck", "--quiet", "--std=c11", "--inline-suppr", "--error-exitcode=1"]
    command += ["--enable=warning,style,performance,portability,missingInclude", f"--platform={platform}"]
    command += ["--template={file}:{line}: {severity}: {message} [{id}]"]
    command += [f"--library={name}" for name in libraries]
    command += [f"--suppress={name}" for name in CPPCHECK_NOT_ASKED]
    command += [f"-D{name}" for name in ("__GNUC__=12", *defines)] + [f"-I{HEADERS}"]
    # Not the system's headers: what they declare is in cppcheck's libraries.
    command += [option for option in options(entry) if option.startswith(("-D", "-I"))]
    return command + [entry["file"]]


ANALYSERS = {"clang": clang, "gcc": gcc, "cppcheck": cppcheck}


def analyse(name, entries):
    """Whether it has nothing to say. Each file once: a second tree's way to compile it would cost as much again."""
    first = {}
    for entry in entries:
        first.setdefault(entry["file"], entry)
    failures = compile_commands.run(first.values(), ANALYSERS[name])
    print(f"{name}: {len(first)} files, {failures} with findings")
    return failures == 0


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "))
    parser.add_argument("--with", dest="names", action="append", choices=ANALYSERS)
    parser.add_argument("trees", nargs="+", metavar="BUILD_TREE")
    arguments = parser.parse_args()
    entries = [entry for entry in compile_commands.read(arguments.trees) if entry["file"].endswith(".c")]
    if not entries:
        sys.exit("analyse.py: no C file is compiled")
    clean = [analyse(name, entries) for name in arguments.names or ANALYSERS]
    sys.exit(0 if all(clean) else 1)


if __name__ == "__main__":
    main()
