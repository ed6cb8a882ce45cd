/* SPDX-License-Identifier: MIT
 *
 * A driver cannot unload while a handle is open. So a session that hears that its driver is to go, from a
 * READ that fails or from the service manager, or that has met a batch it cannot go on from, takes a last look at
 * the counters and closes its handle by itself; every later wait then says that it is over.
 */
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "device.h"
#include "read.h"
#include "result.h"
#include "service.h"
#include "token.h"

#define DEFAULT_BUFFER_BYTES (256u * 1024u)

/* How often the service manager is asked whether the driver is to go. */
#define ASK_MS 1000u

/* The I/O manager cancels what a thread has issued when that thread ends; then the READ is issued again. More
 * often than this, one after the other, it has another reason. */
#define MAX_CANCELLED_READS 3u

struct PRCM_SESSION
{
    HANDLE Device;     /* NULL once the driver is gone */
    SC_HANDLE Service; /* NULL: not to be asked */
    DWORD AskedAt;     /* tick */
    bool Leaving;      /* the service manager says that the driver is to go */
    HANDLE ControlEvent;
    uint32_t MaxReadBytes;

    PRCM_RESULT Ended; /* what every later wait returns; PRCM_OK while the session lives */
    DWORD EndedError;

    bool Subscribed;
    bool Resumed; /* from a token with counts, which came from outside */
    ACCOUNT Account;
    READ Read;
    uint32_t CancelledReads; /* one after the other */
};

/* What is left of a wait. Ticks wrap, and a wait may be longer than that. */
typedef struct PATIENCE
{
    uint32_t LeftMs;
    DWORD Since;
} PATIENCE;

static void
PatienceSpend(PATIENCE *Patience)
{
    DWORD Now = GetTickCount();
    DWORD Spent = Now - Patience->Since;
    Patience->Since = Now;
    if (Patience->LeftMs != PRCM_WAIT_FOREVER)
        Patience->LeftMs -= Spent < Patience->LeftMs ? Spent : Patience->LeftMs;
}

static void
SessionCloseDevice(PRCM_SESSION *Session)
{
    if (Session->Device != NULL)
        CloseHandle(Session->Device);
    if (Session->Service != NULL)
        CloseServiceHandle(Session->Service);
    Session->Device = NULL;
    Session->Service = NULL;
}

static void
SessionTakeHead(PRCM_SESSION *Session, const PRCM_QUERY *Query)
{
    if (Session->Subscribed && Query->Instance == Session->Account.Next.Instance)
        AccountSetHead(&Session->Account, Query->Next, Query->Captured);
}

static PRCM_RESULT
SessionEnd(PRCM_SESSION *Session, PRCM_RESULT Result, DWORD Error)
{
    Session->Ended = Result;
    Session->EndedError = Error;
    PRCM_QUERY Query;
    bool Ended = ReadCancel(&Session->Read, &Session->Device);
    if (Ended && Session->Device != NULL &&
        DeviceQuery(Session->Device, Session->ControlEvent, &Query) == ERROR_SUCCESS)
        SessionTakeHead(Session, &Query);
    SessionCloseDevice(Session);
    return ResultNote(Result, Error);
}

/* A request has failed. Only a driver that is gone ends the session: the rest may be tried again. */
static PRCM_RESULT
SessionResult(PRCM_SESSION *Session, DWORD Error)
{
    PRCM_RESULT Result = DeviceResult(Error);
    return Result == PRCM_ERROR_STOPPED ? SessionEnd(Session, Result, Error) : Result;
}

/* Also while batches come one upon the other: a stopped service waits for the handle of a busy reader too. */
static bool
SessionIsLeaving(PRCM_SESSION *Session)
{
    DWORD Now = GetTickCount();
    if (Session->Leaving || Session->Service == NULL || Now - Session->AskedAt < ASK_MS)
        return Session->Leaving;
    Session->AskedAt = Now;
    DWORD State = ServiceState(Session->Service);
    Session->Leaving = State == SERVICE_STOPPED || State == SERVICE_STOP_PENDING;
    return Session->Leaving;
}

