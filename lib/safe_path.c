/* SPDX-License-Identifier: MIT
 *
 * Top down: once a directory is found safe, nobody can put another one in its place while those below it are looked
 * at. By handle, and none of them a reparse point: what is looked at is what the kernel will find.
 */
#include "safe_path.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "result.h"
#include "security.h"
#include "utf8.h"

/* Adding to a directory changes nothing that is in it, and everybody may add folders to C:\. To the directory with
 * the driver nobody else may add anything: less to explain. */
#define ABOVE_MASK     (FILE_DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL)
#define DIRECTORY_MASK (ABOVE_MASK | FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY)
#define FILE_MASK                                                                                            \
    (FILE_WRITE_DATA | FILE_APPEND_DATA | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL)

/* S-1-5-18, S-1-5-32-544 and NT SERVICE\TrustedInstaller: by Microsoft's list of well-known SIDs, and by the rule that
 * makes a service's SID from its name. */
static const SID System = {1, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}};
static const struct
{
    SID Sid;
    DWORD Second;
} Administrators = {{1, 2, {SECURITY_NT_AUTHORITY}, {SECURITY_BUILTIN_DOMAIN_RID}}, DOMAIN_ALIAS_RID_ADMINS};
static const struct
{
    SID Sid;
    DWORD More[5];
} TrustedInstaller = {{1, 6, {SECURITY_NT_AUTHORITY}, {80}},
                      {956008885, 3418522649, 1831038044, 1853292631, 2271478464}};

/* Creator owner: for what is inherited, nobody's here. Owner rights: the owner's, who is looked at anyway. */
static const SID CreatorOwner = {1, 1, {SECURITY_CREATOR_SID_AUTHORITY}, {SECURITY_CREATOR_OWNER_RID}};
static const SID OwnerRights = {1, 1, {SECURITY_CREATOR_SID_AUTHORITY}, {4}};
static const SID World = {1, 1, {SECURITY_WORLD_SID_AUTHORITY}, {SECURITY_WORLD_RID}};

static PSID
SidOf(const SID *Sid)
{
    return (PSID)(ULONG_PTR)Sid;
}

static bool
IsOneOf(PSID Sid, const SID *const *Sids, size_t Count)
{
    for (size_t Index = 0; Index < Count; Index++)
    {
        if (EqualSid(Sid, SidOf(Sids[Index])))
            return true;
    }
    return false;
}

static bool
IsTrusted(PSID Sid)
{
    const SID *const Trusted[] = {&System, &Administrators.Sid, &TrustedInstaller.Sid};
    return IsOneOf(Sid, Trusted, sizeof(Trusted) / sizeof(Trusted[0]));
}

/* Who is allowed something of Mask by an entry, if anybody else than those who may. */
static PSID
WriterOfEntry(ACE_HEADER *Entry, ACCESS_MASK Mask)
{
    const SID *const Nobody[] = {&CreatorOwner, &OwnerRights};
    if (Entry->AceFlags & INHERIT_ONLY_ACE)
        return NULL;
    switch (Entry->AceType)
    {
    case ACCESS_ALLOWED_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_ACE_TYPE:
        break;
    case ACCESS_ALLOWED_OBJECT_ACE_TYPE:
    case ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE:
    case ACCESS_ALLOWED_COMPOUND_ACE_TYPE:
        /* Files have none; whom it means is not worth finding out. */
        return SidOf(&World);
    default:
        return NULL;
    }
    ACCESS_ALLOWED_ACE *Allowed = (ACCESS_ALLOWED_ACE *)(void *)Entry;
    PSID Sid = &Allowed->SidStart;
    if ((Allowed->Mask & Mask) == 0 || IsTrusted(Sid) ||
        IsOneOf(Sid, Nobody, sizeof(Nobody) / sizeof(Nobody[0])))
        return NULL;
    return Sid;
}

PSID
SafePathFindWriter(PSECURITY_DESCRIPTOR Security, ACCESS_MASK Mask, bool *IsOwner)
{
    PSID Owner = NULL;
    ACL *Dacl = NULL;
    BOOL Present = FALSE;
    BOOL Defaulted;
    *IsOwner = false;
    /* Whoever owns it gives himself any right. */
    if (!GetSecurityDescriptorOwner(Security, &Owner, &Defaulted) || Owner == NULL || !IsTrusted(Owner))
    {
        *IsOwner = Owner != NULL;
        return Owner != NULL ? Owner : SidOf(&World);
    }
    if (!GetSecurityDescriptorDacl(Security, &Present, &Dacl, &Defaulted) || !Present || Dacl == NULL)
        return SidOf(&World);
    for (DWORD Index = 0; Index < Dacl->AceCount; Index++)
    {
        void *Entry;
        if (!GetAce(Dacl, Index, &Entry))
            return SidOf(&World);
        PSID Writer = WriterOfEntry(Entry, Mask);
        if (Writer != NULL)
            return Writer;
    }
    return NULL;
}

