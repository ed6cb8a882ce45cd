/* SPDX-License-Identifier: MIT
 *
 * The notify routines that drivers have registered, and their calling.
 */
#ifndef NTEXT_NOTIFY_H
#define NTEXT_NOTIFY_H

#include <ntifs.h>

#include "ntext.h"

#define NOTIFY_CONFLICTING 1u /* PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE */

typedef enum NOTIFY_WHICH
{
    NOTIFY_PROCESS,
    NOTIFY_IMAGE
} NOTIFY_WHICH;

_IRQL_requires_(PASSIVE_LEVEL)
VOID NotifyInit(VOID);

/* Puts Routine of that tier (NTEXT_TIER_XXX) into a table. Flags are those of an image routine.
 * STATUS_INVALID_PARAMETER: a process routine is there already; STATUS_INSUFFICIENT_RESOURCES: the table is
 * full. */
_IRQL_requires_(PASSIVE_LEVEL)
NTSTATUS
NotifyAdd(_In_ NOTIFY_WHICH Which, _In_ PVOID Routine, _In_ ULONG Tier, _In_ ULONG_PTR Flags);

/* Waits for the calls in flight. STATUS_PROCEDURE_NOT_FOUND: it is not there; STATUS_POSSIBLE_DEADLOCK: from
 * within a routine of that table. */
_IRQL_requires_max_(APC_LEVEL)
NTSTATUS NotifyRemove(_In_ NOTIFY_WHICH Which, _In_ PVOID Routine, _In_ ULONG Tier);

/* Hands Event, already checked, to every routine registered for its kind. Owner is the handle it came by.
 * STATUS_INSUFFICIENT_RESOURCES: the process could not be made; nobody was called. */
_IRQL_requires_(PASSIVE_LEVEL)
NTSTATUS
NotifyRaise(_In_ const NTEXT_EVENT *Event, _In_ PVOID Owner, _Out_ NTEXT_RESULT *Result);

_IRQL_requires_(PASSIVE_LEVEL)
VOID NotifyState(_Inout_ NTEXT_STATE *State);

#endif
