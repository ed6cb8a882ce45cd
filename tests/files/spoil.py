# SPDX-License-Identifier: MIT
"""For each check of image.py, the same file with the one fault that the check is there to find."""

import functools
import pathlib
import subprocess
import tempfile

import pefile

import image as checks

COMPILERS = {"x64": "x86_64-w64-mingw32-gcc-win32", "x86": "i686-w64-mingw32-gcc-win32"}

# What someone builds who knows nothing of all this: a plain DLL, with one routine that no NT 5.2 kernel has.
PLAIN = """
__declspec(dllimport) unsigned long __stdcall GetTickCount(void);
__declspec(dllimport) unsigned long long __stdcall GetTickCount64(void);
__declspec(dllexport) unsigned long Plain(void) { return GetTickCount() + (unsigned long)GetTickCount64(); }
"""

DATA_EXPORT = b"PsProcessType"


@functools.lru_cache(maxsize=None)
def plain_dll(architecture):
    with tempfile.TemporaryDirectory() as directory:
        source, output = pathlib.Path(directory, "plain.c"), pathlib.Path(directory, "plain.dll")
        source.write_text(PLAIN)
        subprocess.run(
            [COMPILERS[architecture], "-O2", "-g", "-shared", "-o", output, source, "-Wl,--no-dynamicbase"],
            check=True,
        )
        return output.read_bytes()


def plain(image):
    return plain_dll(image.architecture)


def with_header(change):
    """A fault made by changing a parsed header."""

    def spoil(image):
        pe = pefile.PE(data=image.data)
        change(pe)
        return pe.write()

    return spoil


def with_optional(field, value):
    def change(pe):
        setattr(pe.OPTIONAL_HEADER, field, value(getattr(pe.OPTIONAL_HEADER, field)))

    return with_header(change)


def without_flag(flag):
    return with_optional("DllCharacteristics", lambda flags: flags & ~flag)


def make_code_writable(pe):
    pe.sections[0].Characteristics |= checks.SECTION_WRITE


def other_machine(pe):
    pe.FILE_HEADER.Machine = 0xAA64


def stamp(pe):
    pe.FILE_HEADER.TimeDateStamp = 1


def entry_in_data(pe):
    data = next(section for section in pe.sections if not section.Characteristics & checks.SECTION_EXECUTE)
    pe.OPTIONAL_HEADER.AddressOfEntryPoint = data.VirtualAddress


def name_symbols(pe):
    pe.FILE_HEADER.NumberOfSymbols = 1


def drop_relocations(image):
    data = bytearray(image.data)
    directory = image.optional.DATA_DIRECTORY[pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_BASERELOC"]]
    offset = directory.get_file_offset()
    data[offset:offset + 8] = bytes(8)
    return bytes(data)


def make_all_code(pe):
    for section in pe.sections:
        section.Characteristics |= checks.SECTION_EXECUTE


def relocate_across_pages(image):
    """The first relocation becomes one of the last byte of its page."""
    data = bytearray(image.data)
    block = image.pe.DIRECTORY_ENTRY_BASERELOC[0]
    offset = block.struct.get_file_offset() + block.struct.sizeof()
    data[offset:offset + 2] = (block.entries[0].type << 12 | 0xFFF).to_bytes(2, "little")
    return bytes(data)


def other_module(image):
    assert b"ADVAPI32.dll" in image.data
    return image.data.replace(b"ADVAPI32.dll", b"VERSION.dll\0")


def delay_load(image):
    directory = image.optional.DATA_DIRECTORY[pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT"]]
    offset = directory.get_file_offset()
    return image.data[:offset] + b"\0\x10\0\0\x20\0\0\0" + image.data[offset + 8:]


def other_version(image):
    number = image.version.encode("utf-16le")
    assert number in image.data
    return image.data.replace(number, b"9" + number[1:])


def import_data(image):
    """The name of the longest import is overwritten."""
    data = bytearray(image.data)
    modules = image.pe.DIRECTORY_ENTRY_IMPORT
    entry = max((entry for module in modules for entry in module.imports), key=lambda entry: len(entry.name))
    assert len(entry.name) > len(DATA_EXPORT)
    data[entry.name_offset:entry.name_offset + len(entry.name)] = DATA_EXPORT.ljust(len(entry.name), b"\0")
    return bytes(data)


def flip_code_byte(image):
    data = bytearray(image.data)
    data[image.pe.sections[0].PointerToRawData] ^= 1
    return bytes(data)


# check -> faults, each of which must make the check fail.
FAULTS = {
    checks.check_machine: [with_header(other_machine)],
    checks.check_relocatable: [without_flag(checks.DYNAMIC_BASE), drop_relocations],
    checks.check_nx: [without_flag(checks.NX_COMPAT)],
    checks.check_section_alignment: [with_optional("SectionAlignment", lambda _: 512)],
    checks.check_no_writable_code: [with_header(make_code_writable)],
    checks.check_checksum: [flip_code_byte, with_optional("CheckSum", lambda _: 0)],
    checks.check_entry_point: [with_header(entry_in_data), with_optional("AddressOfEntryPoint", lambda _: 0)],
    checks.check_no_timestamp: [with_header(stamp)],
    checks.check_version_resource: [other_version],
    checks.check_stripped: [with_header(name_symbols), plain],
    checks.check_native_subsystem: [
        with_optional("Subsystem", lambda _: checks.SUBSYSTEM_CONSOLE),
        with_optional("MajorSubsystemVersion", lambda _: 6),
        plain,
    ],
    checks.check_console_subsystem: [
        with_optional("Subsystem", lambda _: checks.SUBSYSTEM_NATIVE),
        with_optional("MajorSubsystemVersion", lambda _: 6),
    ],
    checks.check_os_version: [with_optional("MajorOperatingSystemVersion", lambda _: 4), plain],
    checks.check_force_integrity: [without_flag(checks.FORCE_INTEGRITY), plain],
    checks.check_kernel_imports: [plain],
    checks.check_no_data_imports: [import_data],
    checks.check_import_table_is_no_code: [with_header(make_all_code)],
    checks.check_no_relocation_across_pages: [relocate_across_pages],
    checks.check_user_imports: [plain],
    checks.check_known_dlls: [other_module, delay_load],
    checks.check_no_exports: [plain],
}
