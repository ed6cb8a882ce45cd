/* SPDX-License-Identifier: MIT
 *
 * Linked in with --wrap, this stands between the library and every routine of Windows by which it changes something.
 * Reading changes nothing, so between two such calls it does not matter when the process ends.
 */
#include "kill_at.h"

#include <stdbool.h>
#include <windows.h>
#include <winsvc.h>

static unsigned CallsLeft;
static bool Counting;

void
KillAt(unsigned Number)
{
    CallsLeft = Number;
    Counting = true;
}

static bool
IsDue(void)
{
    return Counting && CallsLeft-- == 0;
}

static void
MayBeKilled(void)
{
    if (IsDue())
        TerminateProcess(GetCurrentProcess(), KILLED_CODE);
}

/* WRAP(result, name, (parameters), (arguments)) */
#define WRAP(Result, Name, Parameters, Arguments)                                                            \
    typedef Result(WINAPI *const TYPE_OF_##Name) Parameters;                                                 \
    extern TYPE_OF_##Name __real___imp_##Name;                                                               \
    extern TYPE_OF_##Name __wrap___imp_##Name;                                                               \
    static Result WINAPI Name##Counted Parameters                                                            \
    {                                                                                                        \
        MayBeKilled();                                                                                       \
        return __real___imp_##Name Arguments;                                                                \
    }                                                                                                        \
    TYPE_OF_##Name __wrap___imp_##Name = Name##Counted;

WRAP(SC_HANDLE, CreateServiceW,
     (SC_HANDLE Manager, LPCWSTR Name, LPCWSTR Shown, DWORD Access, DWORD Type, DWORD Start, DWORD Severity,
      LPCWSTR Path, LPCWSTR Group, LPDWORD Tag, LPCWSTR Needs, LPCWSTR User, LPCWSTR Password),
     (Manager, Name, Shown, Access, Type, Start, Severity, Path, Group, Tag, Needs, User, Password))
WRAP(BOOL, ChangeServiceConfigW,
     (SC_HANDLE Service, DWORD Type, DWORD Start, DWORD Severity, LPCWSTR Path, LPCWSTR Group, LPDWORD Tag,
      LPCWSTR Needs, LPCWSTR User, LPCWSTR Password, LPCWSTR Shown),
     (Service, Type, Start, Severity, Path, Group, Tag, Needs, User, Password, Shown))
WRAP(BOOL, DeleteService, (SC_HANDLE Service), (Service))
WRAP(BOOL, StartServiceW, (SC_HANDLE Service, DWORD Count, LPCWSTR *Values), (Service, Count, Values))
WRAP(BOOL, ControlService, (SC_HANDLE Service, DWORD Control, LPSERVICE_STATUS Status),
     (Service, Control, Status))
WRAP(LONG, RegCreateKeyExW,
     (HKEY Key, LPCWSTR Name, DWORD Reserved, LPWSTR Class, DWORD Options, REGSAM Access,
      LPSECURITY_ATTRIBUTES Security, PHKEY Created, LPDWORD What),
     (Key, Name, Reserved, Class, Options, Access, Security, Created, What))
WRAP(LONG, RegSetValueExW,
     (HKEY Key, LPCWSTR Name, DWORD Reserved, DWORD Type, const BYTE *Data, DWORD Bytes),
     (Key, Name, Reserved, Type, Data, Bytes))
WRAP(LONG, RegDeleteValueW, (HKEY Key, LPCWSTR Name), (Key, Name))
WRAP(LONG, RegDeleteKeyW, (HKEY Key, LPCWSTR Name), (Key, Name))
WRAP(BOOL, MoveFileExW, (LPCWSTR From, LPCWSTR To, DWORD Flags), (From, To, Flags))
WRAP(BOOL, DeleteFileW, (LPCWSTR Path), (Path))
WRAP(BOOL, FlushFileBuffers, (HANDLE File), (File))

typedef BOOL(WINAPI *const WRITE_FILE)(HANDLE, LPCVOID, DWORD, LPDWORD, LPOVERLAPPED);

extern WRITE_FILE __real___imp_WriteFile;
extern WRITE_FILE __wrap___imp_WriteFile;

static BOOL WINAPI
WriteFileInPart(HANDLE File, LPCVOID Bytes, DWORD Length, LPDWORD Written, LPOVERLAPPED Overlapped)
{
    if (IsDue())
    {
        __real___imp_WriteFile(File, Bytes, Length / 2, Written, Overlapped);
        TerminateProcess(GetCurrentProcess(), KILLED_CODE);
    }
    return __real___imp_WriteFile(File, Bytes, Length, Written, Overlapped);
}

WRITE_FILE __wrap___imp_WriteFile = WriteFileInPart;
