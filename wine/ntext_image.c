/* SPDX-License-Identifier: MIT
 *
 * Loaded images: whose code is this, how was it linked, what does it export. By hand, since ntoskrnl has few
 * routines for it under Wine; and to import one of ntdll's would make Wine take ntext.sys for an ordinary DLL
 * and call its entry point as such.
 */
#include "ntext_kernel.h"

#include <ntimage.h>

#define IMAGE_FORCE_INTEGRITY 0x0080u /* IMAGE_DLLCHARACTERISTICS_FORCE_INTEGRITY */

static const IMAGE_NT_HEADERS *
ImageHeaders(_In_ PVOID Base)
{
    const IMAGE_DOS_HEADER *Dos = Base;
    return (const VOID *)((PUCHAR)Base + Dos->e_lfanew);
}

BOOLEAN
ImageForcesIntegrity(PVOID Address)
{
    PVOID Base = ImageOfAddress(Address);
    return Base && (ImageHeaders(Base)->OptionalHeader.DllCharacteristics & IMAGE_FORCE_INTEGRITY) != 0;
}

PVOID
ImageOfAddress(PVOID Address)
{
    PVOID Base;
    return RtlPcToFileHeader(Address, &Base) ? Base : NULL;
}

static BOOLEAN
ImageIsName(_In_ PCSTR Export, _In_ PCUNICODE_STRING Name)
{
    USHORT Count = Name->Length / sizeof(WCHAR);
    for (USHORT i = 0; i < Count; i++)
        if (!Export[i] || (UCHAR)Export[i] != Name->Buffer[i])
            return FALSE;
    return Export[Count] == 0;
}

PVOID
ImageExport(PVOID Base, PCUNICODE_STRING Name)
{
    PUCHAR Bytes = Base;
    const IMAGE_DATA_DIRECTORY *Directory =
        &ImageHeaders(Base)->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT];
    if (!Directory->Size)
        return NULL;
    const IMAGE_EXPORT_DIRECTORY *Exports = (PVOID)(Bytes + Directory->VirtualAddress);
    const ULONG *Functions = (PVOID)(Bytes + Exports->AddressOfFunctions);
    const ULONG *Names = (PVOID)(Bytes + Exports->AddressOfNames);
    const USHORT *Ordinals = (PVOID)(Bytes + Exports->AddressOfNameOrdinals);
    for (ULONG i = 0; i < Exports->NumberOfNames; i++)
        if (ImageIsName((PCSTR)Bytes + Names[i], Name))
            return Bytes + Functions[Ordinals[i]];
    return NULL;
}
