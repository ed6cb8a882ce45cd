/* SPDX-License-Identifier: MIT */
#include "selftest.h"

#include <stdlib.h>
#include <string.h>

#include "host/system.h"
#include "prcm.h"

#define FIRST_CAPACITY 1024u

/* Elements with room for one more than Count; NULL: no memory, and they are as they were. */
static void *
Grow(void *Elements, uint32_t Count, uint32_t *Capacity, size_t Bytes)
{
    if (Count < *Capacity)
        return Elements;
    uint32_t Wanted = *Capacity != 0 ? *Capacity * 2 : FIRST_CAPACITY;
    void *Larger = realloc(Elements, Wanted * Bytes);
    if (Larger != NULL)
        *Capacity = Wanted;
    return Larger;
}

/* Guarded by Lock. NULL: no memory. */
static CHECK_EVENT *
NewEventLocked(SELFTEST_READER *Reader)
{
    CHECK_EVENT *Events = Grow(Reader->Events, Reader->EventCount, &Reader->Capacity, sizeof(CHECK_EVENT));
    if (Events == NULL)
        return NULL;
    Reader->Events = Events;
    CHECK_EVENT *Event = &Reader->Events[Reader->EventCount];
    memset(Event, 0, sizeof(*Event));
    return Event;
}

static bool
TakeImageLocked(SELFTEST_READER *Reader, const PRCM_IMAGE *Image)
{
    const uint16_t *Path = PrcmRecordBytes(&Image->Header, &Image->ImagePath.Text);

    FINDINGS_IMAGE *Images =
        Grow(Reader->Images, Reader->ImageCount, &Reader->ImageCapacity, sizeof(FINDINGS_IMAGE));
    if (Images == NULL)
        return false;
    Reader->Images = Images;
    Reader->Images[Reader->ImageCount++] = (FINDINGS_IMAGE){
        .Sequence = Image->Header.Sequence,
        .CreateTime = Image->CreateTime,
        .Base = Image->Base,
        .Id = Image->Header.Key,
        .Name = FindingsName(Path, Path != NULL ? Image->ImagePath.Text.Length / sizeof(uint16_t) : 0),
    };
    FindingsAddPath(&Reader->ImagePaths, &Image->ImagePath, NULL);
    return true;
}

static bool
TakeStart(const PRCM_START *Start, CHECK_EVENT *Event)
{
    const void *Units = PrcmRecordBytes(&Start->Header, &Start->CommandLine);

    Event->CreateTime = Start->CreateTime;
    Event->Architecture = Start->Architecture;
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
        return TakeImageLocked(Reader, (const PRCM_IMAGE *)Record);
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
    else
    {
        const PRCM_START *Start = (const PRCM_START *)Record;
        FindingsAddPath(&Reader->StartPaths, &Start->ImagePath, &Start->ImageExact);
        if (!TakeStart(Start, Event))
            return false;
    }
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
    free(Reader->Images);
    DeleteCriticalSection(&Reader->Lock);
}
