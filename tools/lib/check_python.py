#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether every Python file of a directory compiles, keeps to the width of .editorconfig, and is clean to
pyflakes.

usage: check_python.py DIRECTORY

What is in directories named build, and in those whose name begins with a dot, is no concern.
"""

import os
import pathlib
import re
import subprocess
import sys


def sources(root):
    for directory, names, files in os.walk(root):
        names[:] = [name for name in names if name != "build" and not name.startswith(".")]
        for path in (pathlib.Path(directory, name) for name in files):
            if path.suffix == ".py" or re.match(rb"#!.*python", path.read_bytes()[:80]):
                yield path


def complaints(path, width):
    text = path.read_text(encoding="utf-8")
    try:
        compile(text, path, "exec")
    except SyntaxError as error:
        yield f"{path}:{error.lineno}: {error.msg}"
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > width:
            yield f"{path}:{number}: {len(line)} characters, {width} at most"


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: check_python.py DIRECTORY")
    root = pathlib.Path(sys.argv[1])
    width = re.search(r"^max_line_length = (\d+)$", (root / ".editorconfig").read_text(), re.MULTILINE)
    files = sorted(sources(root))
    if not files:
        sys.exit(f"check_python.py: no Python in {root}")
    found = [text for path in files for text in complaints(path, int(width.group(1)))]
    print(*found, sep="\n", flush=True)
    flakes = subprocess.run(["pyflakes3", *files], check=False)
    print(f"{len(files)} files of Python")
    sys.exit(1 if found or flakes.returncode != 0 else 0)


if __name__ == "__main__":
    main()