static PRCM_RESULT
Unsafe(const WCHAR *Path, uint32_t Why, PSID Sid, PRCM_WRITER *Writer)
{
    Writer->Why = Why;
    Utf8FromWide(Path, Writer->Path, sizeof(Writer->Path));
    if (Sid != NULL)
    {
        Utf8FromSid(Sid, Writer->Sid, sizeof(Writer->Sid));
        Utf8AccountOfSid(Sid, Writer->Account, sizeof(Writer->Account));
    }
    return ResultNote(PRCM_ERROR_UNSAFE, ERROR_ACCESS_DENIED);
}

static PRCM_RESULT
CheckHandle(HANDLE Handle, const WCHAR *Path, ACCESS_MASK Mask, PRCM_WRITER *Writer)
{
    BY_HANDLE_FILE_INFORMATION Information;
    PRCM_RESULT Result = PRCM_OK;
    bool IsOwner;
    if (!GetFileInformationByHandle(Handle, &Information))
        return ResultNote(PRCM_ERROR_SYSTEM, GetLastError());
    if (Information.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)
        return Unsafe(Path, PRCM_WRITER_LINK, NULL, Writer);
    PSECURITY_DESCRIPTOR Security = SecurityOfHandle(Handle);
    if (Security == NULL)
        return ResultNote(PRCM_ERROR_SYSTEM, GetLastError());
    PSID Sid = SafePathFindWriter(Security, Mask, &IsOwner);
    if (Sid != NULL)
        Result = Unsafe(Path, IsOwner ? PRCM_WRITER_OWNER : PRCM_WRITER_ACCESS, Sid, Writer);
    free(Security);
    return Result;
}

static PRCM_RESULT
CheckOne(const WCHAR *Path, ACCESS_MASK Mask, PRCM_WRITER *Writer)
{
    HANDLE Handle = CreateFileW(Path, READ_CONTROL | FILE_READ_ATTRIBUTES,
                                FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    if (Handle == INVALID_HANDLE_VALUE)
        return ResultNote(PRCM_ERROR_SYSTEM, GetLastError());
    PRCM_RESULT Result = CheckHandle(Handle, Path, Mask, Writer);
    CloseHandle(Handle);
    return Result;
}

/* A letter that subst has made, or a file system without security such as FAT. */
static PRCM_RESULT
CheckVolume(const WCHAR *Path, PRCM_WRITER *Writer)
{
    const WCHAR Drive[] = {Path[0], L':', 0};
    const WCHAR Root[] = {Path[0], L':', L'\\', 0};
    WCHAR Target[MAX_PATH];
    DWORD Flags = 0;
    if (QueryDosDeviceW(Drive, Target, MAX_PATH) != 0 && wcsncmp(Target, L"\\??\\", 4) == 0)
        return Unsafe(Drive, PRCM_WRITER_LINK, NULL, Writer);
    if (!GetVolumeInformationW(Root, NULL, 0, NULL, NULL, &Flags, NULL, 0))
        return ResultNote(PRCM_ERROR_SYSTEM, GetLastError());
    if ((Flags & FILE_PERSISTENT_ACLS) == 0)
        return Unsafe(Root, PRCM_WRITER_NO_SECURITY, NULL, Writer);
    return PRCM_OK;
}

PRCM_RESULT
SafePathCheck(const WCHAR *Path, PRCM_WRITER *Writer)
{
    WCHAR Part[MAX_PATH];
    memset(Writer, 0, sizeof(*Writer));
    const WCHAR *Last = wcsrchr(Path, L'\\');
    if (Last == NULL || wcslen(Path) >= MAX_PATH)
        return ResultNote(PRCM_ERROR_PARAMETER, ERROR_BAD_PATHNAME);
    PRCM_RESULT Result = CheckVolume(Path, Writer);
    for (const WCHAR *At = wcschr(Path, L'\\'); Result == PRCM_OK && At != NULL; At = wcschr(At + 1, L'\\'))
    {
        /* The root keeps its backslash. */
        size_t Length = (size_t)(At - Path) + (At == Path + 2);
        wmemcpy(Part, Path, Length);
        Part[Length] = 0;
        Result = CheckOne(Part, At == Last ? DIRECTORY_MASK : ABOVE_MASK, Writer);
    }
    return Result == PRCM_OK ? CheckOne(Path, FILE_MASK, Writer) : Result;
}
