/* SPDX-License-Identifier: MIT
 *
 * Carries out raw requests for the tests. Reads one command a line from standard input and answers each with
 * one JSON object a line; what is asked and what should come of it is in the tests. Numbers are decimal or
 * 0x-hexadecimal, names have no blanks.
 *
 *     pid                                this process
 *     open ACCESS [NAME [ROOT]]          NtCreateFile; NAME - is empty, ROOT a handle it is relative to
 *     close HANDLE
 *     give HANDLE PID                    duplicates HANDLE into the process PID, which may be this one
 *     read HANDLE | write HANDLE         NtReadFile, NtWriteFile
 *     ioctl HANDLE CODE INPUT LENGTH     INPUT: hexadecimal bytes, - for none, *N for N zeros; LENGTH of
 *                                        the output, with +1 behind it at an odd address, with * before it
 *                                        for more than is there
 *     wait ID MS                         for an ioctl that answered with status 0x103
 *     cancel ID
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <winternl.h>

#define MAX_LINE_BYTES  (512u * 1024u)
#define MAX_REQUESTS    256u
#define MAX_SHOWN_BYTES 8192u /* of an output */
#define GUARD_BYTES     16u
#define BOGUS_BYTES     4096u /* that are there of a length that is not */
#define FILL            0xA5  /* what an output holds before the request */
#define ST_PENDING      0x103u

/* Exported by ntdll.dll, missing from the header. */
NTSYSAPI NTSTATUS NTAPI NtReadFile(HANDLE File, HANDLE Event, PIO_APC_ROUTINE Apc, PVOID ApcContext,
                                   IO_STATUS_BLOCK *Result, PVOID Buffer, ULONG Length, LARGE_INTEGER *Offset,
                                   ULONG *Key);
NTSYSAPI NTSTATUS NTAPI NtWriteFile(HANDLE File, HANDLE Event, PIO_APC_ROUTINE Apc, PVOID ApcContext,
                                    IO_STATUS_BLOCK *Result, PVOID Buffer, ULONG Length,
                                    LARGE_INTEGER *Offset, ULONG *Key);

typedef struct REQUEST
{
    bool Used;
    HANDLE Handle;
    HANDLE Event;
    IO_STATUS_BLOCK Result;
    uint8_t *Memory;
    uint8_t *Output;
    uint32_t OutputLength;
    bool Bogus; /* the output is not as long as was said */
} REQUEST;

static REQUEST Requests[MAX_REQUESTS];

static uint64_t
ParseNumber(const char *Text)
{
    return Text ? strtoull(Text, NULL, 0) : 0;
}

static HANDLE
ParseHandle(const char *Text)
{
    return (HANDLE)(uintptr_t)ParseNumber(Text);
}

static void
AnswerStatus(uint32_t Status)
{
    printf("{\"status\":%" PRIu32 "}\n", Status);
}

static void
AnswerWin32(bool Done)
{
    printf("{\"error\":%lu}\n", Done ? 0 : GetLastError());
}

/* ---- Handles --------------------------------------------------------------------------------------------
 */

static void
CommandOpen(const char *Access, const char *Name, const char *Root)
{
    WCHAR Wide[512];
    UNICODE_STRING String;
    OBJECT_ATTRIBUTES Attributes;
    IO_STATUS_BLOCK Result;
    HANDLE Handle = NULL;

    if (!Name)
        Name = "\\??\\Prcm";
    int Count = MultiByteToWideChar(CP_UTF8, 0, strcmp(Name, "-") ? Name : "", -1, Wide, ARRAYSIZE(Wide));
    String = (UNICODE_STRING){
        .Length = (USHORT)(2 * (Count - 1)), .MaximumLength = (USHORT)(2 * Count), .Buffer = Wide};
    InitializeObjectAttributes(&Attributes, &String, OBJ_CASE_INSENSITIVE, ParseHandle(Root), NULL);
    NTSTATUS Status =
        NtCreateFile(&Handle, (ACCESS_MASK)ParseNumber(Access), &Attributes, &Result, NULL, 0,
                     FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN, FILE_NON_DIRECTORY_FILE, NULL, 0);
    printf("{\"status\":%" PRIu32 ",\"handle\":%" PRIuPTR "}\n", (uint32_t)Status, (uintptr_t)Handle);
}

