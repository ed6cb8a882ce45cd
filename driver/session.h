/* SPDX-License-Identifier: MIT
 *
 * Sessions: one per open handle. A session is a cursor of the log and at most one READ. It knows nothing of
 * what the events are.
 */
#ifndef SESSION_H
#define SESSION_H

#include "log.h"

typedef struct SESSION SESSION;

/* All sessions of a device. */
typedef struct SESSIONS
{
    LOG *Log;
    IO_CSQ Pended;        /* the READs that wait; its lock is the log's */
    LIST_ENTRY All;       /* SESSION.Link; guarded by the log's lock, as the rest is */
    ULONG Count;          /* in All */
    ULONG Waiting;        /* in Pended */
    BOOLEAN Stopping;     /* set once, never cleared */
    EX_RUNDOWN_REF Reads; /* held by each READ until its completion has returned; not guarded by the lock */
} SESSIONS;

_IRQL_requires_(PASSIVE_LEVEL)
_Must_inspect_result_
NTSTATUS SessionsInit(_Out_ SESSIONS *Sessions, _In_ LOG *Log);

/* Refuses opens, subscriptions and reads from now on, and ends the pended reads with STATUS_DEVICE_REMOVED. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID SessionsStop(_Inout_ SESSIONS *Sessions);

/* Frees what a host has left open that unloads a driver without closing its handles. Waits for the READs that are
 * still being completed. After SessionsStop, with no other request and no writer under way any more. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID SessionsDestroy(_Inout_ SESSIONS *Sessions);

/* Fills the sessions' part of Query, and the log's, in one hold of the lock. Query->Next is 0. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID SessionsQuery(_In_ SESSIONS *Sessions, _Inout_ PRCM_QUERY *Query);

/* LogCommit, and then whatever readers it has something for are completed, in this thread. PASSIVE_LEVEL or
 * APC_LEVEL, within the caller's critical region. */
_IRQL_requires_max_(APC_LEVEL)
VOID SessionsCommit(_Inout_ SESSIONS *Sessions, _Inout_ PRCM_RECORD *Record);

/* STATUS_TOO_MANY_SESSIONS, STATUS_DEVICE_REMOVED, STATUS_INSUFFICIENT_RESOURCES. */
_IRQL_requires_(PASSIVE_LEVEL)
_Must_inspect_result_
NTSTATUS SessionOpen(_Inout_ SESSIONS *Sessions, _Out_ SESSION **Session);

/* The last handle is closed: ends the pended read and keeps others from pending. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID SessionCleanup(_Inout_ SESSION *Session);

/* No other request can come: does what SessionCleanup does, should that not have been called, and lets go of the
 * session, which is freed once its READ, if there is one, is completed. */
_IRQL_requires_(PASSIVE_LEVEL)
VOID SessionClose(_Inout_ SESSION *Session);

/* Request is as for LogReaderInit. Statuses as PRCM_IOCTL_SUBSCRIBE's. */
_IRQL_requires_(PASSIVE_LEVEL)
_Must_inspect_result_
NTSTATUS SessionSubscribe(_Inout_ SESSION *Session, _In_ const PRCM_SUBSCRIBE *Request,
                          _Out_ PRCM_SUBSCRIBED *Answer);

/* Serves a READ whose output is Irp->MdlAddress, at least sizeof(PRCM_BATCH) long. Irp's current stack location
 * names the file object whose FsContext is Session.
 *   NoWait    complete at once, if need be with an empty batch
 *   Written   receives how many bytes were written, when the caller is to complete Irp
 * STATUS_PENDING: hands off, Irp is completed or will be; any other status: the caller completes Irp with it. */
_IRQL_requires_(PASSIVE_LEVEL)
NTSTATUS SessionRead(_Inout_ SESSION *Session, _Inout_ PIRP Irp, _In_ BOOLEAN NoWait, _Out_ ULONG *Written);

#endif
