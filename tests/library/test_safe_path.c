/* SPDX-License-Identifier: MIT
 *
 * Who else may put a file in the driver's place. Wine keeps no security of its own for files, so GetKernelObjectSecurity is
 * wrapped here: each part of a path has the security that the test gives it. Nothing is installed before a test, and
 * nothing after it.
 */
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include <sddl.h>

#include "../../lib/safe_path.h"
#include "check.h"
#include "driver_copy.h"

#define SAFE        L"O:BAG:SYD:(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)"
#define ROOT        SAFE L"(A;;LC;;;AU)(A;OICIIO;GA;;;AU)" /* as Windows makes C:\: all may add folders */
#define INSTALLER   L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"
#define MAX_PARTS   4u
#define DRIVER      L"C:\\safe\\prcm\\prcm.sys"
#define DRIVER_UTF8 "C:\\safe\\prcm\\prcm.sys"
#define ACLS        FILE_PERSISTENT_ACLS

/* ---- What the wrapped routines answer with */

static const WCHAR *Given[MAX_PARTS]; /* C:\, C:\safe, C:\safe\prcm and the file */
static unsigned Asked;
static DWORD VolumeFlags = ACLS;

typedef BOOL(WINAPI *const GET_SECURITY)(HANDLE, SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, DWORD, LPDWORD);

extern GET_SECURITY __wrap___imp_GetKernelObjectSecurity;

static BOOL WINAPI
SecurityGiven(HANDLE Handle, SECURITY_INFORMATION Parts, PSECURITY_DESCRIPTOR Security, DWORD Bytes,
              LPDWORD Needed)
{
    PSECURITY_DESCRIPTOR Made;
    ULONG Length;
    (void)Handle;
    (void)Parts;
    (void)Needed;
    CHECK(Asked < MAX_PARTS);
    CHECK(ConvertStringSecurityDescriptorToSecurityDescriptorW(Given[Asked++ % MAX_PARTS], SDDL_REVISION_1,
                                                               &Made, &Length));
    CHECK(Length <= Bytes);
    memcpy(Security, Made, Length);
    LocalFree(Made);
    return TRUE;
}

GET_SECURITY __wrap___imp_GetKernelObjectSecurity = SecurityGiven;

typedef BOOL(WINAPI *const GET_VOLUME)(LPCWSTR, LPWSTR, DWORD, LPDWORD, LPDWORD, LPDWORD, LPWSTR, DWORD);

extern GET_VOLUME __wrap___imp_GetVolumeInformationW;

static BOOL WINAPI
VolumeGiven(LPCWSTR Root, LPWSTR Name, DWORD NameUnits, LPDWORD Serial, LPDWORD MaxName, LPDWORD Flags,
            LPWSTR System, DWORD SystemUnits)
{
    (void)Name;
    (void)NameUnits;
    (void)Serial;
    (void)MaxName;
    (void)System;
    (void)SystemUnits;
    CHECK(wcscmp(Root, L"C:\\") == 0);
    *Flags = VolumeFlags;
    return TRUE;
}

GET_VOLUME __wrap___imp_GetVolumeInformationW = VolumeGiven;

static void
Give(const WCHAR *Root, const WCHAR *Above, const WCHAR *Directory, const WCHAR *File)
{
    const WCHAR *const All[MAX_PARTS] = {Root, Above, Directory, File};
    memcpy(Given, All, sizeof(Given));
    Asked = 0;
}

static void
Make(void)
{
    CreateDirectoryW(L"C:\\safe", NULL);
    CreateDirectoryW(L"C:\\safe\\prcm", NULL);
    DriverMake(DRIVER, VERSION(0, 2), DRIVER_SOUND);
}

static void
CleanUp(void)
{
    DeleteFileW(DRIVER);
    RemoveDirectoryW(L"C:\\safe\\prcm");
    RemoveDirectoryW(L"C:\\safe");
}

static void
ExpectSafe(void)
{
    PRCM_WRITER Writer;
    CHECK(SafePathCheck(DRIVER, &Writer) == PRCM_OK);
    CHECK(Writer.Why == PRCM_WRITER_NONE && Writer.Path[0] == 0);
}

static void
ExpectUnsafe(uint32_t Why, const char *Path, const char *Sid)
{
    PRCM_WRITER Writer;
    CHECK(SafePathCheck(DRIVER, &Writer) == PRCM_ERROR_UNSAFE);
    CHECK(Writer.Why == Why);
    CHECK(strcmp(Writer.Path, Path) == 0);
    CHECK(strcmp(Writer.Sid, Sid) == 0);
}