static void
CommandGive(const char *Text, const char *Pid)
{
    HANDLE Given = NULL;
    HANDLE Process = OpenProcess(PROCESS_DUP_HANDLE, FALSE, (DWORD)ParseNumber(Pid));
    bool Done = Process && DuplicateHandle(GetCurrentProcess(), ParseHandle(Text), Process, &Given, 0, FALSE,
                                           DUPLICATE_SAME_ACCESS);
    DWORD Error = Done ? 0 : GetLastError();
    if (Process)
        CloseHandle(Process);
    printf("{\"error\":%lu,\"handle\":%" PRIuPTR "}\n", Error, (uintptr_t)Given);
}

static void
CommandReadWrite(const char *Text, bool Write)
{
    char Buffer[16] = {0};
    LARGE_INTEGER Offset = {.QuadPart = 0};
    IO_STATUS_BLOCK Result;
    HANDLE Event = CreateEventW(NULL, TRUE, FALSE, NULL);
    NTSTATUS Status = Write ? NtWriteFile(ParseHandle(Text), Event, NULL, NULL, &Result, Buffer,
                                          sizeof(Buffer), &Offset, NULL)
                            : NtReadFile(ParseHandle(Text), Event, NULL, NULL, &Result, Buffer,
                                         sizeof(Buffer), &Offset, NULL);
    if (Status == STATUS_PENDING && WaitForSingleObject(Event, INFINITE) == WAIT_OBJECT_0)
        Status = Result.Status;
    CloseHandle(Event);
    AnswerStatus((uint32_t)Status);
}

/* ---- Requests -------------------------------------------------------------------------------------------
 */

static REQUEST *
RequestTake(void)
{
    for (size_t Index = 0; Index < MAX_REQUESTS; Index++)
        if (!Requests[Index].Used)
        {
            Requests[Index] = (REQUEST){.Used = true, .Event = CreateEventW(NULL, TRUE, FALSE, NULL)};
            return &Requests[Index];
        }
    fputs("probe: too many requests\n", stderr);
    exit(2);
}

static REQUEST *
RequestFind(const char *Text)
{
    uint64_t Index = ParseNumber(Text);
    return Index < MAX_REQUESTS && Requests[Index].Used ? &Requests[Index] : NULL;
}

static bool
RequestOverran(const REQUEST *Request)
{
    if (Request->Bogus)
        return false;
    for (size_t At = 0; At < GUARD_BYTES; At++)
        if (Request->Output[Request->OutputLength + At] != FILL)
            return true;
    return false;
}

/* Answers for a request that is complete, and forgets it. Status is what the caller was told. */
static void
RequestEnd(REQUEST *Request, uint32_t Status, uint64_t Information)
{
    /* A warning carries data, an error does not. */
    bool HasData = Status < 0xC0000000u && !Request->Bogus;
    uint64_t Shown = !HasData ? 0 : min(min(Information, Request->OutputLength), MAX_SHOWN_BYTES);
    printf("{\"status\":%" PRIu32 ",\"information\":%" PRIu64 ",\"overrun\":%s,\"data\":\"", Status,
           HasData ? Information : 0, RequestOverran(Request) ? "true" : "false");
    for (uint64_t At = 0; At < Shown; At++)
        printf("%02x", Request->Output[At]);
    puts("\"}");
    CloseHandle(Request->Event);
    free(Request->Memory);
    Request->Used = false;
}

static void
RequestMakeOutput(REQUEST *Request, const char *Text)
{
    Request->Bogus = *Text == '*';
    Request->OutputLength = (uint32_t)ParseNumber(Text + Request->Bogus);
    size_t Room = (Request->Bogus ? BOGUS_BYTES : Request->OutputLength) + 1 + GUARD_BYTES;
    Request->Memory = malloc(Room);
    if (!Request->Memory)
    {
        fputs("probe: no memory\n", stderr);
        exit(2);
    }
    memset(Request->Memory, FILL, Room);
    Request->Output = Request->Memory + (strchr(Text, '+') ? 1 : 0);
}

