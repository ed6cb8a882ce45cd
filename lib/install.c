/* SPDX-License-Identifier: MIT
 *
 * An installation is a list of steps, each of which does nothing where it was done already. So one that was ended between any
 * two of them, or within one, is repeated from the beginning; what it must know of the try before is in the notes.
 *
 *   create the service    nothing uses it yet; uninstall finds by it what else there is
 *   stop the driver       where its file changes; that it ran is noted before. Nothing else has changed if it does not stop
 *   keep the file         the version before, until the new one has started
 *   note, place the copy  so that uninstall knows it as its own
 *   write the settings
 *   set path and start
 *   start the driver      where it ran; back to the version before if it does not start
 *
 * Uninstall takes the same away from the end: driver, files, keys, service.
 */
#include <wchar.h>

#include "files.h"
#include "notes.h"
#include "result.h"
#include "safe_path.h"
#include "service.h"
#include "upgrade.h"

#define DISPLAY_NAME L"prcm: process and image events"

/* Generic drivers start with this group; all of them come before the first user-mode process. */
#define LOAD_ORDER_GROUP L"Base"

#define STOP_MS 30000u

#define MANAGER_ACCESS (SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE)
#define SERVICE_ACCESS                                                                                       \
    (SERVICE_START | SERVICE_STOP | SERVICE_QUERY_STATUS | SERVICE_QUERY_CONFIG | SERVICE_CHANGE_CONFIG |    \
     DELETE)

typedef struct INSTALL
{
    const PRCM_SERVICE_OPTIONS *Options;
    PRCM_INSTALL_REPORT *Report;
    WCHAR Source[MAX_PATH];
    WCHAR Target[MAX_PATH]; /* where the service will have it */
    FILES_CONTENT Content;
    SC_HANDLE Manager;
    SC_HANDLE Service;
    WCHAR Current[MAX_PATH]; /* where the service has it; empty: in no known form */
    FILES_CONTENT CurrentContent;
    bool FileChanges;
} INSTALL;

/* A letter of the network's is there for the user who mapped it, and a driver is loaded for none. */
static bool
IsOfNetwork(const WCHAR *Path)
{
    const WCHAR Root[] = {Path[0], L':', L'\\', 0};
    return GetDriveTypeW(Root) == DRIVE_REMOTE;
}

/* The service manager takes a driver's path as it is: absolute, not quoted, with backslashes. A second colon would
 * name a stream of a file. */
static bool
IsOfDrive(const WCHAR *Path)
{
    bool HasDrive = (Path[0] >= L'A' && Path[0] <= L'Z') || (Path[0] >= L'a' && Path[0] <= L'z');
    return HasDrive && Path[1] == L':' && Path[2] == L'\\' && wcschr(Path + 2, L':') == NULL &&
           !IsOfNetwork(Path);
}

/* PRCM_ERROR_PARAMETER: not the absolute path of a file; or in place, not on a drive of this machine. */
static PRCM_RESULT
TakePath(INSTALL *Install, const char *Utf8)
{
    WCHAR Given[MAX_PATH];
    if (Utf8 == NULL || !MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, Utf8, -1, Given, MAX_PATH))
        return ResultNote(PRCM_ERROR_PARAMETER, Utf8 == NULL ? 0 : GetLastError());
    DWORD Length = GetFullPathNameW(Given, MAX_PATH, Install->Source, NULL);
    bool Absolute = (Given[0] != 0 && Given[1] == L':' && (Given[2] == L'\\' || Given[2] == L'/')) ||
                    (Given[0] == L'\\' && Given[1] == L'\\');
    if (!Absolute || Length == 0 || Length >= MAX_PATH ||
        (Install->Options->InPlace && !IsOfDrive(Install->Source)))
        return ResultNote(PRCM_ERROR_PARAMETER, ERROR_BAD_PATHNAME);
    if (Install->Options->InPlace)
        wcscpy(Install->Target, Install->Source);
    else if (!FilesSystemPath(FILES_DRIVER, Install->Target))
        return ResultNote(PRCM_ERROR_SYSTEM, ERROR_FILENAME_EXCED_RANGE);
    return PRCM_OK;
}

static WORD
MachineOfSystem(void)
{
    SYSTEM_INFO Info;
    GetNativeSystemInfo(&Info);
    switch (Info.wProcessorArchitecture)
    {
    case PROCESSOR_ARCHITECTURE_INTEL:
        return IMAGE_FILE_MACHINE_I386;
    case PROCESSOR_ARCHITECTURE_AMD64:
        return IMAGE_FILE_MACHINE_AMD64;
    default:
        return IMAGE_FILE_MACHINE_UNKNOWN;
    }
}

