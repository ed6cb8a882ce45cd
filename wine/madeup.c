/* SPDX-License-Identifier: MIT
 *
 * Compiled for the kernel as well as for the console: no library but string.h's memset and memcpy, and no
 * 64-bit division.
 */
#include <string.h>

#include "madeup.h"

#define DIGITS           10u
#define CREATE_TIME_STEP 10       /* 1 us between processes */
#define PARENT_AGE       10000000 /* the parent is a second older than the first of them */
#define SID_BYTES        28u
#define PARENT_BELOW     4u /* below the first id */
#define PARENT_TID_BELOW 8u
#define BASE_FIRST       0x10000000u
#define BASE_STEP        0x10000u
#define BASE_COUNT       0x4000u
#define KERNEL_BASE      0xFFFFF80000000000ull
#define PAGE             0x1000u
#define STATUS_VIOLATION 0xC0000005u

#define TEXT(Literal) (const uint16_t *)L##Literal, sizeof(L##Literal) / sizeof(uint16_t) - 1

_Static_assert(sizeof(L'x') == sizeof(uint16_t), "wide literals must be UTF-16");

static uint32_t
MadeUpShare(uint32_t Count, uint32_t Threads, uint32_t Thread)
{
    return Count / Threads + (Thread < Count % Threads);
}

static uint32_t
MadeUpMax(uint32_t A, uint32_t B)
{
    return A > B ? A : B;
}

int
MadeUpIsValid(const NTEXT_SPEC *Spec)
{
    return Spec->Size == sizeof(*Spec) && Spec->Reserved == 0 && Spec->KernelImages <= 1 &&
           Spec->Starts <= NTEXT_MAX_BULK_EVENTS && Spec->Exits <= NTEXT_MAX_BULK_EVENTS &&
           Spec->Images <= NTEXT_MAX_BULK_EVENTS && Spec->Threads >= 1 &&
           Spec->Threads <= NTEXT_MAX_BULK_THREADS && Spec->FirstProcessId >= NTEXT_FIRST_PROCESS_ID &&
           Spec->FirstProcessId % 4 == 0 && Spec->FirstProcessId <= NTEXT_LAST_PROCESS_ID &&
           MadeUpProcessCount(Spec) <= (NTEXT_LAST_PROCESS_ID - Spec->FirstProcessId) / 4 + 1 &&
           Spec->CommandLineBytes <= NTEXT_MAX_TEXT_BYTES && Spec->CommandLineBytes % 2 == 0 &&
           Spec->PathBytes <= NTEXT_MAX_PATH_BYTES && Spec->PathBytes % 2 == 0 && Spec->BaseTime > PARENT_AGE;
}

static uint32_t
MadeUpShareProcessCount(const NTEXT_SPEC *Spec, uint32_t Thread)
{
    uint32_t Starts = MadeUpShare(Spec->Starts, Spec->Threads, Thread);
    uint32_t Exits = MadeUpShare(Spec->Exits, Spec->Threads, Thread);
    return MadeUpMax(MadeUpMax(Starts, Exits), 1);
}

uint32_t
MadeUpProcessCount(const NTEXT_SPEC *Spec)
{
    uint32_t Count = 0;
    for (uint32_t Thread = 0; Thread < Spec->Threads; Thread++)
        Count += MadeUpShareProcessCount(Spec, Thread);
    return Count;
}

uint32_t
MadeUpEventCount(const NTEXT_SPEC *Spec, uint32_t Thread)
{
    return MadeUpShare(Spec->Starts, Spec->Threads, Thread) +
           MadeUpShare(Spec->Exits, Spec->Threads, Thread) + MadeUpShare(Spec->Images, Spec->Threads, Thread);
}

uint32_t
MadeUpEventBytes(const NTEXT_SPEC *Spec)
{
    /* Each text may be followed by padding. */
    return (uint32_t)sizeof(NTEXT_EVENT) + 2 * (Spec->PathBytes + 2) + Spec->CommandLineBytes + 2 + SID_BYTES;
}

