# SPDX-License-Identifier: MIT
"""A pytest plugin that reports as tools/test does: a line `ok NAME` or `FAIL NAME` per test, as each ends;
with pytest-xdist, too, from the process that has the workers.

A skipped test counts as failed: tools/test installs whatever a test needs, so a skip is something that was
not shown.
"""


class LineReport:
    def __init__(self):
        self.failed = set()

    def fail(self, name, *texts):
        if name not in self.failed:
            self.failed.add(name)
            print(f"FAIL {name}", flush=True)
        for text in filter(None, map(str.strip, texts)):
            print("    " + text.replace("\n", "\n    "), flush=True)

    def pytest_collectreport(self, report):
        if report.failed:
            self.fail(report.nodeid, str(report.longrepr))

    def pytest_runtest_logreport(self, report):
        if report.failed:
            captured = (f"{title}\n{text}" for title, text in report.sections)
            self.fail(report.nodeid, str(report.longrepr), *captured)
        elif report.skipped:
            self.fail(report.nodeid, f"not run: {report.longrepr}")
        elif report.when == "teardown" and report.nodeid not in self.failed:
            print(f"ok {report.nodeid}", flush=True)

    def pytest_internalerror(self, excrepr):
        self.fail("pytest", str(excrepr))


def pytest_addoption(parser):
    # Of the terminal plugin, whose place this one takes; comparisons ask for it.
    parser.addoption("--verbose", dest="verbose", type=int, default=0)


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return  # a worker of pytest-xdist: what it reports is heard where it was started
    config.pluginmanager.register(LineReport())
