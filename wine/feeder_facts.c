/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <winternl.h>
#include <psapi.h>

#include "feeder.h"

#define FACTS_LONG_PATH         32768 /* characters */
#define FACTS_DOS_DEVICES       L"\\??\\"
#define FACTS_DOS_DEVICES_COUNT 4
#define FACTS_NORMALIZED        0x1u /* RTL_USER_PROC_PARAMS_NORMALIZED */
#define FACTS_WOW64_INFO        ((PROCESSINFOCLASS)26)
#define FACTS_SIZE_OF_IMAGE     0x50u /* from IMAGE_NT_HEADERS, the same for 32 and 64 bits */
#define FACTS_PAGE              4096
#define FACTS_MAX_TOKEN_BYTES   256

int64_t
FactsCreateTime(HANDLE Process)
{
    FILETIME Create, Exit, Kernel, User;
    if (!GetProcessTimes(Process, &Create, &Exit, &Kernel, &User))
        return 0;
    return (int64_t)Create.dwHighDateTime << 32 | Create.dwLowDateTime;
}

/* Puts Length bytes behind Event's others; nothing where they are too many. */
static NTEXT_BYTES
FactsAppend(NTEXT_EVENT *Event, const void *Bytes, size_t Length)
{
    NTEXT_BYTES Where = {0};
    uint32_t At = (Event->Size + 3) & ~3u;
    if (Length > NTEXT_MAX_TEXT_BYTES || At + Length > NTEXT_MAX_EVENT_BYTES)
        return Where;
    memset((uint8_t *)Event + Event->Size, 0, At - Event->Size);
    memcpy((uint8_t *)Event + At, Bytes, Length);
    Where.Offset = At;
    Where.Length = (uint32_t)Length;
    Event->Size = At + (uint32_t)Length;
    return Where;
}

/* The NT form of a path that begins with a drive letter; nothing where the drive has none. */
static NTEXT_BYTES
FactsNativePath(NTEXT_EVENT *Event, const WCHAR *DrivePath)
{
    static WCHAR Path[FACTS_LONG_PATH];
    WCHAR Drive[] = {DrivePath[0], L':', 0};
    NTEXT_BYTES None = {0};
    DWORD Count = DrivePath[0] && DrivePath[1] == L':' ? QueryDosDeviceW(Drive, Path, FACTS_LONG_PATH) : 0;
    if (!Count || wcslen(Path) + wcslen(DrivePath) > FACTS_LONG_PATH)
        return None;
    wcscat(Path, DrivePath + 2);
    return FactsAppend(Event, Path, wcslen(Path) * sizeof(WCHAR));
}

const WCHAR *
FactsMappedImage(NTEXT_EVENT *Event, HANDLE Process, const void *Base)
{
    static WCHAR Path[FACTS_LONG_PATH];
    DWORD Count = K32GetMappedFileNameW(Process, (void *)(ULONG_PTR)Base, Path, FACTS_LONG_PATH);
    if (!Count || Count >= FACTS_LONG_PATH - 1)
        return NULL;
    BOOL IsDrive = wcsncmp(Path, FACTS_DOS_DEVICES, FACTS_DOS_DEVICES_COUNT) == 0;
    if (IsDrive)
        Event->Image = FactsNativePath(Event, Path + FACTS_DOS_DEVICES_COUNT);
    if (!Event->Image.Offset)
        Event->Image = FactsAppend(Event, Path, Count * sizeof(WCHAR));
    return IsDrive ? Path + FACTS_DOS_DEVICES_COUNT : NULL;
}

/* The name that the process was opened by, and the \Device form of the same. */
static void
FactsProcessImage(NTEXT_EVENT *Event, HANDLE Process)
{
    static WCHAR Path[FACTS_LONG_PATH] = FACTS_DOS_DEVICES;
    DWORD Count = FACTS_LONG_PATH - FACTS_DOS_DEVICES_COUNT;
    if (!QueryFullProcessImageNameW(Process, 0, Path + FACTS_DOS_DEVICES_COUNT, &Count))
        return;
    Event->Image = FactsAppend(Event, Path, (FACTS_DOS_DEVICES_COUNT + Count) * sizeof(WCHAR));
    Event->CreateFlags |= Event->Image.Offset ? NTEXT_FILE_OPEN_NAME_AVAILABLE : 0;
    Event->NativeImage = FactsNativePath(Event, Path + FACTS_DOS_DEVICES_COUNT);
}

/* In one read, since each stops the process anew under Wine; the headers lie in an image's first page. */
uint64_t
FactsImageSize(HANDLE Process, const void *Base)
{
    static uint8_t Page[FACTS_PAGE];
    IMAGE_DOS_HEADER Dos;
    DWORD Size;
    SIZE_T Read;
    if (!ReadProcessMemory(Process, Base, Page, sizeof(Page), &Read) || Read != sizeof(Page))
        return 0;
    memcpy(&Dos, Page, sizeof(Dos));
    if (Dos.e_magic != IMAGE_DOS_SIGNATURE || Dos.e_lfanew < 0 ||
        Dos.e_lfanew > (LONG)(sizeof(Page) - FACTS_SIZE_OF_IMAGE - sizeof(Size)))
        return 0;
    memcpy(&Size, Page + Dos.e_lfanew + FACTS_SIZE_OF_IMAGE, sizeof(Size));
    return Size;
}

/* ---- The command line, as it stands in the new process ---- */

