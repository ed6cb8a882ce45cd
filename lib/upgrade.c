/* SPDX-License-Identifier: MIT */
#include "upgrade.h"

#include <wchar.h>

#include "notes.h"

/* What the service manager lets a service's configuration be as long as. */
#define MAX_CONFIG_BYTES 8192u

bool
UpgradeCurrentPath(SC_HANDLE Service, WCHAR Path[MAX_PATH])
{
    union
    {
        QUERY_SERVICE_CONFIGW Config;
        BYTE Bytes[MAX_CONFIG_BYTES];
    } Answer;
    DWORD Needed;
    return QueryServiceConfigW(Service, &Answer.Config, sizeof(Answer), &Needed) &&
           FilesFromImagePath(Answer.Config.lpBinaryPathName, Path);
}

static bool
IsFile(const WCHAR *Path, const WCHAR *Name)
{
    WCHAR System[MAX_PATH];
    return FilesSystemPath(Name, System) && _wcsicmp(Path, System) == 0;
}

bool
UpgradeIsSystemFile(const WCHAR *Path)
{
    return IsFile(Path, FILES_DRIVER);
}

DWORD
UpgradeSetPath(SC_HANDLE Service, const WCHAR *Path)
{
    const WCHAR *Image = UpgradeIsSystemFile(Path) ? FILES_SYSTEM_IMAGE : Path;
    return ChangeServiceConfigW(Service, SERVICE_NO_CHANGE, SERVICE_NO_CHANGE, SERVICE_NO_CHANGE, Image, NULL,
                                NULL, NULL, NULL, NULL, NULL)
               ? ERROR_SUCCESS
               : GetLastError();
}

DWORD
UpgradeKeep(const WCHAR *Current, const FILES_CONTENT *Content, const WCHAR *Target)
{
    WCHAR Kept[MAX_PATH];
    NOTES Notes;
    NotesRead(&Notes);
    if (Notes.Before[0] != 0)
        return ERROR_SUCCESS;
    if (_wcsicmp(Current, Target) != 0)
        return NotesSetBefore(Current);
    DWORD Error = FilesPlace(Content, FILES_KEPT);
    if (Error != ERROR_SUCCESS)
        return Error;
    return FilesSystemPath(FILES_KEPT, Kept) ? NotesSetBefore(Kept) : ERROR_FILENAME_EXCED_RANGE;
}

/* The copy is ours to remove where the service no longer uses it. */
static DWORD
RemoveUnused(SC_HANDLE Service)
{
    WCHAR Current[MAX_PATH];
    NOTES Notes;
    NotesRead(&Notes);
    DWORD Error = FilesRemove(FILES_KEPT);
    if (Error == ERROR_SUCCESS)
        Error = FilesRemove(FILES_NEW);
    if (Error != ERROR_SUCCESS || !Notes.Copied || !UpgradeCurrentPath(Service, Current) ||
        UpgradeIsSystemFile(Current))
        return Error;
    Error = FilesRemove(FILES_DRIVER);
    return Error == ERROR_SUCCESS ? NotesSet(NOTES_COPIED, false) : Error;
}

DWORD
UpgradeCommit(SC_HANDLE Service)
{
    DWORD Error = NotesSetBefore(NULL);
    return Error == ERROR_SUCCESS ? RemoveUnused(Service) : Error;
}

/* The file that was kept is in its place again, and the service's. */
static DWORD
PutBack(SC_HANDLE Service, const WCHAR *Before)
{
    WCHAR System[MAX_PATH];
    FILES_CONTENT Content;
    if (!IsFile(Before, FILES_KEPT))
        return UpgradeSetPath(Service, Before);
    DWORD Error = FilesRead(Before, &Content);
    if (Error == ERROR_SUCCESS)
        Error = FilesPlace(&Content, FILES_DRIVER);
    FilesFree(&Content);
    if (Error != ERROR_SUCCESS)
        return Error;
    return FilesSystemPath(FILES_DRIVER, System) ? UpgradeSetPath(Service, System)
                                                 : ERROR_FILENAME_EXCED_RANGE;
}

DWORD
UpgradeUndo(SC_HANDLE Service)
{
    NOTES Notes;
    NotesRead(&Notes);
    if (Notes.Before[0] == 0)
        return ERROR_FILE_NOT_FOUND;
    DWORD Error = PutBack(Service, Notes.Before);
    return Error == ERROR_SUCCESS ? UpgradeCommit(Service) : Error;
}
