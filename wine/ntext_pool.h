/* SPDX-License-Identifier: MIT
 *
 * Pool.
 */
#ifndef NTEXT_POOL_H
#define NTEXT_POOL_H

#include <ntifs.h>

#define NTEXT_POOL_TAG 0x7478744Eu /* Ntxt */

PVOID NTAPI NtextExAllocatePool2(ULONG64 Flags, SIZE_T Bytes, ULONG Tag);

#endif
