/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <wchar.h>

#include "feeder.h"
#include "madeup.h"

#define RAISE_FIRST_PROCESS_ID   1000000
#define RAISE_COMMAND_LINE_BYTES 60
#define RAISE_PATH_BYTES         80
#define RAISE_MAX_REPEAT         1000000

typedef struct RAISE
{
    NTEXT_SPEC Spec;
    uint32_t Repeat;
    const WCHAR *TruthPath;
    TRUTH *Truth;
    NTEXT_BULK_RESULT *Answer; /* and its bitmap */
    DWORD AnswerBytes;
    NTEXT_EVENT *Event;
    uint64_t Raised;
    uint64_t Delivered;
} RAISE;

/* 1: taken with its value, 0: not a number, -1: no such option. */
static int
RaiseNumber(RAISE *Raise, const WCHAR *Name, const WCHAR *Value)
{
    const struct
    {
        const WCHAR *Name;
        uint32_t *Number;
        uint32_t Max;
    } Options[] = {{L"--starts", &Raise->Spec.Starts, NTEXT_MAX_BULK_EVENTS},
                   {L"--exits", &Raise->Spec.Exits, NTEXT_MAX_BULK_EVENTS},
                   {L"--images", &Raise->Spec.Images, NTEXT_MAX_BULK_EVENTS},
                   {L"--first-pid", &Raise->Spec.FirstProcessId, NTEXT_LAST_PROCESS_ID},
                   {L"--command-line-bytes", &Raise->Spec.CommandLineBytes, NTEXT_MAX_TEXT_BYTES},
                   {L"--path-bytes", &Raise->Spec.PathBytes, NTEXT_MAX_PATH_BYTES},
                   {L"--threads", &Raise->Spec.Threads, NTEXT_MAX_BULK_THREADS},
                   {L"--repeat", &Raise->Repeat, RAISE_MAX_REPEAT}};
    for (size_t i = 0; i < sizeof(Options) / sizeof(Options[0]); i++)
    {
        WCHAR *End;
        if (wcscmp(Name, Options[i].Name) != 0)
            continue;
        if (!Value || *Value < L'0' || *Value > L'9')
            return 0;
        unsigned long Number = wcstoul(Value, &End, 0);
        *Options[i].Number = (uint32_t)Number;
        return !*End && Number <= Options[i].Max;
    }
    return -1;
}

static int
RaiseParse(RAISE *Raise, int Count, WCHAR **Arguments)
{
    for (int i = 0; i < Count; i++)
    {
        const WCHAR *Value = i + 1 < Count ? Arguments[i + 1] : NULL;
        if (wcscmp(Arguments[i], L"--kernel") == 0)
        {
            Raise->Spec.KernelImages = 1;
            continue;
        }
        if (wcscmp(Arguments[i], L"--truth") == 0)
        {
            if (!Value)
                return FeederUsageError("raise: --truth wants a file");
            Raise->TruthPath = Value;
        }
        else
        {
            int Taken = RaiseNumber(Raise, Arguments[i], Value);
            if (Taken < 0)
                return FeederUsageError("raise: %ls is no option", Arguments[i]);
            if (!Taken)
                return FeederUsageError("raise: %ls wants a number within its limits", Arguments[i]);
        }
        i++;
    }
    return 0;
}

static void
RaiseWriteTruth(RAISE *Raise, int64_t Time)
{
    const uint8_t *Bits = (const uint8_t *)(Raise->Answer + 1);
    for (uint32_t Thread = 0; Thread < Raise->Spec.Threads; Thread++)
    {
        MADE_UP MadeUp;
        MadeUpBegin(&MadeUp, &Raise->Spec, Thread);
        for (uint32_t i = 0; MadeUpNext(&MadeUp, Raise->Event); i++)
            if (Bits[i / 8] >> i % 8 & 1)
                TruthEvent(Raise->Truth, Raise->Event,
                           Raise->Event->Kind == NTEXT_IMAGE ? Raise->Answer->ImageTier
                                                             : Raise->Answer->ProcessTier,
                           Time, NULL, Thread);
        Bits += (MadeUpEventCount(&Raise->Spec, Thread) + 7) / 8;
    }
}

