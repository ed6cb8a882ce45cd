/* SPDX-License-Identifier: MIT
 *
 * Facts of a process that the notify routine's arguments do not hold, asked of the OS one by one. A fact that
 * cannot be had is a field with a status; no failure here ever costs the event. Everything is asked by handle
 * or by object, with documented calls, at PASSIVE_LEVEL.
 */
#ifndef GATHER_H
#define GATHER_H

#include "os.h"
#include "record.h"

/* Memory that fields of a start point to until its record is written. */
typedef struct GATHER_START
{
    UCHAR UserSid[PRCM_MAX_SID_BYTES];
    PUNICODE_STRING LocatedName; /* from pool, or NULL */
} GATHER_START;

/* Create time of a process; absent if the OS has none. */
PRCM_VALUE GatherProcessCreateTime(_In_ PEPROCESS Process);

/* Create time of a process known by its id alone; failed if there is none. */
_IRQL_requires_(PASSIVE_LEVEL)
PRCM_VALUE GatherCreateTime(_In_ HANDLE ProcessId);

/* The parent's create time, if the parent's id still belongs to a process that is not younger than the child.
 * Absent if it does not. */
_IRQL_requires_(PASSIVE_LEVEL)
PRCM_VALUE GatherParentCreateTime(_In_ HANDLE ParentId, _In_ const PRCM_VALUE *ChildCreateTime);

/* Fills what belongs to the process itself: create time, start key, architecture, from its token user, session,
 * integrity level, elevation, and the image path if it is not present already. Plans the bytes of all these. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID GatherProcess(_In_ PEPROCESS Process, _Inout_ GATHER_START *Gather, _Inout_ PRCM_START *Start,
                   _Inout_ RECORD_PLAN *Plan);

/* Says in all these fields that there is no process to ask, and why. */
VOID GatherNoProcess(_In_ NTSTATUS Status, _Inout_ PRCM_START *Start);

/* Plans a path that the OS handed over, or NULL. */
VOID GatherPath(_In_opt_ PCUNICODE_STRING Text, _Out_ PRCM_PATH *Path, _Inout_ RECORD_PLAN *Plan);

/* Frees what Gather holds. */
VOID GatherRelease(_Inout_ GATHER_START *Gather);

#endif
