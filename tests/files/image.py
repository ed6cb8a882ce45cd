# SPDX-License-Identifier: MIT
"""What must hold of a PE file. Each check takes an Image and raises AssertionError where it does not hold."""

import functools
import pathlib
import struct

import pefile

HERE = pathlib.Path(__file__).parent

MACHINES = {"x64": 0x8664, "x86": 0x014C}
# How the export lists call the two architectures. win32 is any with 32 bits.
ARCHITECTURE_NAMES = {"x64": {"x86_64"}, "x86": {"i386", "win32"}}

RELOCS_STRIPPED = 0x0001
DYNAMIC_BASE = 0x0040
FORCE_INTEGRITY = 0x0080
NX_COMPAT = 0x0100

SECTION_EXECUTE = 0x20000000
SECTION_WRITE = 0x80000000

SUBSYSTEM_NATIVE = 1
SUBSYSTEM_CONSOLE = 3


class Image:
    """The bytes of a PE file, the architecture it should be for, and what it should say of itself."""

    def __init__(self, data, architecture, name, version):
        self.data = bytes(data)
        self.architecture = architecture
        self.name = name
        self.version = version
        self.pe = pefile.PE(data=self.data)
        self.optional = self.pe.OPTIONAL_HEADER


def read_export_list(path, architecture):
    """The names that an export list has for an architecture, without those that are stubs there."""
    names = set()
    for line in path.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        name, *marks = line.split()
        where = [mark[len("arch="):].split(",") for mark in marks if mark.startswith("arch=")]
        if "stub" not in marks and (not where or ARCHITECTURE_NAMES[architecture] & set(where[0])):
            names.add(name)
    return names


@functools.lru_cache(maxsize=None)
def kernel_exports(architecture):
    return {
        "ntoskrnl.exe": read_export_list(HERE / "nt52-exports.txt", architecture),
        "hal.dll": read_export_list(HERE / "nt52-hal-exports.txt", architecture),
    }


@functools.lru_cache(maxsize=None)
def data_exports(architecture):
    return read_export_list(HERE / "nt-data-exports.txt", architecture)