/* What is installed is what was looked at here: it is read once. */
static PRCM_RESULT
TakeFile(INSTALL *Install)
{
    DWORD Error = FilesRead(Install->Source, &Install->Content);
    if (Error == ERROR_BAD_EXE_FORMAT)
        return ResultNote(PRCM_ERROR_WRONG_FILE, Error);
    if (Error == ERROR_NOT_ENOUGH_MEMORY)
        return ResultNote(PRCM_ERROR_MEMORY, Error);
    if (Error != ERROR_SUCCESS)
        return ResultNote(PRCM_ERROR_NO_FILE, Error);
    const DRIVER_FILE *Driver = &Install->Content.Driver;
    if (!Driver->IsPrcm)
        return ResultNote(PRCM_ERROR_WRONG_FILE, ERROR_BAD_EXE_FORMAT);
    if (Driver->Machine != MachineOfSystem())
        return ResultNote(PRCM_ERROR_MACHINE, ERROR_BAD_EXE_FORMAT);
    Install->Report->ToVersion = Driver->Version;
    return Install->Options->InPlace ? SafePathCheck(Install->Source, &Install->Report->Writer) : PRCM_OK;
}

static bool
IsSamePath(const WCHAR *One, const WCHAR *Other)
{
    return _wcsicmp(One, Other) == 0;
}

/* The version that an interrupted upgrade began from is still the one before. */
static uint32_t
VersionBefore(const INSTALL *Install)
{
    NOTES Notes;
    FILES_CONTENT Before;
    NotesRead(&Notes);
    if (Notes.Before[0] == 0 || FilesRead(Notes.Before, &Before) != ERROR_SUCCESS)
        return Install->CurrentContent.Driver.Version;
    uint32_t Version = Before.Driver.Version;
    FilesFree(&Before);
    return Version;
}

/* What is there now, and what is to be done about it. */
static PRCM_RESULT
LookAtService(INSTALL *Install)
{
    PRCM_INSTALL_REPORT *Report = Install->Report;
    uint32_t State;
    if (!UpgradeCurrentPath(Install->Service, Install->Current))
        Install->Current[0] = 0;
    else
        FilesRead(Install->Current, &Install->CurrentContent);
    /* Whatever runs has started: there is nothing older to go back to. */
    if (ServiceTrueState(Install->Service, &State) == PRCM_OK && State == PRCM_SERVICE_RUNNING)
        UpgradeCommit(Install->Service);
    Report->FromVersion = VersionBefore(Install);
    Install->FileChanges = !IsSamePath(Install->Current, Install->Target) ||
                           !FilesAreEqual(&Install->Content, &Install->CurrentContent);
    if (Report->FromVersion > Report->ToVersion && !Install->Options->Downgrade)
        return ResultNote(PRCM_ERROR_OLDER, ERROR_PRODUCT_VERSION);
    if (Report->FromVersion == 0)
        Report->Action = PRCM_INSTALL_REPAIRED;
    else if (Report->FromVersion == Report->ToVersion)
        Report->Action = Install->FileChanges ? PRCM_INSTALL_REPAIRED : PRCM_INSTALL_UNCHANGED;
    else
        Report->Action =
            Report->FromVersion < Report->ToVersion ? PRCM_INSTALL_UPGRADED : PRCM_INSTALL_DOWNGRADED;
    return PRCM_OK;
}

/* ---- The steps */

static PRCM_RESULT
EnsureService(INSTALL *Install)
{
    Install->Service = OpenServiceW(Install->Manager, PRCM_SERVICE_NAME, SERVICE_ACCESS);
    if (Install->Service != NULL)
        return LookAtService(Install);
    DWORD Error = GetLastError();
    if (Error != ERROR_SERVICE_DOES_NOT_EXIST)
        return ServiceResult(Error);
    const WCHAR *Image = UpgradeIsSystemFile(Install->Target) ? FILES_SYSTEM_IMAGE : Install->Target;
    Install->Service = CreateServiceW(Install->Manager, PRCM_SERVICE_NAME, DISPLAY_NAME, SERVICE_ACCESS,
                                      SERVICE_KERNEL_DRIVER, SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL,
                                      Image, LOAD_ORDER_GROUP, NULL, NULL, NULL, NULL);
    if (Install->Service == NULL)
        return ServiceResult(GetLastError());
    Install->Report->Action = PRCM_INSTALL_NEW;
    Install->FileChanges = true;
    wcscpy(Install->Current, Install->Target);
    return PRCM_OK;
}