/* ---- Tests */

static void
what_windows_makes_for_administrators_is_safe(void)
{
    Make();
    Give(ROOT, SAFE, SAFE, SAFE);
    ExpectSafe();
    CHECK(Asked == MAX_PARTS);
    Give(ROOT, L"O:" INSTALLER L"D:(A;;FA;;;" INSTALLER L")", SAFE L"(A;OICIIO;FA;;;CO)(A;;FA;;;CO)", SAFE);
    ExpectSafe();
    /* Rights that are denied or only inherited give nothing; reading changes nothing. */
    Give(ROOT, SAFE L"(D;;FA;;;WD)", SAFE L"(A;OICIIO;FA;;;WD)", SAFE L"(A;;FRFX;;;WD)");
    ExpectSafe();
    CleanUp();
}

static void
whoever_may_change_a_part_of_the_path_is_named(void)
{
    Make();
    Give(ROOT, SAFE, SAFE, SAFE L"(A;;CC;;;BU)(A;;DC;;;WD)");
    ExpectUnsafe(PRCM_WRITER_ACCESS, DRIVER_UTF8, "S-1-1-0");
    Give(ROOT, SAFE, SAFE L"(A;;FW;;;BU)", SAFE);
    ExpectUnsafe(PRCM_WRITER_ACCESS, "C:\\safe\\prcm", "S-1-5-32-545");
    Give(ROOT, SAFE L"(A;;DT;;;AU)", SAFE, SAFE);
    ExpectUnsafe(PRCM_WRITER_ACCESS, "C:\\safe", "S-1-5-11");
    Give(SAFE L"(A;;WD;;;AU)", SAFE, SAFE, SAFE);
    ExpectUnsafe(PRCM_WRITER_ACCESS, "C:\\", "S-1-5-11");
    CleanUp();
}

/* One at a time, where each of them counts and where not: to add to a directory above changes nothing in it. */
static void
each_right_counts_where_it_is_dangerous(void)
{
    static const struct
    {
        const WCHAR *Right;
        bool Above;
        bool Directory;
        bool File;
    } Rows[] = {
        {L"DC", false, true, true},   /* write, add a file */
        {L"LC", false, true, true},   /* append, add a directory */
        {L"DT", true, true, false},   /* delete what is in it */
        {L"SD", true, true, true},    /* delete it */
        {L"WD", true, true, true},    /* change its DACL */
        {L"WO", true, true, true},    /* become its owner */
        {L"GA", true, true, true},    /* all */
        {L"GW", true, true, true},    /* all that writing is */
        {L"RC", false, false, false}, /* read its security */
        {L"GRGX", false, false, false},
    };
    WCHAR Text[256];
    PRCM_WRITER Writer;
    Make();
    for (size_t Index = 0; Index < sizeof(Rows) / sizeof(Rows[0]); Index++)
    {
        swprintf(Text, 256, SAFE L"(A;;%ls;;;WD)", Rows[Index].Right);
        Give(ROOT, Text, SAFE, SAFE);
        CHECK((SafePathCheck(DRIVER, &Writer) == PRCM_ERROR_UNSAFE) == Rows[Index].Above);
        Give(ROOT, SAFE, Text, SAFE);
        CHECK((SafePathCheck(DRIVER, &Writer) == PRCM_ERROR_UNSAFE) == Rows[Index].Directory);
        Give(ROOT, SAFE, SAFE, Text);
        CHECK((SafePathCheck(DRIVER, &Writer) == PRCM_ERROR_UNSAFE) == Rows[Index].File);
    }
    CleanUp();
}

static void
an_owner_other_than_administrators_is_named(void)
{
    Make();
    Give(ROOT, SAFE, L"O:S-1-5-21-1-2-3-1000D:(A;;FA;;;BA)", SAFE);
    ExpectUnsafe(PRCM_WRITER_OWNER, "C:\\safe\\prcm", "S-1-5-21-1-2-3-1000");
    CleanUp();
}

