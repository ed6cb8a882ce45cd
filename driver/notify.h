/* SPDX-License-Identifier: MIT
 *
 * The notify routines: what the OS tells of processes and images becomes records of the log.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include "session.h"

/* Registers one process and one image notify routine, each with the best routine that this OS has and that is
 * not refused, the image routine first. ProcessTierStatus and ImageTierStatus of Query tell what was tried.
 * If every tier of one is refused, nothing stays registered and the last refusal is returned; if the OS has
 * no such routine at all, STATUS_PROCEDURE_NOT_FOUND. Events may arrive before this returns. */
_IRQL_requires_(PASSIVE_LEVEL)
_Must_inspect_result_
NTSTATUS NotifyRegister(_In_ SESSIONS *Sessions, _Inout_ PRCM_QUERY *Query);

/* Undoes NotifyRegister, the image routine last. When it returns, no notify routine is running or will run.
 * Not from inside one. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID NotifyUnregister(VOID);

#endif
