/* SPDX-License-Identifier: MIT
 *
 * An export that stands before Wine's own routine of the same name is called NtextXxx, here and in all of
 * ntext's files, so that Wine's can still be called.
 */
#ifndef NTEXT_REGISTER_H
#define NTEXT_REGISTER_H

#include <ntifs.h>

NTSTATUS NTAPI NtextPsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE Routine, BOOLEAN Remove);
NTSTATUS NTAPI NtextPsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX Routine,
                                                      BOOLEAN Remove);
NTSTATUS NTAPI NtextPsSetCreateProcessNotifyRoutineEx2(ULONG Type, PVOID Routine, BOOLEAN Remove);
NTSTATUS NTAPI NtextPsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE Routine);
NTSTATUS NTAPI NtextPsSetLoadImageNotifyRoutineEx(PLOAD_IMAGE_NOTIFY_ROUTINE Routine, ULONG_PTR Flags);
NTSTATUS NTAPI NtextPsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE Routine);

#endif
