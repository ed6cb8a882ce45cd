/* SPDX-License-Identifier: MIT
 *
 * A machine for scenarios: the driver that runs under Wine, and ntext.sys to raise events with. Nobody else may raise any.
 *
 *     scenarios --list          a line each: its name, and whether the driver `stays` or `stops`
 *     scenarios NAME ROUNDS     `held N times`, or what did not hold, and exit code 1
 */
#include "scenario.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ntext.h"
#include "tally.h"

#define HOST_MAX_ID      256u
#define HOST_CREATE_TIME 0x01DD000000000000ll

struct HOST_IO
{
    HANDLE Event;
    IO_STATUS_BLOCK Result;
    NTSTATUS Issued;
    HANDLE Handle;
};

/* Exported by ntdll.dll, missing from the header. */
NTSYSAPI NTSTATUS NTAPI NtCancelIoFileEx(HANDLE File, IO_STATUS_BLOCK *Request, IO_STATUS_BLOCK *Result);

static HANDLE Ntext;
static bool Alive[HOST_MAX_ID];

/* ---- Failing ---- */

void
HostFail(const char *File, int Line, const char *Format, ...)
{
    va_list Arguments;
    printf("%s:%d: does not hold: ", File, Line);
    va_start(Arguments, Format);
    vprintf(Format, Arguments);
    va_end(Arguments);
    putchar('\n');
    fflush(stdout);
    exit(EXIT_FAILURE);
}

bool
HostIsGood(const char *File, int Line, const char *What, NTSTATUS Status)
{
    if (Status != STATUS_SUCCESS)
        HostFail(File, Line, "%s is 0x%08lX", What, (unsigned long)Status);
    return true;
}

void
HostNoMoreFaults(void)
{
}

/* ---- Handles and requests ---- */

NTSTATUS
HostOpen(HANDLE *Handle)
{
    WCHAR Name[] = L"\\??\\Prcm";
    UNICODE_STRING String = {
        .Length = sizeof(Name) - sizeof(WCHAR), .MaximumLength = sizeof(Name), .Buffer = Name};
    OBJECT_ATTRIBUTES Attributes;
    IO_STATUS_BLOCK Result;
    PRCM_QUERY Query;
    InitializeObjectAttributes(&Attributes, &String, OBJ_CASE_INSENSITIVE, NULL, NULL);
    NTSTATUS Status =
        NtCreateFile(Handle, FILE_READ_DATA | FILE_WRITE_DATA, &Attributes, &Result, NULL, 0,
                     FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN, FILE_NON_DIRECTORY_FILE, NULL, 0);
    if (Status)
        return Status;
    /* Wine hands out a handle for an open that was refused; its first request tells. */
    Status = HostIoWait(HostControlStart(*Handle, PRCM_IOCTL_QUERY, NULL, 0, &Query, sizeof(Query)), NULL);
    if (Status)
        NtClose(*Handle);
    return Status;
}

NTSTATUS
HostClose(HANDLE Handle)
{
    return NtClose(Handle);
}

HANDLE
HostDuplicate(HANDLE Handle)
{
    HANDLE Copy = NULL;
    DuplicateHandle(GetCurrentProcess(), Handle, GetCurrentProcess(), &Copy, 0, FALSE, DUPLICATE_SAME_ACCESS);
    return Copy;
}

HOST_IO *
HostControlStart(HANDLE Handle, uint32_t Code, const void *In, uint32_t InBytes, void *Out, uint32_t OutBytes)
{
    HOST_IO *Io = calloc(1, sizeof(*Io));
    CHECK(Io);
    Io->Event = CreateEventW(NULL, TRUE, FALSE, NULL);
    Io->Handle = Handle;
    Io->Issued = NtDeviceIoControlFile(Handle, Io->Event, NULL, NULL, &Io->Result, Code,
                                       (void *)(uintptr_t)In, InBytes, Out, OutBytes);
    return Io;
}

void
HostIoCancel(HOST_IO *Io)
{
    IO_STATUS_BLOCK Result;
    NtCancelIoFileEx(Io->Handle, &Io->Result, &Result);
}

NTSTATUS
HostIoWait(HOST_IO *Io, uint32_t *Information)
{
    NTSTATUS Status = Io->Issued;
    if (Status == STATUS_PENDING)
    {
        WaitForSingleObject(Io->Event, INFINITE);
        Status = Io->Result.Status;
    }
    if (Information)
        *Information = (uint32_t)Io->Result.Information;
    CloseHandle(Io->Event);
    free(Io);
    return Status;
}

/* ---- Events ---- */