/* Without the right to ask, a session does without: STOP still ends its reads. The same where the service
 * manager knows nothing of the driver's running, as when something else has loaded it. */
static void
SessionOpenService(PRCM_SESSION *Session)
{
    if (ServiceOpen(SERVICE_QUERY_STATUS, &Session->Service) != PRCM_OK)
    {
        Session->Service = NULL;
        return;
    }
    if (!ServiceWasStarted(Session->Service))
    {
        CloseServiceHandle(Session->Service);
        Session->Service = NULL;
    }
    Session->AskedAt = GetTickCount();
}

static PRCM_RESULT
SessionHandshake(PRCM_SESSION *Session)
{
    PRCM_QUERY Query;
    DWORD Error = DeviceQuery(Session->Device, Session->ControlEvent, &Query);
    if (Error == ERROR_BAD_LENGTH || Error == ERROR_INSUFFICIENT_BUFFER)
        return ResultNote(PRCM_ERROR_VERSION, Error);
    if (Error != ERROR_SUCCESS)
        return DeviceOpenResult(Error);
    if (Query.AbiVersion != PRCM_ABI_VERSION)
        return ResultNote(PRCM_ERROR_VERSION, ERROR_REVISION_MISMATCH);
    if (Query.MaxReadBytes < sizeof(PRCM_BATCH) || Query.Instance == 0)
        return ResultNote(PRCM_ERROR_BATCH, 0);
    Session->MaxReadBytes = Query.MaxReadBytes;
    return PRCM_OK;
}

static PRCM_RESULT
SessionInit(PRCM_SESSION *Session)
{
    DWORD Error = ReadInit(&Session->Read);
    if (Error != ERROR_SUCCESS)
        return DeviceResult(Error);
    Session->ControlEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (Session->ControlEvent == NULL)
        return DeviceResult(GetLastError());
    HANDLE Device;
    PRCM_RESULT Result = DeviceOpen(&Device);
    if (Result != PRCM_OK)
        return Result;
    Session->Device = Device;
    Result = SessionHandshake(Session);
    if (Result == PRCM_OK)
        SessionOpenService(Session);
    return Result;
}

static void
SessionFree(PRCM_SESSION *Session)
{
    SessionCloseDevice(Session);
    if (Session->ControlEvent != NULL)
        CloseHandle(Session->ControlEvent);
    ReadDestroy(&Session->Read);
    free(Session);
}