void
MadeUpBegin(MADE_UP *MadeUp, const NTEXT_SPEC *Spec, uint32_t Thread)
{
    memset(MadeUp, 0, sizeof(*MadeUp));
    MadeUp->Share = *Spec;
    MadeUp->Share.Starts = MadeUpShare(Spec->Starts, Spec->Threads, Thread);
    MadeUp->Share.Exits = MadeUpShare(Spec->Exits, Spec->Threads, Thread);
    MadeUp->Share.Images = MadeUpShare(Spec->Images, Spec->Threads, Thread);
    MadeUp->ParentProcessId = Spec->FirstProcessId - PARENT_BELOW;
    for (uint32_t Before = 0; Before < Thread; Before++)
    {
        MadeUp->FirstProcess += MadeUpShareProcessCount(Spec, Before);
        MadeUp->FirstImage += MadeUpShare(Spec->Images, Spec->Threads, Before);
    }
}

/* Writes Prefix, Number, filling and Suffix, as much of it as fits into Bytes, behind what Event has already.
 */
static NTEXT_BYTES
MadeUpText(NTEXT_EVENT *Event, uint32_t Bytes, const uint16_t *Prefix, size_t PrefixCount, uint32_t Number,
           const uint16_t *Suffix, size_t SuffixCount)
{
    uint16_t *To = (uint16_t *)(void *)((uint8_t *)Event + Event->Size);
    size_t Count = Bytes / 2, At = 0;
    uint16_t Digits[DIGITS] = {0};
    for (size_t i = DIGITS; i-- > 0; Number /= 10)
        Digits[i] = (uint16_t)('0' + Number % 10);
    for (size_t i = 0; i < PrefixCount && At < Count; i++)
        To[At++] = Prefix[i];
    for (size_t i = 0; i < DIGITS && At < Count; i++)
        To[At++] = Digits[i];
    while (At + SuffixCount < Count)
        To[At++] = 'x';
    for (size_t i = 0; i < SuffixCount && At < Count; i++)
        To[At++] = Suffix[i];

    NTEXT_BYTES Text = {.Offset = Event->Size, .Length = Bytes};
    if (Bytes % 4)
        To[Count] = 0;
    Event->Size += (Bytes + 3) & ~3u;
    return Text;
}

static NTEXT_BYTES
MadeUpSid(NTEXT_EVENT *Event, uint32_t Process)
{
    static const uint8_t LocalSystem[] = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};
    static const uint8_t User[SID_BYTES] = {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0,
                                            0, 0, 2, 0, 0, 0, 3, 0, 0,  0, 0, 0, 0, 0};
    uint8_t *To = (uint8_t *)Event + Event->Size;
    NTEXT_BYTES Sid = {.Offset = Event->Size, .Length = sizeof(LocalSystem)};
    if (Process % 5 == 4)
    {
        memcpy(To, LocalSystem, sizeof(LocalSystem));
    }
    else
    {
        uint32_t Relative = 1000 + Process % 7;
        Sid.Length = sizeof(User);
        memcpy(To, User, sizeof(User));
        memcpy(To + SID_BYTES - sizeof(Relative), &Relative, sizeof(Relative));
    }
    Event->Size += Sid.Length;
    return Sid;
}

static void
MadeUpProcess(const MADE_UP *MadeUp, NTEXT_EVENT *Event, uint32_t Process)
{
    Event->ProcessId = MadeUp->Share.FirstProcessId + 4 * Process;
    Event->ThreadId = Event->ProcessId + 1;
    Event->CreateTime = MadeUp->Share.BaseTime + (int64_t)Process * CREATE_TIME_STEP;
}

static void
MadeUpStart(MADE_UP *MadeUp, NTEXT_EVENT *Event)
{
    uint32_t Process = MadeUp->FirstProcess + MadeUp->Starts++;
    uint32_t PathBytes = MadeUp->Share.PathBytes;
    MadeUpProcess(MadeUp, Event, Process);
    Event->ThreadId = 0;
    Event->Kind = NTEXT_START;
    Event->ParentProcessId = MadeUp->ParentProcessId;
    Event->ParentCreateTime = MadeUp->Share.BaseTime - PARENT_AGE;
    Event->CreatorProcessId = MadeUp->ParentProcessId;
    Event->CreatorThreadId = MadeUp->Share.FirstProcessId - PARENT_TID_BELOW;
    Event->CreateFlags = NTEXT_FILE_OPEN_NAME_AVAILABLE;
    Event->Known = NTEXT_KNOWS_SESSION | NTEXT_KNOWS_INTEGRITY | NTEXT_KNOWS_ELEVATED | NTEXT_KNOWS_EMULATED;
    Event->SessionId = Process % 3;
    Event->IntegrityLevel = 0x1000 * (1 + Process % 4);
    Event->Elevated = Process % 2;
    Event->Emulated = Process % 4 == 3;
    Event->UserSid = MadeUpSid(Event, Process);
    Event->Image = MadeUpText(Event, PathBytes, TEXT("\\??\\C:\\made-up\\"), Event->ProcessId, TEXT(".exe"));
    Event->NativeImage =
        MadeUpText(Event, PathBytes, TEXT("\\Device\\MadeUp\\"), Event->ProcessId, TEXT(".exe"));
    Event->CommandLine =
        MadeUpText(Event, MadeUp->Share.CommandLineBytes, TEXT("made-up "), Event->ProcessId, TEXT(" end"));
}

