/* SPDX-License-Identifier: MIT
 *
 * Who has the driver's device open. A device that is to go refuses to be opened and asked, so the system's table of
 * handles is gone through: each of a file is duplicated and asked for its name. To name a file that was opened for
 * synchronous I/O waits until no request of its is under way, a pipe's for ever; so that is done by a thread that is
 * given up and replaced where it does not answer.
 *
 * Facts: NtQueryObject and NtQuerySystemInformation on Microsoft's pages; SystemExtendedHandleInformation (since Server
 * 2003) is not on them and is what the Windows debuggers' and everybody's handle viewers use.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>
#include <winternl.h>

#include "prcm.h"
#include "result.h"

#define EXTENDED_HANDLE_INFORMATION 64
#define OBJECT_NAME_INFORMATION     1
#define STATUS_TOO_SHORT            ((NTSTATUS)0xC0000004) /* STATUS_INFO_LENGTH_MISMATCH */

#define FIRST_TABLE_BYTES (1u << 20)
#define MAX_TABLE_BYTES   (1u << 28)

#define NAME_BYTES    2048u
#define NAME_WAIT_MS  250u
#define MAX_ABANDONED 8u

/* Of PRCM_WIN32_NAME, before the name of the link. */
#define PREFIX_CHARACTERS 4

typedef void (*ROUTINE)(void);
typedef NTSTATUS(NTAPI *QUERY_SYSTEM)(ULONG Class, void *Output, ULONG Bytes, ULONG *Needed);
typedef NTSTATUS(NTAPI *QUERY_OBJECT)(HANDLE Handle, ULONG Class, void *Output, ULONG Bytes, ULONG *Needed);

typedef struct TABLE_ENTRY
{
    void *Object;
    ULONG_PTR ProcessId;
    ULONG_PTR Handle;
    ULONG Access;
    USHORT BackTrace;
    USHORT Type;
    ULONG Attributes;
    ULONG Reserved;
} TABLE_ENTRY;

typedef struct TABLE
{
    ULONG_PTR Count;
    ULONG_PTR Reserved;
    TABLE_ENTRY Entries[];
} TABLE;

/* One question at a time to the thread that may not answer. It is never freed while the thread has it. */
typedef struct NAMER
{
    QUERY_OBJECT Query;
    HANDLE Thread;
    HANDLE Asked;
    HANDLE Answered;
    HANDLE Handle;
    bool Known;
    union
    {
        UNICODE_STRING Name;
        BYTE Bytes[NAME_BYTES];
    } Answer;
} NAMER;

typedef struct SEARCH
{
    WCHAR Device[MAX_PATH];
    QUERY_OBJECT QueryObject;
    NAMER *Namer;
    HANDLE Process; /* of ProcessId; NULL: not to be had */
    ULONG_PTR ProcessId;
    uint32_t Abandoned;
    PRCM_HOLDERS *Holders;
} SEARCH;

static DWORD WINAPI
AnswerNames(void *Context)
{
    NAMER *Namer = Context;
    for (;;)
    {
        ULONG Needed;
        WaitForSingleObject(Namer->Asked, INFINITE);
        if (Namer->Handle == NULL)
            return 0;
        Namer->Known = Namer->Query(Namer->Handle, OBJECT_NAME_INFORMATION, &Namer->Answer,
                                    sizeof(Namer->Answer), &Needed) >= 0;
        SetEvent(Namer->Answered);
    }
}

static void
NamerFree(NAMER *Namer)
{
    if (Namer->Asked != NULL)
        CloseHandle(Namer->Asked);
    if (Namer->Answered != NULL)
        CloseHandle(Namer->Answered);
    if (Namer->Thread != NULL)
        CloseHandle(Namer->Thread);
    free(Namer);
}

static NAMER *
NamerCreate(QUERY_OBJECT Query)
{
    NAMER *Namer = calloc(1, sizeof(*Namer));
    if (Namer == NULL)
        return NULL;
    Namer->Query = Query;
    Namer->Asked = CreateEventW(NULL, FALSE, FALSE, NULL);
    Namer->Answered = CreateEventW(NULL, FALSE, FALSE, NULL);
    if (Namer->Asked != NULL && Namer->Answered != NULL)
        Namer->Thread = CreateThread(NULL, 0, AnswerNames, Namer, 0, NULL);
    if (Namer->Thread != NULL)
        return Namer;
    NamerFree(Namer);
    return NULL;
}

static void
NamerEnd(NAMER *Namer)
{
    Namer->Handle = NULL;
    SetEvent(Namer->Asked);
    WaitForSingleObject(Namer->Thread, INFINITE);
    NamerFree(Namer);
}

/* Its thread waits in the kernel and holds nothing of the process's. What it writes to stays, in case that it cannot
 * be ended. */
static void
NamerAbandon(SEARCH *Search)
{
    TerminateThread(Search->Namer->Thread, 0);
    Search->Abandoned++;
    Search->Namer = Search->Abandoned < MAX_ABANDONED ? NamerCreate(Search->QueryObject) : NULL;
    Search->Holders->Complete = 0;
}

