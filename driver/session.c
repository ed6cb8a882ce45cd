/* SPDX-License-Identifier: MIT
 *
 * The life of a session's READ. Its state says who owns the session's reader:
 *
 *     idle     nobody.
 *     filling  the thread that serves the READ: the reader's own, or that of a writer which took the READ off the
 *              queue.
 *     waiting  whoever holds the log's lock. The READ is in the cancel-safe queue, and everything published had
 *              been examined when it came there: LogWaitLocked refuses it otherwise, so that no wake-up is lost
 *              between looking and waiting.
 *
 *     idle -> filling     SessionClaim, under the lock; if the session is not idle: STATUS_DEVICE_BUSY
 *     filling -> waiting  SessionCsqInsert, under the lock: there is nothing for this reader
 *     waiting -> filling  SessionCsqRemove, under the lock: for a writer, a cancellation, CLEANUP or STOP
 *     filling -> idle     SessionRelease, by the owner, before it completes the READ
 *
 * The open and the READ hold a reference each; the last one frees the session. NT sends CLOSE after the last READ is
 * completed, though perhaps in the very thread that is completing it; Wine 8.0 sends no CLEANUP, and CLOSE while a
 * READ is pended or being filled. SESSIONS.Reads is held as long as a READ's reference, for a host that unloads the
 * driver meanwhile.
 */
#include "session.h"

/* The session of a READ stands in this slot of its IRP. The file object may be gone before the READ is, see above, and
 * IoCsq uses the last slot. */
#define SESSION_CONTEXT 0

/* What a writer hands to a waiting reader, one larger record excepted: it has a process to let go on. */
#define SESSION_WRITER_BYTES (16u * 1024u)

typedef enum SESSION_STATE
{
    SessionIdle,
    SessionFilling,
    SessionWaiting
} SESSION_STATE;

struct SESSION
{
    SESSIONS *Sessions;
    LONG References;
    LIST_ENTRY Link;     /* guarded by the log's lock, as all down to State */
    BOOLEAN Subscribed;  /* set once */
    BOOLEAN Subscribing; /* a SUBSCRIBE is under way */
    BOOLEAN Closing;     /* set once */
    PIRP Read;           /* while waiting */
    volatile LONG State; /* SESSION_STATE; see above */
    LOG_READER Reader;
};

/* The READ that IoCsqRemoveNextIrp is asked for: its PeekContext. */
typedef struct SESSION_PICK
{
    SESSION *Session;  /* of this session; NULL: of any */
    BOOLEAN OnlyReady; /* that there is something for */
} SESSION_PICK;

static SESSION *
SessionOfReader(_In_ LOG_READER *Reader)
{
    return CONTAINING_RECORD(Reader, SESSION, Reader);
}

static SESSION *
SessionOfIrp(_In_ PIRP Irp)
{
    return Irp->Tail.Overlay.DriverContext[SESSION_CONTEXT];
}

/* Gives up a reader that the caller owns. Without the lock, as a kernel's IoCsqInsertIrpEx may complete a cancelled
 * READ while it holds the queue's lock. */
static VOID
SessionRelease(_Inout_ SESSION *Session)
{
    LONG Before = InterlockedExchange(&Session->State, SessionIdle);
    ASSERT(Before == SessionFilling);
    UNREFERENCED_PARAMETER(Before);
}

static VOID
SessionDereference(_Inout_ SESSION *Session)
{
    if (InterlockedDecrement(&Session->References) == 0)
        OsFree(Session);
}

/* Lets go of what SessionClaim got, once the READ is completed or the caller's. */
static VOID
SessionReadIsOver(_Inout_ SESSION *Session)
{
    SESSIONS *Sessions = Session->Sessions;
    SessionDereference(Session);
    ExReleaseRundownProtection(&Sessions->Reads);
}

/* Completes a READ of a session whose reader the caller owns. Neither may be touched afterwards. */
static VOID
SessionComplete(_Inout_ PIRP Irp, _In_ NTSTATUS Status, _In_ ULONG Written)
{
    SESSION *Session = SessionOfIrp(Irp);
    SessionRelease(Session);
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Written;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    SessionReadIsOver(Session);
}

/* The cancel-safe queue. */