static PRCM_RESULT
StopDriver(INSTALL *Install)
{
    uint32_t State;
    if (!Install->FileChanges)
        return PRCM_OK;
    PRCM_RESULT Result = ServiceTrueState(Install->Service, &State);
    if (Result != PRCM_OK || State == PRCM_SERVICE_STOPPED)
        return Result;
    /* One that was being stopped before is not started again. */
    DWORD Error = State == PRCM_SERVICE_STOPPING ? ERROR_SUCCESS : NotesSet(NOTES_RESTART, true);
    if (Error != ERROR_SUCCESS)
        return ServiceResult(Error);
    uint32_t TimeoutMs = Install->Options->StopTimeoutMs;
    Result = ServiceStop(Install->Service, TimeoutMs != 0 ? TimeoutMs : STOP_MS);
    if (Result == PRCM_ERROR_BUSY)
    {
        Error = PrcmLastSystemError();
        NotesSet(NOTES_RESTART, false);
        return ResultNote(Result, Error);
    }
    return Result;
}

static PRCM_RESULT
KeepFile(INSTALL *Install)
{
    if (!Install->FileChanges || Install->CurrentContent.Bytes == NULL)
        return PRCM_OK;
    return ServiceResult(UpgradeKeep(Install->Current, &Install->CurrentContent, Install->Target));
}

/* A driver that lies there already is left alone: who has put it there takes it away. */
static PRCM_RESULT
PlaceCopy(INSTALL *Install)
{
    if (Install->Options->InPlace || !Install->FileChanges || IsSamePath(Install->Source, Install->Target))
        return PRCM_OK;
    DWORD Error = NotesSet(NOTES_COPIED, true);
    if (Error == ERROR_SUCCESS)
        Error = FilesPlace(&Install->Content, FILES_DRIVER);
    return ServiceResult(Error);
}

static DWORD
ParameterWrite(HKEY Key, const WCHAR *Name, uint32_t Value)
{
    DWORD Data = Value;
    if (Value == 0)
        return ERROR_SUCCESS;
    return (DWORD)RegSetValueExW(Key, Name, 0, REG_DWORD, (const BYTE *)&Data, sizeof(Data));
}

/* Values are written as they are: the driver clamps them, and says so when queried. */
static PRCM_RESULT
WriteSettings(INSTALL *Install)
{
    HKEY Key;
    const PRCM_SERVICE_OPTIONS *Options = Install->Options;
    DWORD Error = (DWORD)RegCreateKeyExW(HKEY_LOCAL_MACHINE, NOTES_PARAMETERS_KEY, 0, NULL,
                                         REG_OPTION_NON_VOLATILE, KEY_SET_VALUE, NULL, &Key, NULL);
    if (Error != ERROR_SUCCESS)
        return ServiceResult(Error);
    Error = ParameterWrite(Key, L"LifecycleLaneBytes", Options->LifecycleLaneBytes);
    if (Error == ERROR_SUCCESS)
        Error = ParameterWrite(Key, L"ImageLaneBytes", Options->ImageLaneBytes);
    if (Error == ERROR_SUCCESS)
        Error = ParameterWrite(Key, L"Kinds", Options->Kinds);
    RegCloseKey(Key);
    return ServiceResult(Error);
}

static PRCM_RESULT
Configure(INSTALL *Install)
{
    static const DWORD Starts[] = {
        [PRCM_START_AS_IT_IS] = SERVICE_NO_CHANGE,
        [PRCM_START_AT_BOOT] = SERVICE_SYSTEM_START,
        [PRCM_START_ON_DEMAND] = SERVICE_DEMAND_START,
    };
    if (!ChangeServiceConfigW(Install->Service, SERVICE_KERNEL_DRIVER, Starts[Install->Options->StartAtBoot],
                              SERVICE_ERROR_NORMAL, NULL, NULL, NULL, NULL, NULL, NULL, NULL))
        return ServiceResult(GetLastError());
    return IsSamePath(Install->Current, Install->Target)
               ? PRCM_OK
               : ServiceResult(UpgradeSetPath(Install->Service, Install->Target));
}

static PRCM_RESULT
StartAgain(INSTALL *Install)
{
    NOTES Notes;
    NotesRead(&Notes);
    PRCM_RESULT Result = PRCM_OK;
    if (Notes.Restart)
    {
        Result = ServiceStartAgain(Install->Service);
        uint32_t Error = PrcmLastSystemError();
        NotesSet(NOTES_RESTART, false);
        ResultNote(Result, Error);
    }
    Install->Report->Restarted = Notes.Restart && Result == PRCM_OK;
    return Result;
}