@functools.lru_cache(maxsize=None)
def user_exports(architecture):
    modules = {}
    for line in (HERE / "nt52-user-imports.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        module, name, *marks = line.split()
        where = [mark[len("arch="):].split(",") for mark in marks]
        if not where or ARCHITECTURE_NAMES[architecture] & set(where[0]):
            modules.setdefault(module, set()).add(name)
    return modules


def imports(image):
    """(module in lower case, name or ordinal) of each import."""
    for module in getattr(image.pe, "DIRECTORY_ENTRY_IMPORT", []):
        for entry in module.imports:
            yield module.dll.decode().lower(), entry.name.decode() if entry.name else entry.ordinal


def check_imports(image, allowed):
    found = list(imports(image))
    assert found, "imports nothing, so nothing was checked"
    beyond = [f"{module}!{name}" for module, name in found if name not in allowed.get(module, ())]
    assert not beyond, f"imported, but not exported by NT 5.2 on {image.architecture}: {', '.join(beyond)}"


def check_kernel_imports(image):
    check_imports(image, kernel_exports(image.architecture))


def check_no_data_imports(image):
    """Built by mingw-w64's headers, *PsProcessType is not the type, but what the type object begins with."""
    data = [name for _, name in imports(image) if name in data_exports(image.architecture)]
    assert not data, f"imported as data, which each set of headers declares its own way: {', '.join(data)}"


def check_user_imports(image):
    check_imports(image, user_exports(image.architecture))


# Loaded by their names alone from the system's directory, never from the program's: they stand in the key
# KnownDLLs of each Windows from Server 2003 on.
KNOWN_DLLS = {"kernel32.dll", "advapi32.dll", "msvcrt.dll"}


def check_known_dlls(image):
    """None that somebody could plant beside the program, at its start or later."""
    found = {module for module, _ in imports(image)}
    assert found <= KNOWN_DLLS, f"not among the known DLLs: {found - KNOWN_DLLS}"
    delayed = pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT"]
    assert image.optional.DATA_DIRECTORY[delayed].VirtualAddress == 0, "has delay-load imports"


def check_machine(image):
    assert image.pe.FILE_HEADER.Machine == MACHINES[image.architecture]


def check_native_subsystem(image):
    assert image.optional.Subsystem == SUBSYSTEM_NATIVE
    assert (image.optional.MajorSubsystemVersion, image.optional.MinorSubsystemVersion) == (5, 2)


def check_console_subsystem(image):
    assert image.optional.Subsystem == SUBSYSTEM_CONSOLE
    assert (image.optional.MajorSubsystemVersion, image.optional.MinorSubsystemVersion) <= (5, 2)


def check_os_version(image):
    """4.0, the linker's default, would make it an NT 4 driver."""
    assert (image.optional.MajorOperatingSystemVersion, image.optional.MinorOperatingSystemVersion) == (6, 1)


def check_force_integrity(image):
    """Without it, registering the Ex and Ex2 routines is refused."""
    assert image.optional.DllCharacteristics & FORCE_INTEGRITY


def check_relocatable(image):
    assert image.optional.DllCharacteristics & DYNAMIC_BASE
    assert not image.pe.FILE_HEADER.Characteristics & RELOCS_STRIPPED
    blocks = getattr(image.pe, "DIRECTORY_ENTRY_BASERELOC", [])
    assert any(entry.type for block in blocks for entry in block.entries), "no base relocations"


def check_nx(image):
    assert image.optional.DllCharacteristics & NX_COMPAT


def check_section_alignment(image):
    assert image.optional.SectionAlignment == 4096
    assert all(section.VirtualAddress % 4096 == 0 for section in image.pe.sections)


def check_no_writable_code(image):
    both = SECTION_EXECUTE | SECTION_WRITE
    bad = [section.Name for section in image.pe.sections if section.Characteristics & both == both]
    assert not bad, f"writable and executable: {bad}"


def compute_checksum(data):
    """The checksum of the PE format, computed from its definition: the file's 16-bit words added with
    end-around carry, the checksum's own field taken as zero, plus the file's length."""
    header = struct.unpack_from("<I", data, 0x3C)[0]
    field = header + 24 + 64
    data = data[:field] + bytes(4) + data[field + 4:]
    total = sum(struct.unpack(f"<{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total + len(data)


def check_import_table_is_no_code(image):
    """Memory integrity refuses a driver whose import address table lies in an executable section."""
    table = image.optional.DATA_DIRECTORY[pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IAT"]].VirtualAddress
    assert table, "no import address table"
    section = image.pe.get_section_by_rva(table)
    assert not section.Characteristics & SECTION_EXECUTE, f"import address table in {section.Name}"


def check_no_relocation_across_pages(image):
    """Memory integrity of Windows 10 1507 to 1607 has none that begins in one page and ends in the next."""
    types = pefile.RELOCATION_TYPE
    sizes = {types["IMAGE_REL_BASED_HIGHLOW"]: 4, types["IMAGE_REL_BASED_DIR64"]: 8}
    for block in image.pe.DIRECTORY_ENTRY_BASERELOC:
        for entry in block.entries:
            if entry.type:
                assert entry.rva % 4096 + sizes[entry.type] <= 4096, f"relocation at {entry.rva:#x}"


def check_checksum(image):
    assert image.optional.CheckSum == compute_checksum(image.data)


def check_entry_point(image):
    section = image.pe.get_section_by_rva(image.optional.AddressOfEntryPoint)
    assert section is not None, "the entry point is in no section"
    assert section.Characteristics & SECTION_EXECUTE


def check_no_timestamp(image):
    """The time of the build would make two builds of one commit differ."""
    assert image.pe.FILE_HEADER.TimeDateStamp == 0
    exports = getattr(image.pe, "DIRECTORY_ENTRY_EXPORT", None)
    assert exports is None or exports.struct.TimeDateStamp == 0


def check_version_resource(image):
    fixed = image.pe.VS_FIXEDFILEINFO[0]
    numbers = (fixed.FileVersionMS >> 16, fixed.FileVersionMS & 0xFFFF, fixed.FileVersionLS >> 16)
    assert ".".join(map(str, numbers)) == image.version
    assert fixed.FileType == {".exe": 1, ".dll": 2, ".sys": 3}[pathlib.Path(image.name).suffix]
    strings = {}
    for info in image.pe.FileInfo[0]:
        for table in getattr(info, "StringTable", []):
            strings.update((key.decode(), value.decode()) for key, value in table.entries.items())
    assert strings["FileVersion"] == image.version
    assert strings["OriginalFilename"] == image.name
    assert strings["ProductName"] == "prcm"
    assert strings["FileDescription"]


def check_no_exports(image):
    assert not hasattr(image.pe, "DIRECTORY_ENTRY_EXPORT")


def check_stripped(image):
    """Neither symbols nor debug information, which would carry paths of the machine it was built on."""
    assert image.pe.FILE_HEADER.PointerToSymbolTable == 0
    assert image.pe.FILE_HEADER.NumberOfSymbols == 0
    names = [section.Name.rstrip(b"\0") for section in image.pe.sections]
    assert not [name for name in names if name.startswith((b"/", b".debug"))], names


EVERY_FILE = [
    check_machine,
    check_relocatable,
    check_nx,
    check_section_alignment,
    check_no_writable_code,
    check_checksum,
    check_entry_point,
    check_no_timestamp,
    check_version_resource,
    check_stripped,
]
DRIVER = EVERY_FILE + [
    check_native_subsystem,
    check_os_version,
    check_force_integrity,
    check_kernel_imports,
    check_no_data_imports,
    check_import_table_is_no_code,
    check_no_relocation_across_pages,
    check_no_exports,
]
USER = EVERY_FILE + [check_console_subsystem, check_user_imports, check_known_dlls]
