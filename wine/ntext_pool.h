/* SPDX-License-Identifier: MIT
 *
 * Pool: Wine's, with a note before each block of what it was allocated as.
 */
#ifndef NTEXT_POOL_H
#define NTEXT_POOL_H

#include <ntifs.h>

#define NTEXT_POOL_TAG 0x7478744Eu /* Ntxt: of what ntext itself allocates */

PVOID NTAPI NtextExAllocatePoolWithTag(POOL_TYPE Type, SIZE_T Bytes, ULONG Tag);
PVOID NTAPI NtextExAllocatePool2(ULONG64 Flags, SIZE_T Bytes, ULONG Tag);
VOID NTAPI NtextExFreePool(PVOID Memory);
VOID NTAPI NtextExFreePoolWithTag(PVOID Memory, ULONG Tag);

#endif
