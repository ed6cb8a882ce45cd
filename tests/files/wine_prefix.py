# SPDX-License-Identifier: MIT
"""A Wine prefix of one's own."""

import contextlib
import os
import subprocess

# How long Wine may take for what it does in an instant; only a broken Wine ever takes this long.
PATIENCE_SECONDS = 120


class Prefix:
    def __init__(self, path):
        self.drive = path / "drive_c"
        settings = {"WINEPREFIX": str(path), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml="}
        self.environment = {**os.environ, **settings}

    def run(self, *command, cwd=None):
        """Runs a Windows program; returns its exit code and standard output."""
        result = subprocess.run(
            ["wine", *command],
            env=self.environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        return result.returncode, result.stdout.decode("utf-8", "replace").replace("\r\n", "\n")

    def process_inf(self, section, path):
        windows_path = "Z:" + str(path).replace("/", "\\")
        self.run("rundll32", "setupapi.dll,InstallHinfSection", section, "132", windows_path)

    def service_values(self):
        """The registry values of the service prcm by name, those of its Parameters key included."""
        lines = self.run("reg", "query", r"HKLM\System\CurrentControlSet\Services\prcm", "/s")[1].splitlines()
        return {line.split()[0]: line.split(None, 2)[2].strip() for line in lines if line.startswith("    ")}


@contextlib.contextmanager
def make_prefix(path):
    made = Prefix(path)
    made.run("wineboot", "-i")
    # Wine's services end with the last program and take seconds to start; this one, waiting for input, keeps
    # them. They also keep the output of whoever starts them open, which only this one can bear.
    command = ["wine", "cmd", "/k", "echo", "ready"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=made.environment, **pipes) as keeper:
        assert b"ready" in keeper.stdout.readline()
        try:
            yield made
        finally:
            keeper.stdin.close()
            keeper.stdout.close()
    server = ["/usr/lib/wine/wineserver64", "-k"]
    subprocess.run(server, env=made.environment, timeout=PATIENCE_SECONDS, check=False)