static SESSIONS *
SessionsOfCsq(_In_ PIO_CSQ Csq)
{
    return CONTAINING_RECORD(Csq, SESSIONS, Pended);
}

static NTSTATUS NTAPI
SessionCsqInsert(_In_ PIO_CSQ Csq, _In_ PIRP Irp, _In_ PVOID InsertContext)
{
    SESSIONS *Sessions = SessionsOfCsq(Csq);
    SESSION *Session = SessionOfIrp(Irp);
    UNREFERENCED_PARAMETER(InsertContext);

    if (Sessions->Stopping)
        return STATUS_DEVICE_REMOVED;
    if (Session->Closing)
        return STATUS_CANCELLED;
    if (!LogWaitLocked(&Session->Reader))
        return STATUS_RETRY;
    ASSERT(Session->State == SessionFilling && !Session->Read);
    Session->Read = Irp;
    Session->State = SessionWaiting;
    Sessions->Waiting++;
    return STATUS_SUCCESS;
}

static VOID NTAPI
SessionCsqRemove(_In_ PIO_CSQ Csq, _In_ PIRP Irp)
{
    SESSION *Session = SessionOfIrp(Irp);
    ASSERT(Session->State == SessionWaiting && Session->Read == Irp);
    LogEndWaitLocked(&Session->Reader);
    SessionsOfCsq(Csq)->Waiting--;
    Session->Read = NULL;
    Session->State = SessionFilling;
}

static PIRP NTAPI
SessionCsqPeekNext(_In_ PIO_CSQ Csq, _In_opt_ PIRP Irp, _In_opt_ PVOID PeekContext)
{
    const SESSION_PICK *Pick = PeekContext;
    LIST_ENTRY *Waiting = &SessionsOfCsq(Csq)->Log->Waiting;
    LIST_ENTRY *Link = Irp ? &SessionOfIrp(Irp)->Reader.WaitLink : Waiting;
    while ((Link = Link->Flink) != Waiting)
    {
        LOG_READER *Reader = CONTAINING_RECORD(Link, LOG_READER, WaitLink);
        SESSION *Session = SessionOfReader(Reader);
        if (Pick->Session && Pick->Session != Session)
            continue;
        if (!Pick->OnlyReady || LogReadyLocked(Reader))
            return Session->Read;
    }
    return NULL;
}

static VOID NTAPI
SessionCsqAcquireLock(_In_ PIO_CSQ Csq, _Out_ PKIRQL Irql)
{
    KeAcquireSpinLock(&SessionsOfCsq(Csq)->Log->Lock, Irql);
}

static VOID NTAPI
SessionCsqReleaseLock(_In_ PIO_CSQ Csq, _In_ KIRQL Irql)
{
    KeReleaseSpinLock(&SessionsOfCsq(Csq)->Log->Lock, Irql);
}

static VOID NTAPI
SessionCsqCompleteCancelled(_In_ PIO_CSQ Csq, _In_ PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    SessionComplete(Irp, STATUS_CANCELLED, 0);
}

/* All sessions. */

NTSTATUS
SessionsInit(SESSIONS *Sessions, LOG *Log)
{
    RtlZeroMemory(Sessions, sizeof(*Sessions));
    Sessions->Log = Log;
    InitializeListHead(&Sessions->All);
    ExInitializeRundownProtection(&Sessions->Reads);
    return IoCsqInitializeEx(&Sessions->Pended, SessionCsqInsert, SessionCsqRemove, SessionCsqPeekNext,
                             SessionCsqAcquireLock, SessionCsqReleaseLock, SessionCsqCompleteCancelled);
}

/* Takes the picked READs off the queue, and completes them. */
static VOID
SessionsEndReads(_Inout_ SESSIONS *Sessions, _In_opt_ SESSION *Session, _In_ NTSTATUS Status)
{
    SESSION_PICK Pick = {.Session = Session};
    PIRP Irp;
    while ((Irp = IoCsqRemoveNextIrp(&Sessions->Pended, &Pick)) != NULL)
        SessionComplete(Irp, Status, 0);
}

