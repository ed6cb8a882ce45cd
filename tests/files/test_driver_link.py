# SPDX-License-Identifier: MIT
"""cmake/kernel.cmake links kernel code, and refuses what would only fail in the kernel."""

import subprocess

import pytest

from conftest import ROOT

PROJECT = f"""
cmake_minimum_required(VERSION 3.25)
project(sample VERSION 1.2.3 LANGUAGES C)
add_compile_options(-Wall -Wextra -Werror)
include({ROOT}/cmake/version.cmake)
include({ROOT}/cmake/kernel.cmake)
add_library(sample_objects OBJECT sample.c)
target_link_libraries(sample_objects PRIVATE prcm_kernel)
prcm_link_driver(sample sample.sys OBJECTS sample_objects)
"""

SOURCE = """
#include <ntddk.h>
DRIVER_INITIALIZE DriverEntry;
ULONGLONG Value;
%s
NTSTATUS NTAPI
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(Path);
    %s
    return STATUS_SUCCESS;
}
"""


@pytest.fixture
def build(architecture, tmp_path):
    """Builds a driver from a declaration and a statement; returns the exit code and what was printed."""

    def run(*command):
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        result = subprocess.run(command, cwd=tmp_path, check=False, **output)
        return result.returncode, result.stdout

    def build_sample(declaration, statement):
        (tmp_path / "CMakeLists.txt").write_text(PROJECT)
        (tmp_path / "sample.c").write_text(SOURCE % (declaration, statement))
        toolchain = f"-DCMAKE_TOOLCHAIN_FILE={ROOT}/cmake/mingw-{architecture}.cmake"
        code, output = run("cmake", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo", toolchain, ".")
        assert code == 0, output
        return run("cmake", "--build", ".")

    return build_sample


def test_plain_driver_links(build, tmp_path):
    code, output = build("", "Value++;")
    assert code == 0, output
    assert (tmp_path / "sample.sys").read_bytes()[:2] == b"MZ"


def test_driver_that_needs_libgcc_does_not_link(build, architecture):
    code, output = build("", "Value /= *(volatile ULONGLONG *)&Value;")
    if architecture == "x64":
        assert code == 0, output
    else:
        assert code != 0 and "__udivdi3" in output


def test_routine_that_the_kernel_lacks_does_not_link(build):
    code, output = build("NTSYSAPI VOID NTAPI NoSuchRoutine(VOID);", "NoSuchRoutine();")
    assert code != 0 and "NoSuchRoutine" in output


def test_data_that_needs_start_up_code_to_be_imported_does_not_link(build):
    code, output = build("extern USHORT NtBuildNumber;", "Value = NtBuildNumber;")
    assert code != 0 and "NtBuildNumber" in output


def test_frame_too_large_for_a_kernel_stack_does_not_compile(build):
    code, output = build("", "UCHAR Large[2000]; RtlZeroMemory(Large, 2000); DbgPrint((PCSTR)Large);")
    assert code != 0 and "frame size" in output
