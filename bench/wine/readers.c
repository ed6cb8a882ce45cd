/* SPDX-License-Identifier: MIT */
#include "readers.h"
#include "fail.h"
#include "ntext.h"
#include "prcm.h"
#include "way_abi.h"

#include <windows.h>

/* Wine carries a request's whole buffer, whatever was written to it: no larger than it pays. */
#define TAKE_BYTES   4096u
#define PENDED_COUNT 16u
#define READ_BYTES   (128u * 1024u)

_Static_assert(PRCM_KIND_START == NTEXT_START && PRCM_KIND_EXIT == NTEXT_EXIT &&
                   PRCM_KIND_IMAGE == NTEXT_IMAGE,
               "what is raised and what is told have the same kinds");

static HANDLE Device;

static void
WayOpen(DWORD Flags)
{
    Device = CreateFileW(WAY_WIN32_NAME, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                         OPEN_EXISTING, Flags, NULL);
    if (Device == INVALID_HANDLE_VALUE)
        Fail("the way's driver cannot be opened");
}

static void
TakeRecord(TALLY *Tally, const PRCM_RECORD *Record)
{
    uint64_t Base =
        Record->Kind == PRCM_KIND_IMAGE ? ((const PRCM_IMAGE *)(const void *)Record)->Base.Value : 0;
    TallyDelivered(Tally, Record->Kind, Record->Key, Base);
}

/* ---- The author's: wait for the event, take one ---- */

static HANDLE Signal;

static void
AuthorOpen(void)
{
    Signal = OpenEventW(SYNCHRONIZE, FALSE, WAY_SIGNAL_WIN32_NAME);
    if (!Signal)
        Fail("the way's event cannot be opened");
    WayOpen(0);
}

static bool
AuthorRead(TALLY *Tally)
{
    static union
    {
        PRCM_RECORD Record;
        uint8_t Bytes[TAKE_BYTES];
    } Output;
    DWORD Bytes;
    if (WaitForSingleObject(Signal, QUIET_MS) == WAIT_TIMEOUT)
        return false;
    if (!DeviceIoControl(Device, WAY_IOCTL_TAKE, NULL, 0, &Output, sizeof(Output), &Bytes, NULL))
        Fail("no event for a wake-up");
    TakeRecord(Tally, &Output.Record);
    return true;
}

static void
AuthorClose(TALLY *Tally)
{
    Tally->KnownLost = -1;
    CloseHandle(Device);
    CloseHandle(Signal);
}

/* ---- One at a time: requests pended, taken in the order in which they were issued, in which events complete them ---- */

static struct
{
    OVERLAPPED Overlapped;
    PRCM_RECORD *Output;
} Pended[PENDED_COUNT];
static unsigned NextPended;

static void
OnePend(unsigned Index)
{
    if (!DeviceIoControl(Device, WAY_IOCTL_TAKE, NULL, 0, Pended[Index].Output, TAKE_BYTES, NULL,
                         &Pended[Index].Overlapped) &&
        GetLastError() != ERROR_IO_PENDING)
        Fail("a request failed");
}

static void
OneOpen(void)
{
    WayOpen(FILE_FLAG_OVERLAPPED);
    for (unsigned Index = 0; Index < PENDED_COUNT; Index++)
    {
        Pended[Index].Overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
        if (!Pended[Index].Overlapped.hEvent)
            Fail("no event");
        Pended[Index].Output = Allocate(TAKE_BYTES);
        OnePend(Index);
    }
}

static bool
OneRead(TALLY *Tally)
{
    DWORD Bytes;
    unsigned Index = NextPended % PENDED_COUNT;
    if (WaitForSingleObject(Pended[Index].Overlapped.hEvent, QUIET_MS) == WAIT_TIMEOUT)
        return false;
    if (!GetOverlappedResult(Device, &Pended[Index].Overlapped, &Bytes, FALSE))
        Fail("a pended request failed");
    TakeRecord(Tally, Pended[Index].Output);
    NextPended++;
    OnePend(Index);
    return true;
}

static void
OneClose(TALLY *Tally)
{
    OVERLAPPED Ask = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    uint64_t Lost = 0;
    DWORD Bytes;
    if ((!DeviceIoControl(Device, WAY_IOCTL_LOST, NULL, 0, &Lost, sizeof(Lost), NULL, &Ask) &&
         GetLastError() != ERROR_IO_PENDING) ||
        !GetOverlappedResult(Device, &Ask, &Bytes, TRUE))
        Fail("the way does not say what it has lost");
    Tally->KnownLost = (int64_t)Lost;
    CancelIo(Device);
    for (unsigned Index = 0; Index < PENDED_COUNT; Index++)
        GetOverlappedResult(Device, &Pended[Index].Overlapped, &Bytes, TRUE);
    CloseHandle(Device);
}

/* ---- prcm ---- */

static PRCM_SESSION *Session;

static void
PrcmCheck(PRCM_RESULT Result)
{
    if (Result >= PRCM_ERROR_FIRST)
        Fail(PrcmResultText(Result));
}

static void
PrcmReaderOpen(void)
{
    const PRCM_SUBSCRIPTION Subscription = {.From = PRCM_FROM_NOW, .BufferBytes = READ_BYTES};
    PrcmCheck(PrcmOpen(&Session));
    PrcmCheck(PrcmSubscribe(Session, &Subscription, NULL));
}

static bool
PrcmReaderRead(TALLY *Tally)
{
    const PRCM_BATCH *Batch;
    const PRCM_RECORD *Record;
    PRCM_RECORDS Records;
    PRCM_RESULT Result = PrcmWait(Session, QUIET_MS, NULL, &Batch, &Records);
    PrcmCheck(Result);
    if (Result != PRCM_OK)
        return false;
    while ((Record = PrcmBatchNext(&Records)) != NULL)
        if (Record->Kind != PRCM_KIND_LOST)
            TakeRecord(Tally, Record);
    return true;
}

static void
PrcmReaderClose(TALLY *Tally)
{
    PRCM_ACCOUNT Account;
    PrcmCheck(PrcmAccount(Session, &Account));
    if (!Account.Closed)
        Fail("the account does not close");
    Tally->KnownLost = (int64_t)Account.Unknown;
    for (unsigned Kind = 0; Kind < PRCM_KIND_COUNT; Kind++)
        Tally->KnownLost += (int64_t)Account.Lost[Kind];
    PrcmClose(Session);
}

const READER Readers[] = {
    {"author", 1, TAKE_BYTES, AuthorOpen, AuthorRead, AuthorClose},
    {"one-at-a-time", PENDED_COUNT, TAKE_BYTES, OneOpen, OneRead, OneClose},
    {"prcm", 1, READ_BYTES, PrcmReaderOpen, PrcmReaderRead, PrcmReaderClose},
};
const unsigned ReaderCount = sizeof(Readers) / sizeof(*Readers);