VOID
SessionsStop(SESSIONS *Sessions)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Sessions->Log->Lock, &Irql);
    Sessions->Stopping = TRUE;
    KeReleaseSpinLock(&Sessions->Log->Lock, Irql);
    SessionsEndReads(Sessions, NULL, STATUS_DEVICE_REMOVED);
}

VOID
SessionsDestroy(SESSIONS *Sessions)
{
    ExWaitForRundownProtectionRelease(&Sessions->Reads);
    while (!IsListEmpty(&Sessions->All))
        SessionClose(CONTAINING_RECORD(Sessions->All.Flink, SESSION, Link));
}

VOID
SessionsQuery(SESSIONS *Sessions, PRCM_QUERY *Query)
{
    BOOLEAN Known;
    KIRQL Irql;
    do
    {
        KeAcquireSpinLock(&Sessions->Log->Lock, &Irql);
        Known = LogQueryLocked(Sessions->Log, Query);
        Query->Sessions = Sessions->Count;
        Query->Waiting = Sessions->Waiting;
        if (Sessions->Stopping)
            Query->Flags |= PRCM_QUERY_STOPPING;
        KeReleaseSpinLock(&Sessions->Log->Lock, Irql);
    } while (!Known);
}

/* READ. */

/* Fills the READ of a session whose reader the caller owns. STATUS_PENDING: there was nothing and it is
 * queued, hands off; any other: the READ and the reader are still the caller's. */
static NTSTATUS
SessionFill(_Inout_ SESSION *Session, _Inout_ PIRP Irp, _In_ ULONG SoftBytes, _Out_ ULONG *Written)
{
    ULONG Bytes = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.OutputBufferLength;
    NTSTATUS Status;
    do
    {
        /* Mapped already by SessionRead: this returns that mapping and cannot fail. */
        Status = LogRead(&Session->Reader, OsMapMdl(Irp->MdlAddress), Bytes, SoftBytes, FALSE, Written);
        if (Status != STATUS_PENDING)
            return Status;
        Status = IoCsqInsertIrpEx(&Session->Sessions->Pended, Irp, NULL, NULL);
    } while (Status == STATUS_RETRY);
    return NT_SUCCESS(Status) ? STATUS_PENDING : Status;
}

/* A READ that comes back to the queue does so at its end. So after this many turns all that waited at the commit have
 * been served, and what has been published since is for those to tell who published it. */
VOID
SessionsCommit(SESSIONS *Sessions, PRCM_RECORD *Record)
{
    SESSION_PICK Pick = {.OnlyReady = TRUE};
    if (!LogCommit(Sessions->Log, Record))
        return;
    for (ULONG Turn = 0; Turn < PRCM_MAX_SESSIONS; Turn++)
    {
        PIRP Irp = IoCsqRemoveNextIrp(&Sessions->Pended, &Pick);
        if (!Irp)
            break;
        ULONG Written;
        NTSTATUS Status = SessionFill(SessionOfIrp(Irp), Irp, SESSION_WRITER_BYTES, &Written);
        if (Status != STATUS_PENDING)
            SessionComplete(Irp, Status, Written);
    }
}

/* idle -> filling, if the session may be read at all. Success holds a reference and SESSIONS.Reads. */
static NTSTATUS
SessionClaim(_Inout_ SESSION *Session)
{
    SESSIONS *Sessions = Session->Sessions;
    NTSTATUS Status = STATUS_SUCCESS;
    KIRQL Irql;
    if (!ExAcquireRundownProtection(&Sessions->Reads))
        return STATUS_DEVICE_REMOVED;
    KeAcquireSpinLock(&Sessions->Log->Lock, &Irql);
    if (Sessions->Stopping)
        Status = STATUS_DEVICE_REMOVED;
    else if (Session->Closing)
        Status = STATUS_CANCELLED;
    else if (!Session->Subscribed)
        Status = STATUS_INVALID_DEVICE_STATE;
    else if (InterlockedCompareExchange(&Session->State, SessionFilling, SessionIdle) != SessionIdle)
        Status = STATUS_DEVICE_BUSY;
    else
        InterlockedIncrement(&Session->References);
    KeReleaseSpinLock(&Sessions->Log->Lock, Irql);
    if (!NT_SUCCESS(Status))
        ExReleaseRundownProtection(&Sessions->Reads);
    return Status;
}