static uint32_t
ParseInput(char *Text, uint8_t **Input)
{
    *Input = (uint8_t *)Text;
    if (*Text == '*')
    {
        uint32_t Length = (uint32_t)ParseNumber(Text + 1);
        *Input = calloc(1, Length);
        return *Input ? Length : 0;
    }
    if (*Text == '-')
    {
        *Input = NULL;
        return 0;
    }
    uint32_t Length = (uint32_t)strlen(Text) / 2;
    for (uint32_t At = 0; At < Length; At++)
    {
        char Pair[3] = {Text[2 * At], Text[2 * At + 1], 0};
        Text[At] = (char)strtoul(Pair, NULL, 16);
    }
    return Length;
}

static void
CommandIoctl(const char *Handle, const char *Code, char *InputText, const char *OutputText)
{
    uint8_t *Input;
    if (!InputText || !OutputText)
    {
        AnswerWin32(false);
        return;
    }
    bool Zeros = *InputText == '*';
    uint32_t InputLength = ParseInput(InputText, &Input);
    REQUEST *Request = RequestTake();
    Request->Handle = ParseHandle(Handle);
    RequestMakeOutput(Request, OutputText);
    uint32_t Status = (uint32_t)NtDeviceIoControlFile(
        Request->Handle, Request->Event, NULL, NULL, &Request->Result, (ULONG)ParseNumber(Code), Input,
        InputLength, Request->OutputLength ? Request->Output : NULL, Request->OutputLength);
    if (Zeros && Status != ST_PENDING)
        free(Input);
    if (Status == ST_PENDING)
        printf("{\"status\":%u,\"id\":%zu}\n", ST_PENDING, (size_t)(Request - Requests));
    else
        RequestEnd(Request, Status, Request->Result.Information);
}

static void
CommandWait(const char *Id, const char *Ms)
{
    REQUEST *Request = RequestFind(Id);
    if (Request && WaitForSingleObject(Request->Event, (DWORD)ParseNumber(Ms)) == WAIT_OBJECT_0)
        RequestEnd(Request, (uint32_t)Request->Result.Status, Request->Result.Information);
    else
        AnswerStatus(ST_PENDING);
}

static void
CommandCancel(const char *Id)
{
    REQUEST *Request = RequestFind(Id);
    /* An IO_STATUS_BLOCK is what an OVERLAPPED begins with, and is what a request is known by. */
    AnswerWin32(Request && CancelIoEx(Request->Handle, (OVERLAPPED *)(void *)&Request->Result));
}

static void
Carry(char *Line)
{
    char *Words[5] = {NULL};
    char *Word = strtok(Line, " \r\n");
    for (size_t Index = 0; Word && Index < ARRAYSIZE(Words); Index++, Word = strtok(NULL, " \r\n"))
        Words[Index] = Word;

    const char *Verb = Words[0] ? Words[0] : "";
    if (!strcmp(Verb, "pid"))
        printf("{\"pid\":%lu}\n", GetCurrentProcessId());
    else if (!strcmp(Verb, "open"))
        CommandOpen(Words[1], Words[2], Words[3]);
    else if (!strcmp(Verb, "close"))
        AnswerStatus((uint32_t)NtClose(ParseHandle(Words[1])));
    else if (!strcmp(Verb, "give"))
        CommandGive(Words[1], Words[2]);
    else if (!strcmp(Verb, "read") || !strcmp(Verb, "write"))
        CommandReadWrite(Words[1], Verb[0] == 'w');
    else if (!strcmp(Verb, "ioctl"))
        CommandIoctl(Words[1], Words[2], Words[3], Words[4]);
    else if (!strcmp(Verb, "wait"))
        CommandWait(Words[1], Words[2]);
    else if (!strcmp(Verb, "cancel"))
        CommandCancel(Words[1]);
    else
        puts("{\"unknown\":true}");
}

int
main(void)
{
    static char Line[MAX_LINE_BYTES];
    while (fgets(Line, sizeof(Line), stdin))
    {
        Carry(Line);
        fflush(stdout);
    }
    return 0;
}