static void
MadeUpExit(MADE_UP *MadeUp, NTEXT_EVENT *Event)
{
    uint32_t Process = MadeUp->FirstProcess + MadeUp->Exits++;
    MadeUpProcess(MadeUp, Event, Process);
    Event->Kind = NTEXT_EXIT;
    Event->ExitStatus = Process % 16 == 15 ? STATUS_VIOLATION : Process % 256;
}

static void
MadeUpImage(MADE_UP *MadeUp, NTEXT_EVENT *Event)
{
    uint32_t Image = MadeUp->FirstImage + MadeUp->Images++;
    Event->Kind = NTEXT_IMAGE;
    Event->Base = BASE_FIRST + (uint64_t)BASE_STEP * (Image % BASE_COUNT);
    Event->ImageSize = (uint64_t)PAGE * (1 + Image % 64);
    Event->Properties = NTEXT_IMAGE_ADDRESSING_MODE | NTEXT_IMAGE_EXTENDED_INFO | (Image % 16) << 12 |
                        (Image % 8) << 16 | (Image % 19 == 18 ? NTEXT_IMAGE_MAPPED_TO_ALL : 0) |
                        (Image % 17 == 16 ? NTEXT_IMAGE_PARTIAL_MAP : 0);
    if (MadeUp->Share.KernelImages)
    {
        Event->ThreadId = MadeUp->ParentProcessId + 1;
        Event->Base |= KERNEL_BASE;
        Event->Properties |= NTEXT_IMAGE_SYSTEM_MODE;
        Event->Image =
            MadeUpText(Event, MadeUp->Share.PathBytes, TEXT("\\SystemRoot\\made-up\\"), Image, TEXT(".sys"));
        return;
    }
    /* The youngest process; without starts, the one that exits next. */
    uint32_t Process = MadeUp->Starts ? MadeUp->Starts - 1 : MadeUp->Exits;
    if (!MadeUp->Share.Starts && MadeUp->Share.Exits && Process == MadeUp->Share.Exits)
        Process--;
    MadeUpProcess(MadeUp, Event, MadeUp->FirstProcess + Process);
    Event->Image =
        MadeUpText(Event, MadeUp->Share.PathBytes, TEXT("\\Device\\MadeUp\\"), Image, TEXT(".dll"));
}

/* Whether A / AOf <= B / BOf; 0 / 0 counts as infinity: there is none of that kind. */
static int
MadeUpIsNotLater(uint64_t A, uint64_t AOf, uint64_t B, uint64_t BOf)
{
    return AOf && (!BOf || A * BOf <= B * AOf);
}

int
MadeUpNext(MADE_UP *MadeUp, NTEXT_EVENT *Event)
{
    /* The n-th of N starts stands at n / N, images at (n + 1/2) / N, exits at (n + 1) / N. */
    const NTEXT_SPEC *Share = &MadeUp->Share;
    uint64_t StartOf = MadeUp->Starts < Share->Starts ? Share->Starts : 0;
    uint64_t ExitOf = MadeUp->Exits < Share->Exits ? Share->Exits : 0;
    uint64_t ImageOf = MadeUp->Images < Share->Images ? 2ull * Share->Images : 0;
    uint64_t Start = MadeUp->Starts, Exit = MadeUp->Exits + 1ull, Image = 2ull * MadeUp->Images + 1;

    memset(Event, 0, sizeof(*Event));
    Event->Size = sizeof(*Event);
    if (MadeUpIsNotLater(Image, ImageOf, Start, StartOf) && MadeUpIsNotLater(Image, ImageOf, Exit, ExitOf))
        MadeUpImage(MadeUp, Event);
    else if (MadeUpIsNotLater(Exit, ExitOf, Start, StartOf))
        MadeUpExit(MadeUp, Event);
    else if (StartOf)
        MadeUpStart(MadeUp, Event);
    else
        return 0;
    return 1;
}
