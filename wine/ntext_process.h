/* SPDX-License-Identifier: MIT
 *
 * The process objects that drivers see.
 */
#ifndef NTEXT_PROCESS_H
#define NTEXT_PROCESS_H

#include <ntifs.h>

#include "ntext.h"

#define PROCESS_MAX_ALIVE 1000000 /* at once */

typedef struct NTEXT_PROCESS NTEXT_PROCESS;

/* The process that Event is about: made from it for a start, or where there is none. Referenced. */
_IRQL_requires_max_(DISPATCH_LEVEL)
NTEXT_PROCESS *ProcessOfEvent(_In_ const NTEXT_EVENT *Event, _In_ PVOID Owner);

/* Makes the parent that a start tells of findable, as far as it is told, unless it is already. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ProcessNoteParent(_In_ const NTEXT_EVENT *Event, _In_ PVOID Owner);

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ProcessSetExitStatus(_Inout_ NTEXT_PROCESS *Process, _In_ NTSTATUS ExitStatus);

/* From now on it cannot be looked up; it lives until the last reference. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ProcessUnlist(_Inout_ NTEXT_PROCESS *Process);

/* Unlists all that came by Owner. */
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ProcessUnlistOwner(_In_ PVOID Owner);

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ProcessRelease(_In_ NTEXT_PROCESS *Process);

/* Process as a driver sees it. Whoever gets one from PsLookupProcessByProcessId holds a reference. */
PEPROCESS ProcessObject(_In_ NTEXT_PROCESS *Process);

/* NULL if Object is not one of ntext's. */
NTEXT_PROCESS *ProcessOfObject(_In_ PVOID Object);

/* What is known of it, and its \Device path; both constant. */
const NTEXT_EVENT *ProcessFacts(_In_ const NTEXT_PROCESS *Process);
PCUNICODE_STRING ProcessNativeImage(_In_ const NTEXT_PROCESS *Process);

/* One more reference, for ProcessRelease. */
VOID ProcessReference(_Inout_ NTEXT_PROCESS *Process);

/* The type that process objects are of, as drivers know it by *PsProcessType. */
POBJECT_TYPE ProcessType(VOID);

/* That of Wine's own processes. */
POBJECT_TYPE ProcessWineType(VOID);

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ProcessState(_Inout_ NTEXT_STATE *State);

NTSTATUS NTAPI NtextPsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process);
LONGLONG NTAPI NtextPsGetProcessCreateTimeQuadPart(PEPROCESS Process);
NTSTATUS NTAPI NtextPsGetProcessExitStatus(PEPROCESS Process);
VOID FASTCALL NtextObfReferenceObject(PVOID Object);
VOID FASTCALL NtextObfDereferenceObject(PVOID Object);

/* PsProcessType. The kernel exports the variable itself: an import of it is the variable's address. */
extern POBJECT_TYPE NtextPsProcessType;

#endif