/* Text, a member of Event, gets so many bytes of letters. */
static void
HostRaise(NTEXT_EVENT *Event, NTEXT_BYTES *Text, uint32_t Bytes)
{
    OVERLAPPED Overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    NTEXT_RESULT Result;
    DWORD Returned;
    char *Input = malloc(sizeof(*Event) + Bytes);
    CHECK(Input);
    Event->Size = (uint32_t)sizeof(*Event) + Bytes;
    *Text = (NTEXT_BYTES){Bytes ? (uint32_t)sizeof(*Event) : 0, Bytes};
    memcpy(Input, Event, sizeof(*Event));
    for (uint32_t At = 0; At < Bytes; At += 2)
    {
        Input[sizeof(*Event) + At] = (char)('a' + At / 2 % 26);
        Input[sizeof(*Event) + At + 1] = 0;
    }
    if (!DeviceIoControl(Ntext, NTEXT_IOCTL_RAISE, Input, Event->Size, &Result, sizeof(Result), NULL,
                         &Overlapped) &&
        GetLastError() != ERROR_IO_PENDING)
        HostFail(__FILE__, __LINE__, "ntext.sys: error %lu", GetLastError());
    if (!GetOverlappedResult(Ntext, &Overlapped, &Returned, TRUE))
        HostFail(__FILE__, __LINE__, "ntext.sys: error %lu", GetLastError());
    CloseHandle(Overlapped.hEvent);
    free(Input);
}

static NTEXT_EVENT
HostEvent(uint32_t Kind, uint32_t Id)
{
    return (NTEXT_EVENT){.Kind = Kind,
                         .ProcessId = Id,
                         .ThreadId = Id + 2,
                         .CreateTime = HOST_CREATE_TIME + Id,
                         .ParentProcessId = 4};
}

void
HostRaiseStart(uint32_t Id, uint32_t CommandLineBytes)
{
    NTEXT_EVENT Event = HostEvent(NTEXT_START, Id);
    CHECK(Id % 4 == 0 && Id / 4 < HOST_MAX_ID && !Alive[Id / 4]);
    Alive[Id / 4] = true;
    HostRaise(&Event, &Event.CommandLine, CommandLineBytes);
}

void
HostRaiseImage(uint32_t Id, uint32_t PathBytes)
{
    NTEXT_EVENT Event = HostEvent(NTEXT_IMAGE, Id);
    Event.Base = 0x7FF60000u;
    Event.ImageSize = 0x10000;
    HostRaise(&Event, &Event.Image, PathBytes);
}

void
HostRaiseExit(uint32_t Id)
{
    NTEXT_EVENT Event = HostEvent(NTEXT_EXIT, Id);
    CHECK(Alive[Id / 4]);
    Alive[Id / 4] = false;
    HostRaise(&Event, &Event.Image, 0);
}

/* ---- Threads ---- */

struct HOST_THREAD
{
    HANDLE Handle;
    void (*Routine)(void *);
    void *Context;
};

static DWORD WINAPI
HostThreadMain(void *Context)
{
    HOST_THREAD *Thread = Context;
    Thread->Routine(Thread->Context);
    return 0;
}

HOST_THREAD *
HostThreadStart(void (*Routine)(void *), void *Context)
{
    HOST_THREAD *Thread = calloc(1, sizeof(*Thread));
    CHECK(Thread);
    Thread->Routine = Routine;
    Thread->Context = Context;
    Thread->Handle = CreateThread(NULL, 0, HostThreadMain, Thread, 0, NULL);
    if (!Thread->Handle)
        HostFail(__FILE__, __LINE__, "CreateThread: error %lu", GetLastError());
    return Thread;
}

void
HostThreadJoin(HOST_THREAD *Thread)
{
    WaitForSingleObject(Thread->Handle, INFINITE);
    CloseHandle(Thread->Handle);
    free(Thread);
}

/* ---- The program ---- */

void
TallyEvents(unsigned Producers, unsigned Readers, bool Loss, uint64_t Events)
{
    (void)Producers;
    (void)Readers;
    (void)Loss;
    (void)Events;
}

/* Processes that the scenario left alive end unseen: nobody reads. */
static void
HostRound(const SCENARIO *Scenario)
{
    Scenario->Run();
    for (uint32_t Id = 0; Id < 4 * HOST_MAX_ID; Id += 4)
        if (Alive[Id / 4])
            HostRaiseExit(Id);
}

static int
HostList(void)
{
    for (uint32_t Index = 0; Index < ScenarioCount; Index++)
        printf("%s %s\n", Scenarios[Index].Name, Scenarios[Index].Stops ? "stops" : "stays");
    return EXIT_SUCCESS;
}

int
main(int Count, char **Arguments)
{
    if (Count == 2 && strcmp(Arguments[1], "--list") == 0)
        return HostList();
    for (uint32_t Index = 0; Count == 3 && Index < ScenarioCount; Index++)
    {
        const SCENARIO *Scenario = &Scenarios[Index];
        unsigned long Rounds = strtoul(Arguments[2], NULL, 10);
        if (strcmp(Scenario->Name, Arguments[1]) != 0)
            continue;
        Ntext =
            CreateFileW(NTEXT_WIN32_NAME, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                        NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
        if (Ntext == INVALID_HANDLE_VALUE)
            HostFail(__FILE__, __LINE__, "cannot open ntext.sys: error %lu", GetLastError());
        for (unsigned long Round = 0; Round < Rounds; Round++)
            HostRound(Scenario);
        printf("held %lu times\n", Rounds);
        return EXIT_SUCCESS;
    }
    fprintf(stderr, "usage: scenarios --list | scenarios NAME ROUNDS\n");
    return 2;
}