static void
what_has_no_security_is_everybodys(void)
{
    Make();
    Give(ROOT, SAFE, L"O:BA", SAFE);
    ExpectUnsafe(PRCM_WRITER_ACCESS, "C:\\safe\\prcm", "S-1-1-0");
    Give(ROOT, SAFE, SAFE, L"O:BA");
    ExpectUnsafe(PRCM_WRITER_ACCESS, DRIVER_UTF8, "S-1-1-0");
    VolumeFlags = 0;
    ExpectUnsafe(PRCM_WRITER_NO_SECURITY, "C:\\", "");
    CleanUp();
}

static void
a_drive_made_by_subst_is_a_link(void)
{
    PRCM_WRITER Writer;
    CHECK(DefineDosDeviceW(DDD_RAW_TARGET_PATH, L"Q:", L"\\??\\C:\\windows"));
    CHECK(SafePathCheck(L"Q:\\system32\\kernel32.dll", &Writer) == PRCM_ERROR_UNSAFE);
    CHECK(Writer.Why == PRCM_WRITER_LINK && strcmp(Writer.Path, "Q:") == 0);
    CHECK(DefineDosDeviceW(DDD_REMOVE_DEFINITION, L"Q:", NULL));
}

static void
a_path_that_is_not_there_is_an_error(void)
{
    PRCM_WRITER Writer;
    Give(ROOT, SAFE, SAFE, SAFE);
    CHECK(SafePathCheck(L"C:\\nowhere\\prcm\\prcm.sys", &Writer) == PRCM_ERROR_SYSTEM);
    CHECK(Writer.Why == PRCM_WRITER_NONE);
}

/* All the way: the file stays, and stays after uninstall. */
static void
a_safe_file_is_installed_in_place_and_stays(void)
{
    const PRCM_SERVICE_OPTIONS InPlace = {.InPlace = 1};
    Make();
    Give(ROOT, SAFE, SAFE, SAFE);
    CHECK(PrcmInstall(DRIVER_UTF8, &InPlace) == PRCM_OK);
    ExpectImagePath(DRIVER);
    CHECK(!FileExists(SYSTEM_COPY));
    CHECK(PrcmUninstall() == PRCM_OK);
    CHECK(FileExists(DRIVER));
    ExpectNothingLeft();
    CleanUp();
}

/* From there to a copy and back again: what was copied goes once the other has its place. */
static void
a_file_in_place_and_a_copy_follow_each_other(void)
{
    const PRCM_SERVICE_OPTIONS InPlace = {.InPlace = 1};
    PRCM_INSTALL_REPORT Report;
    Make();
    DriverMake(L"C:\\prcm-0.3.sys", VERSION(0, 3), DRIVER_DOES_NOT_LOAD);
    Give(ROOT, SAFE, SAFE, SAFE);
    CHECK(PrcmInstall(DRIVER_UTF8, &InPlace) == PRCM_OK);
    CHECK(PrcmInstallWith("C:\\prcm-0.3.sys", NULL, &Report) == PRCM_OK);
    CHECK(Report.Action == PRCM_INSTALL_UPGRADED && Report.FromVersion == VERSION(0, 2));
    ExpectImagePath(SYSTEM_IMAGE);
    CHECK(FileExists(SYSTEM_COPY));
    /* The one in place does not start either: Wine looks for ntext.sys beside it. */
    CHECK(PrcmStart() == PRCM_ERROR_WENT_BACK);
    ExpectImagePath(DRIVER);
    CHECK(!FileExists(SYSTEM_COPY) && !FileExists(SYSTEM_KEPT));
    CHECK(PrcmUninstall() == PRCM_OK);
    ExpectNothingLeft();
    DeleteFileW(L"C:\\prcm-0.3.sys");
    CleanUp();
}

static const CHECK_TEST Tests[] = {
    CHECK_TEST(what_windows_makes_for_administrators_is_safe),
    CHECK_TEST(whoever_may_change_a_part_of_the_path_is_named),
    CHECK_TEST(each_right_counts_where_it_is_dangerous),
    CHECK_TEST(an_owner_other_than_administrators_is_named),
    CHECK_TEST(what_has_no_security_is_everybodys),
    CHECK_TEST(a_drive_made_by_subst_is_a_link),
    CHECK_TEST(a_path_that_is_not_there_is_an_error),
    CHECK_TEST(a_safe_file_is_installed_in_place_and_stays),
    CHECK_TEST(a_file_in_place_and_a_copy_follow_each_other),
};

int
main(int Count, char **Arguments)
{
    return CheckMain(Tests, sizeof(Tests) / sizeof(Tests[0]), Count, Arguments);
}
