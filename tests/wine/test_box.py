# SPDX-License-Identifier: MIT
"""The box itself: what the other tests rely on."""

import pathlib

from box import FIXED_LAYOUT, may_fix_layout, processes_of

# The page that Wine takes by its address.
SHARED_DATA = 0x7FFE0000

# Far more than the heaps of Wine's own processes.
ROOM = 0x1000000


def heap_end_of(process):
    """None if it has no heap, or is no more."""
    try:
        lines = pathlib.Path(f"/proc/{process}/maps").read_text().splitlines()
    except OSError:
        return None
    ends = [int(line.split("-")[1].split()[0], 16) for line in lines if line.endswith("[heap]")]
    return max(ends, default=None)


def test_no_heap_can_lie_where_wine_puts_its_shared_data(driver):
    """Or a process that must not is lost now and then; see FIXED_LAYOUT."""
    assert may_fix_layout(), f"{' '.join(FIXED_LAYOUT)} is refused here: some start in 8,000 will be lost"
    server = driver.box.server.pid
    reader = driver.waiting_reader()
    found = {process: heap_end_of(process) for process in processes_of(driver.box.prefix)}
    ends = {process: end for process, end in found.items() if end and process != server}
    reader.end()
    assert reader.program.popen.pid in ends
    assert driver.box.driver_hosts() & set(ends), "what Wine starts by itself is among them"
    wrong = {process: hex(end) for process, end in ends.items() if end + ROOM > SHARED_DATA}
    assert not wrong, f"heaps in the way: {wrong}"
