/* SPDX-License-Identifier: MIT
 *
 * Loaded images. ntoskrnl has few routines for them under Wine, and to import from ntdll or kernel32 would
 * make Wine take ntext.sys for an ordinary DLL and call its entry point as such. kernelbase has what is
 * needed, and every process has kernelbase.
 */
#include "ntext_image.h"

#include <ntimage.h>

#define IMAGE_FORCE_INTEGRITY 0x0080u /* IMAGE_DLLCHARACTERISTICS_FORCE_INTEGRITY */
#define IMAGE_PIN             0x1u    /* GET_MODULE_HANDLE_EX_FLAG_PIN */
#define IMAGE_DO_NOT_COUNT    0x2u
#define IMAGE_FROM_ADDRESS    0x4u

DECLSPEC_IMPORT int WINAPI GetModuleHandleExW(ULONG Flags, PVOID Address, PVOID *Base);
DECLSPEC_IMPORT PVOID WINAPI GetProcAddress(PVOID Base, PCSTR Name);

static PVOID
ImageOfAddress(_In_ PVOID Address, _In_ ULONG Flags)
{
    PVOID Base;
    return GetModuleHandleExW(IMAGE_FROM_ADDRESS | Flags, Address, &Base) ? Base : NULL;
}

BOOLEAN
ImagePinOwn(VOID)
{
    return ImageOfAddress((PVOID)(ULONG_PTR)ImagePinOwn, IMAGE_PIN) != NULL;
}

BOOLEAN
ImageForcesIntegrity(PVOID Address)
{
    const IMAGE_DOS_HEADER *Dos = ImageOfAddress(Address, IMAGE_DO_NOT_COUNT);
    if (!Dos)
        return FALSE;
    const IMAGE_NT_HEADERS *Nt = (const VOID *)((const UCHAR *)Dos + Dos->e_lfanew);
    return (Nt->OptionalHeader.DllCharacteristics & IMAGE_FORCE_INTEGRITY) != 0;
}

PVOID
ImageOwnExport(PUNICODE_STRING Name)
{
    ANSI_STRING Ansi;
    if (!NT_SUCCESS(RtlUnicodeStringToAnsiString(&Ansi, Name, TRUE)))
        return NULL;
    PVOID Own = ImageOfAddress((PVOID)(ULONG_PTR)ImageOwnExport, IMAGE_DO_NOT_COUNT);
    PVOID Export = Own ? GetProcAddress(Own, Ansi.Buffer) : NULL;
    RtlFreeAnsiString(&Ansi);
    return Export;
}