/* The members that matter, whose places depend on the size of the process's pointers. */
typedef struct FACTS_LAYOUT
{
    size_t PointerBytes;
    size_t PebParameters;
    size_t ParametersFlags;
    size_t ParametersCommandLine;
} FACTS_LAYOUT;

static const FACTS_LAYOUT FactsLayout32 = {4, 0x10, 0x8, 0x40};
static const FACTS_LAYOUT FactsLayout64 = {8, 0x20, 0x8, 0x70};

static BOOL
FactsRead(HANDLE Process, uint64_t Address, void *Bytes, size_t Length)
{
    SIZE_T Read;
    return ReadProcessMemory(Process, (const void *)(ULONG_PTR)Address, Bytes, Length, &Read) &&
           Read == Length;
}

static void
FactsCommandLineAt(NTEXT_EVENT *Event, HANDLE Process, uint64_t Peb, const FACTS_LAYOUT *Layout)
{
    uint64_t Parameters = 0, Buffer = 0;
    uint32_t Flags;
    uint16_t Length;
    static uint8_t Text[NTEXT_MAX_TEXT_BYTES];
    if (!FactsRead(Process, Peb + Layout->PebParameters, &Parameters, Layout->PointerBytes))
        return;
    uint64_t String = Parameters + Layout->ParametersCommandLine;
    if (!FactsRead(Process, Parameters + Layout->ParametersFlags, &Flags, sizeof(Flags)) ||
        !FactsRead(Process, String, &Length, sizeof(Length)) ||
        !FactsRead(Process, String + Layout->PointerBytes, &Buffer, Layout->PointerBytes) ||
        Length > NTEXT_MAX_TEXT_BYTES)
        return;
    if (!(Flags & FACTS_NORMALIZED))
        Buffer += Parameters;
    if (FactsRead(Process, Buffer, Text, Length))
        Event->CommandLine = FactsAppend(Event, Text, Length);
}

/* The emulated process's own parameters, where it is one. */
static void
FactsCommandLine(NTEXT_EVENT *Event, HANDLE Process, uint64_t Peb)
{
    ULONG_PTR Peb32 = 0;
    if (NT_SUCCESS(NtQueryInformationProcess(Process, FACTS_WOW64_INFO, &Peb32, sizeof(Peb32), NULL)))
    {
        Event->Known |= NTEXT_KNOWS_EMULATED;
        Event->Emulated = Peb32 != 0;
    }
    if (Peb32)
        FactsCommandLineAt(Event, Process, Peb32, &FactsLayout32);
    else
        FactsCommandLineAt(Event, Process, Peb, sizeof(void *) == 8 ? &FactsLayout64 : &FactsLayout32);
}

/* ---- The token ---- */

typedef union FACTS_TOKEN_INFO
{
    TOKEN_USER User;
    TOKEN_MANDATORY_LABEL Label;
    TOKEN_ELEVATION Elevation;
    uint8_t Room[FACTS_MAX_TOKEN_BYTES];
} FACTS_TOKEN_INFO;

static BOOL
FactsTokenInfo(HANDLE Token, TOKEN_INFORMATION_CLASS Class, FACTS_TOKEN_INFO *Info)
{
    DWORD Length;
    return GetTokenInformation(Token, Class, Info, sizeof(*Info), &Length);
}

static void
FactsToken(NTEXT_EVENT *Event, HANDLE Process)
{
    HANDLE Token;
    FACTS_TOKEN_INFO Info;
    if (!OpenProcessToken(Process, TOKEN_QUERY, &Token))
        return;
    if (FactsTokenInfo(Token, TokenUser, &Info))
        Event->UserSid = FactsAppend(Event, Info.User.User.Sid, GetLengthSid(Info.User.User.Sid));
    if (FactsTokenInfo(Token, TokenIntegrityLevel, &Info) && *GetSidSubAuthorityCount(Info.Label.Label.Sid))
    {
        PSID Sid = Info.Label.Label.Sid;
        Event->Known |= NTEXT_KNOWS_INTEGRITY;
        Event->IntegrityLevel = *GetSidSubAuthority(Sid, *GetSidSubAuthorityCount(Sid) - 1u);
    }
    if (FactsTokenInfo(Token, TokenElevation, &Info))
    {
        Event->Known |= NTEXT_KNOWS_ELEVATED;
        Event->Elevated = Info.Elevation.TokenIsElevated != 0;
    }
    CloseHandle(Token);
}

/* ---- A start ---- */

/* winternl.h names the members that matter here Reserved. */
typedef struct FACTS_BASIC_INFO
{
    NTSTATUS ExitStatus;
    PVOID Peb;
    ULONG_PTR Affinity;
    ULONG_PTR Priority;
    ULONG_PTR ProcessId;
    ULONG_PTR ParentProcessId;
} FACTS_BASIC_INFO;

void
FactsOfStart(NTEXT_EVENT *Event, HANDLE Process)
{
    FACTS_BASIC_INFO Basic;
    DWORD SessionId;
    if (NT_SUCCESS(NtQueryInformationProcess(Process, ProcessBasicInformation, &Basic, sizeof(Basic), NULL)))
    {
        Event->ParentProcessId = (uint32_t)Basic.ParentProcessId;
        FactsCommandLine(Event, Process, (ULONG_PTR)Basic.Peb);
    }
    if (ProcessIdToSessionId(Event->ProcessId, &SessionId))
    {
        Event->Known |= NTEXT_KNOWS_SESSION;
        Event->SessionId = SessionId;
    }
    FactsProcessImage(Event, Process);
    FactsToken(Event, Process);
}