NTSTATUS
SessionRead(SESSION *Session, PIRP Irp, BOOLEAN NoWait, ULONG *Written)
{
    ULONG Bytes = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.OutputBufferLength;
    VOID *Buffer = OsMapMdl(Irp->MdlAddress);
    *Written = 0;
    if (!Buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS Status = SessionClaim(Session);
    if (!NT_SUCCESS(Status))
        return Status;
    Irp->Tail.Overlay.DriverContext[SESSION_CONTEXT] = Session;

    Status = LogRead(&Session->Reader, Buffer, Bytes, Bytes, NoWait, Written);
    if (Status != STATUS_PENDING)
    {
        SessionRelease(Session);
        SessionReadIsOver(Session);
        return Status;
    }

    /* From here on the READ may be completed by another thread at any time, and IoCsqInsertIrpEx, even where
     * it refuses, may have marked it pending: whatever comes, the dispatch routine is told that it is. */
    IoMarkIrpPending(Irp);
    Status = SessionFill(Session, Irp, Bytes, Written);
    if (Status != STATUS_PENDING)
        SessionComplete(Irp, Status, *Written);
    return STATUS_PENDING;
}

/* One session. */

NTSTATUS
SessionOpen(SESSIONS *Sessions, SESSION **Session)
{
    SESSION *New = OsAllocate(sizeof(*New));
    NTSTATUS Status = STATUS_SUCCESS;
    KIRQL Irql;

    *Session = NULL;
    if (!New)
        return STATUS_INSUFFICIENT_RESOURCES;
    New->Sessions = Sessions;
    New->References = 1;
    KeAcquireSpinLock(&Sessions->Log->Lock, &Irql);
    if (Sessions->Stopping)
        Status = STATUS_DEVICE_REMOVED;
    else if (Sessions->Count == PRCM_MAX_SESSIONS)
        Status = STATUS_TOO_MANY_SESSIONS;
    else
    {
        InsertTailList(&Sessions->All, &New->Link);
        Sessions->Count++;
    }
    KeReleaseSpinLock(&Sessions->Log->Lock, Irql);
    if (!NT_SUCCESS(Status))
    {
        OsFree(New);
        return Status;
    }
    *Session = New;
    return STATUS_SUCCESS;
}

VOID
SessionCleanup(SESSION *Session)
{
    KIRQL Irql;
    KeAcquireSpinLock(&Session->Sessions->Log->Lock, &Irql);
    Session->Closing = TRUE;
    KeReleaseSpinLock(&Session->Sessions->Log->Lock, Irql);
    SessionsEndReads(Session->Sessions, Session, STATUS_CANCELLED);
}

VOID
SessionClose(SESSION *Session)
{
    SESSIONS *Sessions = Session->Sessions;
    KIRQL Irql;
    SessionCleanup(Session);
    KeAcquireSpinLock(&Sessions->Log->Lock, &Irql);
    RemoveEntryList(&Session->Link);
    Sessions->Count--;
    KeReleaseSpinLock(&Sessions->Log->Lock, Irql);
    SessionDereference(Session);
}

NTSTATUS
SessionSubscribe(SESSION *Session, const PRCM_SUBSCRIBE *Request, PRCM_SUBSCRIBED *Answer)
{
    LOG *Log = Session->Sessions->Log;
    NTSTATUS Status = STATUS_SUCCESS;
    KIRQL Irql;

    KeAcquireSpinLock(&Log->Lock, &Irql);
    if (Session->Sessions->Stopping)
        Status = STATUS_DEVICE_REMOVED;
    else if (Session->Subscribed || Session->Subscribing)
        Status = STATUS_INVALID_DEVICE_STATE;
    else
        Session->Subscribing = TRUE;
    KeReleaseSpinLock(&Log->Lock, Irql);
    if (!NT_SUCCESS(Status))
        return Status;

    Status = LogReaderInit(&Session->Reader, Log, Request, Answer);

    KeAcquireSpinLock(&Log->Lock, &Irql);
    Session->Subscribing = FALSE;
    Session->Subscribed = NT_SUCCESS(Status);
    KeReleaseSpinLock(&Log->Lock, Irql);
    return Status;
}