PRCM_RESULT
PrcmOpen(PRCM_SESSION **Session)
{
    if (Session == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    *Session = NULL;
    PRCM_SESSION *New = calloc(1, sizeof(*New));
    if (New == NULL)
        return ResultNote(PRCM_ERROR_MEMORY, ERROR_NOT_ENOUGH_MEMORY);
    PRCM_RESULT Result = SessionInit(New);
    if (Result != PRCM_OK)
    {
        uint32_t Error = PrcmLastSystemError();
        SessionFree(New);
        return ResultNote(Result, Error);
    }
    *Session = New;
    return PRCM_OK;
}

void
PrcmClose(PRCM_SESSION *Session)
{
    if (Session == NULL)
        return;
    bool Ended = ReadCancel(&Session->Read, &Session->Device);
    if (!Ended)
    {
        /* Better to lose the memory than to have the kernel write to it when it belongs to something else. */
        SessionCloseDevice(Session);
        return;
    }
    SessionFree(Session);
}

PRCM_RESULT
PrcmQuery(PRCM_SESSION *Session, PRCM_QUERY *Query)
{
    if (Session == NULL || Query == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    if (Session->Device == NULL)
        return ResultNote(PRCM_ERROR_STOPPED, Session->EndedError);
    DWORD Error = DeviceQuery(Session->Device, Session->ControlEvent, Query);
    if (Error != ERROR_SUCCESS)
        return SessionResult(Session, Error);
    SessionTakeHead(Session, Query);
    return PRCM_OK;
}

static PRCM_RESULT
SubscriptionCheck(const PRCM_SUBSCRIPTION *Subscription)
{
    if ((Subscription->Kinds & ~PRCM_KINDS_ALL) != 0 || Subscription->From > PRCM_FROM_TOKEN ||
        Subscription->KeyCount > PRCM_MAX_KEYS || (Subscription->KeyCount != 0 && Subscription->Keys == NULL))
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    bool BadToken = Subscription->From == PRCM_FROM_TOKEN &&
                    (!TokenIsWellFormed(&Subscription->Token) || !TokenAddsUp(&Subscription->Token));
    if (BadToken || (Subscription->From == PRCM_FROM_SEQUENCE && Subscription->Sequence == 0))
        return ResultNote(PRCM_ERROR_TOKEN, 0);
    return PRCM_OK;
}

static void
SubscriptionFill(const PRCM_SUBSCRIPTION *Subscription, PRCM_SUBSCRIBE *Request)
{
    *Request = (PRCM_SUBSCRIBE){
        .Size = sizeof(*Request),
        .AbiVersion = PRCM_ABI_VERSION,
        .Kinds = Subscription->Kinds != 0 ? Subscription->Kinds : PRCM_KINDS_ALL,
        .From = Subscription->From != 0 ? Subscription->From : PRCM_FROM_NOW,
        .KeyCount = Subscription->KeyCount,
    };
    if (Request->From == PRCM_FROM_SEQUENCE)
        Request->Token.Next = Subscription->Sequence;
    if (Request->From == PRCM_FROM_TOKEN)
        Request->Token = Subscription->Token;
    if (Subscription->KeyCount != 0)
        memcpy(Request->Keys, Subscription->Keys, Subscription->KeyCount * sizeof(Request->Keys[0]));
}

/* Between a bare header and what the driver takes. A header alone will do to begin with: the driver says how
 * much more it needs. */
static uint32_t
BufferBytes(const PRCM_SESSION *Session, uint32_t Wanted)
{
    if (Wanted == 0)
        Wanted = DEFAULT_BUFFER_BYTES;
    if (Wanted < sizeof(PRCM_BATCH))
        return sizeof(PRCM_BATCH);
    return Wanted < Session->MaxReadBytes ? Wanted : Session->MaxReadBytes;
}

/* What the driver refuses after SubscriptionCheck is a place in the stream that it knows better. */
static PRCM_RESULT
SubscribeRefused(PRCM_SESSION *Session, uint32_t From, DWORD Error)
{
    if (Error == ERROR_INVALID_PARAMETER)
    {
        bool HasPlace = From == PRCM_FROM_SEQUENCE || From == PRCM_FROM_TOKEN;
        return ResultNote(HasPlace ? PRCM_ERROR_TOKEN : PRCM_ERROR_PARAMETER, Error);
    }
    return SessionResult(Session, Error);
}

PRCM_RESULT
PrcmSubscribe(PRCM_SESSION *Session, const PRCM_SUBSCRIPTION *Subscription, PRCM_SUBSCRIBED *Subscribed)
{
    if (Session == NULL || Subscription == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    if (Session->Ended != PRCM_OK)
        return ResultNote(Session->Ended, Session->EndedError);
    if (Session->Subscribed)
        return ResultNote(PRCM_ERROR_STATE, 0);
    PRCM_RESULT Result = SubscriptionCheck(Subscription);
    if (Result != PRCM_OK)
        return Result;
    DWORD Error = ReadSetBuffer(&Session->Read, BufferBytes(Session, Subscription->BufferBytes));
    if (Error != ERROR_SUCCESS)
        return DeviceResult(Error);

    PRCM_SUBSCRIBE Request;
    PRCM_SUBSCRIBED Answer = {0};
    DWORD Returned;
    SubscriptionFill(Subscription, &Request);
    Error = DeviceControl(Session->Device, Session->ControlEvent, PRCM_IOCTL_SUBSCRIBE, &Request,
                          sizeof(Request), &Answer, sizeof(Answer), &Returned);
    if (Error != ERROR_SUCCESS)
        return SubscribeRefused(Session, Request.From, Error);
    Result = Returned < sizeof(Answer) ? PRCM_ERROR_BATCH : AccountOpen(&Session->Account, &Answer);
    if (Result != PRCM_OK)
        return SessionEnd(Session, Result, 0);
    Session->Subscribed = true;
    Session->Resumed = Request.From == PRCM_FROM_TOKEN && Request.Token.CountsKnown;
    if (Subscribed != NULL)
        *Subscribed = Answer;

    /* So that the account has the driver's counts even if the driver stops before the first batch. */
    PRCM_QUERY Query;
    return PrcmQuery(Session, &Query);
}

/* The driver goes by a token's counts until they meet its own. Counts that were altered show then: in a hole
 * that has more of a kind than there is, so that the driver calls it unknown, or at the head. */
static bool
TokenWasAltered(const PRCM_SESSION *Session, const PRCM_BATCH *Batch)
{
    if (!Session->Resumed)
        return false;
    bool Altered = Batch->Unknown != 0;
    for (uint32_t Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Altered |= Batch->Next.Captured[Kind] > Batch->HeadCaptured[Kind];
    return Altered;
}

/* Nothing of what READ returned is used before all of it is checked. */
static PRCM_RESULT
SessionTakeBatch(PRCM_SESSION *Session, DWORD Returned, PRCM_RECORDS *Records)
{
    const PRCM_BATCH *Batch = (const void *)Session->Read.Buffer;
    PRCM_RESULT Result = PrcmBatchOpen(Batch, Returned, Records);
    if (Result == PRCM_OK)
        Result = AccountAdd(&Session->Account, Batch);
    if (Result == PRCM_ERROR_ACCOUNT && TokenWasAltered(Session, Batch))
        Result = PRCM_ERROR_TOKEN;
    if (Result == PRCM_OK)
        return PRCM_OK;
    *Records = (PRCM_RECORDS){0};
    return SessionEnd(Session, Result, 0);
}

/* The next record is longer than the buffer. */
static PRCM_RESULT
SessionGrow(PRCM_SESSION *Session, DWORD Returned)
{
    PRCM_RECORDS Records;
    PRCM_RESULT Result = SessionTakeBatch(Session, Returned, &Records);
    if (Result != PRCM_OK)
        return Result;
    uint32_t Required = ((const PRCM_BATCH *)(const void *)Session->Read.Buffer)->RequiredBytes;
    if (Required <= Session->Read.BufferBytes || Required > Session->MaxReadBytes)
        return SessionEnd(Session, PRCM_ERROR_BATCH, ERROR_MORE_DATA);
    return DeviceResult(ReadSetBuffer(&Session->Read, Required));
}

static PRCM_RESULT
SessionArm(PRCM_SESSION *Session, uint32_t Flags)
{
    if (Session->Read.InFlight)
        return PRCM_OK;
    if (SessionIsLeaving(Session))
        return SessionEnd(Session, PRCM_ERROR_STOPPED, 0);
    return SessionResult(Session, ReadIssue(&Session->Read, Session->Device, Flags));
}

static bool
SessionReadsNoWait(const PRCM_SESSION *Session)
{
    return (Session->Read.Request.Flags & PRCM_READ_NO_WAIT) != 0;
}

/* Waits for the READ in flight. One that the driver does not keep pended is waited for past the time: its
 * answer is on the way. */
static PRCM_RESULT
SessionAwait(PRCM_SESSION *Session, PATIENCE *Patience, HANDLE StopEvent)
{
    HANDLE Events[2];
    DWORD Count = 0;
    if (StopEvent != NULL)
        Events[Count++] = StopEvent;
    Events[Count++] = Session->Read.Event;
    for (;;)
    {
        bool ToTheEnd = SessionReadsNoWait(Session) || Patience->LeftMs > ASK_MS;
        DWORD Signaled = WaitForMultipleObjects(Count, Events, FALSE, ToTheEnd ? ASK_MS : Patience->LeftMs);
        PatienceSpend(Patience);
        if (Signaled == WAIT_OBJECT_0 + Count - 1)
            return PRCM_OK;
        if (Signaled == WAIT_OBJECT_0)
            return ResultNote(PRCM_STOP_EVENT, 0);
        if (Signaled != WAIT_TIMEOUT)
            return ResultNote(StopEvent != NULL ? PRCM_ERROR_PARAMETER : PRCM_ERROR_SYSTEM, GetLastError());
        if (SessionIsLeaving(Session) && WaitForSingleObject(Session->Read.Event, 0) != WAIT_OBJECT_0)
            return SessionEnd(Session, PRCM_ERROR_STOPPED, 0);
        if (Patience->LeftMs == 0 && !ToTheEnd)
            return ResultNote(PRCM_TIMEOUT, 0);
    }
}

/* The READ in flight is complete. PRCM_OK without a batch: read again. PRCM_TIMEOUT: an empty batch. */
static PRCM_RESULT
SessionFinish(PRCM_SESSION *Session, const PRCM_BATCH **Batch, PRCM_RECORDS *Records)
{
    DWORD Returned;
    DWORD Error = ReadFinish(&Session->Read, Session->Device, &Returned);
    if (Error == ERROR_OPERATION_ABORTED && ++Session->CancelledReads < MAX_CANCELLED_READS)
        return PRCM_OK;
    if (Error == ERROR_MORE_DATA)
        return SessionGrow(Session, Returned);
    if (Error != ERROR_SUCCESS)
        return SessionResult(Session, Error);
    Session->CancelledReads = 0;
    PRCM_RESULT Result = SessionTakeBatch(Session, Returned, Records);
    if (Result != PRCM_OK)
        return Result;
    const PRCM_BATCH *Taken = (const void *)Session->Read.Buffer;
    if (Taken->RequiredBytes != 0 || (Taken->RecordCount == 0 && !SessionReadsNoWait(Session)))
        return SessionEnd(Session, PRCM_ERROR_BATCH, 0);
    if (Taken->RecordCount == 0)
        return ResultNote(PRCM_TIMEOUT, 0);
    *Batch = Taken;
    return PRCM_OK;
}

PRCM_RESULT
PrcmWait(PRCM_SESSION *Session, uint32_t TimeoutMs, void *StopEvent, const PRCM_BATCH **Batch,
         PRCM_RECORDS *Records)
{
    if (Session == NULL || Batch == NULL || Records == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    *Batch = NULL;
    *Records = (PRCM_RECORDS){0};
    if (Session->Ended != PRCM_OK)
        return ResultNote(Session->Ended, Session->EndedError);
    if (!Session->Subscribed)
        return ResultNote(PRCM_ERROR_STATE, 0);
    PATIENCE Patience = {.LeftMs = TimeoutMs, .Since = GetTickCount()};
    while (*Batch == NULL)
    {
        PRCM_RESULT Result = SessionArm(Session, TimeoutMs == 0 ? PRCM_READ_NO_WAIT : 0);
        if (Result == PRCM_OK)
            Result = SessionAwait(Session, &Patience, StopEvent);
        if (Result == PRCM_OK)
            Result = SessionFinish(Session, Batch, Records);
        /* Left over from a wait without patience that its stop event ended. */
        if (Result == PRCM_TIMEOUT && Patience.LeftMs != 0)
            continue;
        if (Result != PRCM_OK)
            return Result;
    }
    return PRCM_OK;
}

PRCM_RESULT
PrcmToken(const PRCM_SESSION *Session, PRCM_TOKEN *Token)
{
    if (Session == NULL || Token == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    if (!Session->Subscribed)
        return ResultNote(PRCM_ERROR_STATE, 0);
    *Token = Session->Account.Next;
    return PRCM_OK;
}

PRCM_RESULT
PrcmAccount(PRCM_SESSION *Session, PRCM_ACCOUNT *Account)
{
    if (Session == NULL || Account == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    if (!Session->Subscribed)
        return ResultNote(PRCM_ERROR_STATE, 0);
    PRCM_QUERY Query;
    PRCM_RESULT Result = PrcmQuery(Session, &Query);
    if (Result != PRCM_OK && Result != PRCM_ERROR_STOPPED)
        return Result;
    AccountTake(&Session->Account, Account);
    return PRCM_OK;
}
