/* SPDX-License-Identifier: MIT */
#include "session.h"

#include <windows.h>

#include "check.h"
#include "ntext.h"

#define FIRST_PROCESS_ID 1000000u
#define PATH_BYTES       80u
#define COMMAND_BYTES    60u

/* Of the answer to a request for made-up events by one thread, whose bitmap has a bit for each. */
#define ANSWER_BYTES (sizeof(NTEXT_BULK_RESULT) + 3 * (NTEXT_MAX_BULK_EVENTS / 8) + 1)

/* Raises events of each kind, and returns when every one of them has been given to the driver. */
void
RaiseWith(uint32_t Starts, uint32_t Exits, uint32_t Images, uint32_t CommandLineBytes)
{
    static uint32_t NextProcessId = FIRST_PROCESS_ID;
    static uint8_t Output[ANSWER_BYTES];
    NTEXT_SPEC Spec = {
        .Size = sizeof(Spec),
        .Starts = Starts,
        .Exits = Exits,
        .Images = Images,
        .FirstProcessId = NextProcessId,
        .Threads = 1,
        .CommandLineBytes = CommandLineBytes,
        .PathBytes = PATH_BYTES,
        .BaseTime = 134000000000000000,
    };
    NextProcessId += 4 * (Starts + Exits + 4);
    HANDLE Device = CreateFileW(NTEXT_WIN32_NAME, GENERIC_READ | GENERIC_WRITE,
                                FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    DWORD Returned;
    CHECK(Device != INVALID_HANDLE_VALUE);
    CHECK(DeviceIoControl(Device, NTEXT_IOCTL_BULK, &Spec, sizeof(Spec), Output, sizeof(Output), &Returned,
                          NULL));
    CHECK(((const NTEXT_BULK_RESULT *)(const void *)Output)->Delivered == Starts + Exits + Images);
    CloseHandle(Device);
}

void
Raise(uint32_t Starts, uint32_t Exits, uint32_t Images)
{
    RaiseWith(Starts, Exits, Images, COMMAND_BYTES);
}

PRCM_SESSION *
Open(void)
{
    PRCM_SESSION *Session = NULL;
    CHECK(PrcmOpen(&Session) == PRCM_OK);
    return Session;
}

PRCM_SESSION *
Subscribe(uint32_t From, const PRCM_TOKEN *Token, uint32_t BufferBytes)
{
    PRCM_SESSION *Session = Open();
    PRCM_SUBSCRIPTION Subscription = {.From = From, .BufferBytes = BufferBytes};
    if (Token != NULL)
        Subscription.Token = *Token;
    CHECK(PrcmSubscribe(Session, &Subscription, NULL) == PRCM_OK);
    return Session;
}

COUNTS
ReadAll(PRCM_SESSION *Session, uint32_t TimeoutMs)
{
    COUNTS Counts = {0};
    const PRCM_BATCH *Batch;
    PRCM_RECORDS Records;
    const PRCM_RECORD *Record;
    uint64_t Last = 0;
    while ((Counts.Ended = PrcmWait(Session, TimeoutMs, NULL, &Batch, &Records)) == PRCM_OK)
    {
        while ((Record = PrcmBatchNext(&Records)) != NULL)
        {
            CHECK(Record->Sequence > Last);
            Last = Record->Sequence;
            if (Record->Kind == PRCM_KIND_LOST)
                Counts.Lost++;
            else
                Counts.Events[Record->Kind]++;
        }
    }
    return Counts;
}

void
ExpectEvents(PRCM_SESSION *Session, uint32_t Starts, uint32_t Exits, uint32_t Images)
{
    COUNTS Counts = ReadAll(Session, SOON_MS);
    CHECK(Counts.Ended == PRCM_TIMEOUT);
    CHECK(Counts.Events[PRCM_KIND_START] == Starts);
    CHECK(Counts.Events[PRCM_KIND_EXIT] == Exits);
    CHECK(Counts.Events[PRCM_KIND_IMAGE] == Images);
    CHECK(Counts.Lost == 0);
}

void
ExpectNext(PRCM_SESSION *Session, uint32_t Events)
{
    const PRCM_BATCH *Batch;
    PRCM_RECORDS Records;
    uint32_t Seen = 0;
    while (Seen < Events && PrcmWait(Session, LONG_MS, NULL, &Batch, &Records) == PRCM_OK)
        Seen += Batch->RecordCount;
    CHECK(Seen == Events);
}

void
ExpectClosed(PRCM_SESSION *Session)
{
    PRCM_ACCOUNT Account;
    CHECK(PrcmAccount(Session, &Account) == PRCM_OK);
    CHECK(Account.Closed == 1);
    CHECK(Account.KindsKnown == 1);
}

PRCM_RESULT
WaitOnce(PRCM_SESSION *Session, uint32_t TimeoutMs, HANDLE StopEvent)
{
    const PRCM_BATCH *Batch;
    PRCM_RECORDS Records;
    return PrcmWait(Session, TimeoutMs, StopEvent, &Batch, &Records);
}

static DWORD WINAPI
WaitShortly(void *Session)
{
    return (DWORD)WaitOnce(Session, 20, NULL);
}

void
WaitInAThreadThatEnds(PRCM_SESSION *Session)
{
    DWORD Result = 0;
    HANDLE Thread = CreateThread(NULL, 0, WaitShortly, Session, 0, NULL);
    CHECK(WaitForSingleObject(Thread, LONG_MS) == WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(Thread, &Result) && Result == PRCM_TIMEOUT);
    CloseHandle(Thread);
}
