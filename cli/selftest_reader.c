/* SPDX-License-Identifier: MIT */
#include "selftest.h"

#include <stdlib.h>
#include <string.h>

#include "prcm.h"
#include "system.h"

#define FIRST_CAPACITY 1024u

/* Guarded by Lock. NULL: no memory. */
static CHECK_EVENT *
NewEventLocked(SELFTEST_READER *Reader)
{
    if (Reader->EventCount == Reader->Capacity)
    {
        uint32_t Capacity = Reader->Capacity != 0 ? Reader->Capacity * 2 : FIRST_CAPACITY;
        CHECK_EVENT *Larger = realloc(Reader->Events, Capacity * sizeof(CHECK_EVENT));
        if (Larger == NULL)
            return NULL;
        Reader->Events = Larger;
        Reader->Capacity = Capacity;
    }
    CHECK_EVENT *Event = &Reader->Events[Reader->EventCount];
    memset(Event, 0, sizeof(*Event));
    return Event;
}

static bool
TakeStart(const PRCM_START *Start, CHECK_EVENT *Event)
{
    const void *Units = PrcmRecordBytes(&Start->Header, &Start->CommandLine);

    Event->CreateTime = Start->CreateTime;
    Event->Parent = Start->ParentProcessId;
    Event->CommandLineStatus = Start->CommandLine.Status;
    if (Start->ParentProcessId.Value != GetCurrentProcessId() || Units == NULL)
        return true;
    uint16_t *Copy = malloc(Start->CommandLine.Length);
    if (Copy == NULL)
        return Start->CommandLine.Length == 0;
    memcpy(Copy, Units, Start->CommandLine.Length);
    Event->CommandLine = Copy;
    Event->CommandLineCount = Start->CommandLine.Length / sizeof(uint16_t);
    return true;
}

static bool
TakeRecordLocked(SELFTEST_READER *Reader, const PRCM_RECORD *Record, int64_t Now)
{
    if (Record->Kind == PRCM_KIND_IMAGE)
        Reader->Images++;
    if (Record->Kind != PRCM_KIND_START && Record->Kind != PRCM_KIND_EXIT)
        return true;
    CHECK_EVENT *Event = NewEventLocked(Reader);
    if (Event == NULL)
        return false;
    Event->Sequence = Record->Sequence;
    Event->Latency = Now - Record->Time;
    Event->Id = Record->Key;
    Event->Kind = Record->Kind;
    if (Record->Kind == PRCM_KIND_EXIT)
    {
        Event->CreateTime = ((const PRCM_EXIT *)Record)->CreateTime;
        Event->ExitStatus = ((const PRCM_EXIT *)Record)->ExitStatus;
    }
    else if (!TakeStart((const PRCM_START *)Record, Event))
        return false;
    Reader->EventCount++;
    return true;
}

/* The clock is read once a batch, as soon as it is here, and by the same clock that the driver's times are
 * of. */
static PRCM_RESULT
TakeBatch(SELFTEST_READER *Reader, PRCM_RECORDS Records)
{
    int64_t Now = SystemTime((Reader->Query.Flags & PRCM_QUERY_TIME_PRECISE) != 0);
    const PRCM_RECORD *Record;
    bool Taken = true;

    EnterCriticalSection(&Reader->Lock);
    while (Taken && (Record = PrcmBatchNext(&Records)) != NULL)
        Taken = TakeRecordLocked(Reader, Record, Now);
    LeaveCriticalSection(&Reader->Lock);
    return Taken ? PRCM_OK : PRCM_ERROR_MEMORY;
}

static DWORD WINAPI
ReadStream(void *Context)
{
    SELFTEST_READER *Reader = Context;
    PRCM_RESULT Result = PRCM_OK;
    PRCM_RECORDS Records;
    const PRCM_BATCH *Batch;

    while (Result == PRCM_OK)
    {
        Result = PrcmWait(Reader->Session, PRCM_WAIT_FOREVER, Reader->StopEvent, &Batch, &Records);
        if (Result == PRCM_OK)
            Result = TakeBatch(Reader, Records);
    }
    EnterCriticalSection(&Reader->Lock);
    Reader->Failed = Result == PRCM_STOP_EVENT ? PRCM_OK : Result;
    LeaveCriticalSection(&Reader->Lock);
    return 0;
}

PRCM_RESULT
SelftestReaderStart(SELFTEST_READER *Reader)
{
    PRCM_SUBSCRIPTION Subscription = {.From = PRCM_FROM_NOW};

    memset(Reader, 0, sizeof(*Reader));
    InitializeCriticalSection(&Reader->Lock);
    PRCM_RESULT Result = PrcmOpen(&Reader->Session);
    if (Result == PRCM_OK)
        Result = PrcmQuery(Reader->Session, &Reader->Query);
    if (Result == PRCM_OK)
        Result = PrcmSubscribe(Reader->Session, &Subscription, NULL);
    if (Result != PRCM_OK)
        return Result;
    Reader->StopEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (Reader->StopEvent != NULL)
        Reader->Thread = CreateThread(NULL, 0, ReadStream, Reader, 0, NULL);
    return Reader->Thread != NULL ? PRCM_OK : PRCM_ERROR_MEMORY;
}

CHECK_WAIT_STATE
SelftestReaderWait(SELFTEST_READER *Reader, CHECK_WAIT *Wait, SELFTEST_BURST *Burst)
{
    EnterCriticalSection(&Reader->Lock);
    CHECK_WAIT_STATE State = CheckWaitGoOn(Wait, Burst->Children, Burst->Count, Reader->Events,
                                           Reader->EventCount, GetTickCount());
    LeaveCriticalSection(&Reader->Lock);
    return State;
}

void
SelftestReaderStop(SELFTEST_READER *Reader)
{
    if (Reader->Thread == NULL)
        return;
    SetEvent(Reader->StopEvent);
    WaitForSingleObject(Reader->Thread, INFINITE);
    CloseHandle(Reader->Thread);
    Reader->Thread = NULL;
}

void
SelftestReaderDestroy(SELFTEST_READER *Reader)
{
    SelftestReaderStop(Reader);
    PrcmClose(Reader->Session);
    if (Reader->StopEvent != NULL)
        CloseHandle(Reader->StopEvent);
    for (uint32_t Index = 0; Index < Reader->EventCount; Index++)
        free(Reader->Events[Index].CommandLine);
    free(Reader->Events);
    DeleteCriticalSection(&Reader->Lock);
}
