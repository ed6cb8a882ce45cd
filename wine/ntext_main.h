/* SPDX-License-Identifier: MIT
 *
 * Exports that have to do with the system as a whole.
 */
#ifndef NTEXT_MAIN_H
#define NTEXT_MAIN_H

#include <ntifs.h>

VOID NTAPI NtextIoDeleteDevice(PDEVICE_OBJECT Device);
PVOID NTAPI NtextMmGetSystemRoutineAddress(PUNICODE_STRING Routine);
VOID NTAPI NtextKeQuerySystemTimePrecise(PLARGE_INTEGER Time);

#endif