/* Whether Handle, which is this process's own, is one of the device. */
static bool
IsOfDevice(SEARCH *Search, HANDLE Handle)
{
    NAMER *Namer = Search->Namer;
    Namer->Handle = Handle;
    SetEvent(Namer->Asked);
    if (WaitForSingleObject(Namer->Answered, NAME_WAIT_MS) != WAIT_OBJECT_0)
    {
        NamerAbandon(Search);
        return false;
    }
    const UNICODE_STRING *Name = &Namer->Answer.Name;
    size_t Length = wcslen(Search->Device);
    return Namer->Known && Name->Length == Length * sizeof(WCHAR) &&
           _wcsnicmp(Name->Buffer, Search->Device, Length) == 0;
}

static void
Note(PRCM_HOLDERS *Holders, ULONG_PTR ProcessId)
{
    uint32_t Index = 0;
    Holders->Handles++;
    while (Index < Holders->Count && Holders->Holders[Index].ProcessId != ProcessId)
        Index++;
    if (Index == PRCM_MAX_HOLDERS)
        return;
    Holders->Count += Index == Holders->Count;
    Holders->Holders[Index].ProcessId = (uint32_t)ProcessId;
    Holders->Holders[Index].Handles++;
}

/* Entries of a process stand together, so it is opened once. */
static void
OpenProcessOf(SEARCH *Search, const TABLE_ENTRY *Entry)
{
    if (Entry->ProcessId == Search->ProcessId)
        return;
    if (Search->Process != NULL)
        CloseHandle(Search->Process);
    Search->ProcessId = Entry->ProcessId;
    Search->Process = OpenProcess(PROCESS_DUP_HANDLE, FALSE, (DWORD)Entry->ProcessId);
    if (Search->Process == NULL)
        Search->Holders->Complete = 0;
}

static void
LookAt(SEARCH *Search, const TABLE_ENTRY *Entry)
{
    HANDLE Own;
    OpenProcessOf(Search, Entry);
    if (Search->Process == NULL ||
        !DuplicateHandle(Search->Process, (HANDLE)Entry->Handle, GetCurrentProcess(), &Own, 0, FALSE, 0))
        return;
    if (IsOfDevice(Search, Own))
        Note(Search->Holders, Entry->ProcessId);
    CloseHandle(Own);
}

/* All handles of the system, with one of this process's own to a file among them. NULL: not to be had. */
static TABLE *
ReadTable(QUERY_SYSTEM Query)
{
    ULONG Needed;
    for (ULONG Bytes = FIRST_TABLE_BYTES; Bytes <= MAX_TABLE_BYTES; Bytes *= 2)
    {
        TABLE *Table = malloc(Bytes);
        if (Table == NULL)
            return NULL;
        NTSTATUS Status = Query(EXTENDED_HANDLE_INFORMATION, Table, Bytes, &Needed);
        if (Status >= 0)
            return Table;
        free(Table);
        if (Status != STATUS_TOO_SHORT)
            return NULL;
    }
    return NULL;
}

/* The number that the system has for files, by the entry of a file of this process. */
static bool
TypeOfFile(const TABLE *Table, HANDLE File, USHORT *Type)
{
    for (ULONG_PTR Index = 0; Index < Table->Count; Index++)
    {
        const TABLE_ENTRY *Entry = &Table->Entries[Index];
        if (Entry->ProcessId != GetCurrentProcessId() || Entry->Handle != (ULONG_PTR)File)
            continue;
        *Type = Entry->Type;
        return true;
    }
    return false;
}

static void
LookAtAll(SEARCH *Search, const TABLE *Table, USHORT Type)
{
    for (ULONG_PTR Index = 0; Index < Table->Count; Index++)
    {
        const TABLE_ENTRY *Entry = &Table->Entries[Index];
        if (Search->Namer == NULL)
        {
            Search->Holders->Complete = 0;
            break;
        }
        if (Entry->Type == Type && Entry->ProcessId != GetCurrentProcessId())
            LookAt(Search, Entry);
    }
    if (Search->Process != NULL)
        CloseHandle(Search->Process);
    if (Search->Namer != NULL)
        NamerEnd(Search->Namer);
}

PRCM_RESULT
PrcmServiceHolders(PRCM_HOLDERS *Holders)
{
    if (Holders == NULL)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    *Holders = (PRCM_HOLDERS){.Complete = 1};
    SEARCH Search = {.Holders = Holders};
    if (QueryDosDeviceW(&PRCM_WIN32_NAME[PREFIX_CHARACTERS], Search.Device, MAX_PATH) == 0)
        return PRCM_OK;
    HMODULE Ntdll = GetModuleHandleW(L"ntdll.dll");
    QUERY_SYSTEM QuerySystem = (QUERY_SYSTEM)(ROUTINE)GetProcAddress(Ntdll, "NtQuerySystemInformation");
    Search.QueryObject = (QUERY_OBJECT)(ROUTINE)GetProcAddress(Ntdll, "NtQueryObject");
    if (QuerySystem == NULL || Search.QueryObject == NULL)
        return ResultNote(PRCM_ERROR_SYSTEM, ERROR_PROC_NOT_FOUND);
    HANDLE File =
        CreateFileW(L"NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    TABLE *Table = ReadTable(QuerySystem);
    USHORT Type = 0;
    bool Found = Table != NULL && TypeOfFile(Table, File, &Type);
    if (Found)
    {
        Search.Namer = NamerCreate(Search.QueryObject);
        LookAtAll(&Search, Table, Type);
    }
    CloseHandle(File);
    free(Table);
    return Found ? PRCM_OK : ResultNote(PRCM_ERROR_SYSTEM, ERROR_NOT_SUPPORTED);
}