static int
RaiseOnce(RAISE *Raise, HANDLE Device)
{
    int64_t Time = FeederNow();
    DWORD Error = DeviceControl(Device, NTEXT_IOCTL_BULK, &Raise->Spec, sizeof(Raise->Spec), Raise->Answer,
                                Raise->AnswerBytes);
    if (Error)
    {
        FeederError("the events could not be raised (error %lu): has the driver been stopped?", Error);
        return FEEDER_EXIT_RAISE;
    }
    Raise->Raised += (uint64_t)Raise->Spec.Starts + Raise->Spec.Exits + Raise->Spec.Images;
    Raise->Delivered += Raise->Answer->Delivered;
    if (Raise->Truth)
    {
        RaiseWriteTruth(Raise, Time);
        if (!TruthFlush(Raise->Truth))
            return FEEDER_EXIT_TRUTH;
    }
    Raise->Spec.FirstProcessId += 4 * MadeUpProcessCount(&Raise->Spec);
    return 0;
}

static int
RaiseAll(RAISE *Raise, HANDLE Device)
{
    int Exit = 0;
    ULONGLONG Began = GetTickCount64();
    for (uint32_t i = 0; i < Raise->Repeat && !Exit; i++)
    {
        if (!MadeUpIsValid(&Raise->Spec))
        {
            FeederError("the process ids run out at repeat %u", i);
            return FEEDER_EXIT_USAGE;
        }
        Exit = RaiseOnce(Raise, Device);
    }
    FeederError("%llu events raised, %llu of them handed to a driver, in %llu ms",
                (unsigned long long)Raise->Raised, (unsigned long long)Raise->Delivered,
                (unsigned long long)(GetTickCount64() - Began));
    return Exit;
}

static BOOL
RaiseAllocate(RAISE *Raise)
{
    Raise->AnswerBytes = sizeof(*Raise->Answer);
    for (uint32_t Thread = 0; Thread < Raise->Spec.Threads; Thread++)
        Raise->AnswerBytes += (MadeUpEventCount(&Raise->Spec, Thread) + 7) / 8;
    Raise->Answer = malloc(Raise->AnswerBytes);
    Raise->Event = malloc(MadeUpEventBytes(&Raise->Spec));
    if (!Raise->Answer || !Raise->Event)
        FeederError("no memory");
    return Raise->Answer && Raise->Event;
}

static int
RaiseWith(RAISE *Raise, HANDLE Device)
{
    if (!RaiseAllocate(Raise))
        return FEEDER_EXIT_RAISE;
    if (Raise->TruthPath && (Raise->Truth = TruthOpen(Raise->TruthPath)) == NULL)
        return FEEDER_EXIT_TRUTH;
    int Exit = RaiseAll(Raise, Device);
    if (!TruthClose(Raise->Truth) && !Exit)
        Exit = FEEDER_EXIT_TRUTH;
    return Exit;
}

int
RaiseCommand(int Count, WCHAR **Arguments)
{
    RAISE Raise = {.Spec = {.Size = sizeof(Raise.Spec),
                            .FirstProcessId = RAISE_FIRST_PROCESS_ID,
                            .Threads = 1,
                            .CommandLineBytes = RAISE_COMMAND_LINE_BYTES,
                            .PathBytes = RAISE_PATH_BYTES,
                            .BaseTime = FeederNow()},
                   .Repeat = 1};
    int Exit = RaiseParse(&Raise, Count, Arguments);
    if (Exit)
        return Exit;
    if (!MadeUpIsValid(&Raise.Spec))
        return FeederUsageError("raise: at least one thread, ids that are multiples of 4 from %u to %u, "
                                "lengths that are even",
                                NTEXT_FIRST_PROCESS_ID, NTEXT_LAST_PROCESS_ID);
    HANDLE Device = DeviceOpenRegistered();
    if (Device == INVALID_HANDLE_VALUE)
        return FEEDER_EXIT_NO_DRIVER;
    Exit = RaiseWith(&Raise, Device);
    free(Raise.Answer);
    free(Raise.Event);
    CloseHandle(Device);
    return Exit;
}