typedef PRCM_RESULT (*STEP)(INSTALL *Install);

static const STEP Steps[] = {EnsureService, StopDriver, KeepFile,  PlaceCopy,
                             WriteSettings, Configure,  StartAgain};

/* ---- All of it */

/* A step has failed for another reason than a driver that does not start: what an upgrade has changed is as before. */
static void
TakeBack(INSTALL *Install)
{
    NOTES Notes;
    if (Install->Service == NULL)
        return;
    if (Install->Report->Action == PRCM_INSTALL_NEW)
    {
        PrcmUninstall();
        return;
    }
    UpgradeUndo(Install->Service);
    NotesRead(&Notes);
    if (Notes.Restart && ServiceStartAgain(Install->Service) == PRCM_OK)
        NotesSet(NOTES_RESTART, false);
}

static bool
IsNothingChanged(PRCM_RESULT Result)
{
    return Result == PRCM_ERROR_OLDER || Result == PRCM_ERROR_BUSY || Result == PRCM_ERROR_WENT_BACK;
}

static PRCM_RESULT
RunSteps(INSTALL *Install)
{
    PRCM_RESULT Result = PRCM_OK;
    for (size_t Index = 0; Index < sizeof(Steps) / sizeof(Steps[0]) && Result == PRCM_OK; Index++)
        Result = Steps[Index](Install);
    if (Result == PRCM_OK || IsNothingChanged(Result))
        return Result;
    uint32_t Error = PrcmLastSystemError();
    TakeBack(Install);
    return ResultNote(Result, Error);
}

PRCM_RESULT
PrcmInstallWith(const char *DriverPath, const PRCM_SERVICE_OPTIONS *Options, PRCM_INSTALL_REPORT *Report)
{
    static const PRCM_SERVICE_OPTIONS Defaults;
    PRCM_INSTALL_REPORT Unread = {0};
    INSTALL Install = {.Options = Options != NULL ? Options : &Defaults,
                       .Report = Report != NULL ? Report : &Unread};
    *Install.Report = (PRCM_INSTALL_REPORT){0};
    if (Install.Options->StartAtBoot > PRCM_START_ON_DEMAND)
        return ResultNote(PRCM_ERROR_PARAMETER, 0);
    PRCM_RESULT Result = TakePath(&Install, DriverPath);
    if (Result == PRCM_OK)
        Result = TakeFile(&Install);
    if (Result == PRCM_OK)
    {
        Install.Manager = OpenSCManagerW(NULL, NULL, MANAGER_ACCESS);
        Result = Install.Manager != NULL ? RunSteps(&Install) : ServiceResult(GetLastError());
    }
    uint32_t Error = PrcmLastSystemError();
    if (Install.Service != NULL)
        CloseServiceHandle(Install.Service);
    if (Install.Manager != NULL)
        CloseServiceHandle(Install.Manager);
    FilesFree(&Install.Content);
    FilesFree(&Install.CurrentContent);
    return ResultNote(Result, Error);
}

PRCM_RESULT
PrcmInstall(const char *DriverPath, const PRCM_SERVICE_OPTIONS *Options)
{
    return PrcmInstallWith(DriverPath, Options, NULL);
}

/* The files that install has put there, and what an interrupted one has left. */
static DWORD
RemoveFiles(void)
{
    NOTES Notes;
    NotesRead(&Notes);
    DWORD Error = FilesRemove(FILES_NEW);
    if (Error == ERROR_SUCCESS)
        Error = FilesRemove(FILES_KEPT);
    if (Error == ERROR_SUCCESS && Notes.Copied)
        Error = FilesRemove(FILES_DRIVER);
    return Error;
}

/* The service goes last: by it the next try finds the rest. */
PRCM_RESULT
PrcmUninstallWith(uint32_t StopTimeoutMs)
{
    SC_HANDLE Service;
    PRCM_RESULT Result = ServiceOpen(SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE, &Service);
    if (Result != PRCM_OK)
        return Result;
    Result = ServiceStop(Service, StopTimeoutMs);
    if (Result == PRCM_OK)
        Result = ServiceResult(RemoveFiles());
    if (Result == PRCM_OK)
        Result = ServiceResult(NotesDeleteKeys());
    if (Result == PRCM_OK && !DeleteService(Service))
        Result = ServiceResult(GetLastError());
    CloseServiceHandle(Service);
    return Result;
}

PRCM_RESULT
PrcmUninstall(void)
{
    return PrcmUninstallWith(STOP_MS);
}
