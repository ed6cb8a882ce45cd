/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "stream/paths.h"
#include "text/wildcard.h"

static PATHS Paths;

static UTF16
Units(const char *Utf8, uint16_t *Buffer, size_t Capacity)
{
    size_t Count = Utf16FromUtf8(Utf8, Buffer, Capacity);
    assert_true(Count <= Capacity);
    return (UTF16){.Units = Buffer, .Count = (uint32_t)Count};
}

static bool
Add(const char *Device, const char *Dos)
{
    uint16_t DeviceUnits[PATHS_MAX_PREFIX + 1];
    uint16_t DosUnits[PATHS_MAX_PREFIX + 1];
    return PathsAdd(&Paths, Units(Device, DeviceUnits, PATHS_MAX_PREFIX + 1),
                    Units(Dos, DosUnits, PATHS_MAX_PREFIX + 1));
}

static int
FillTable(void **State)
{
    (void)State;
    PathsInit(&Paths);
    Add("\\SystemRoot", "C:\\Windows");
    Add("\\Device\\HarddiskVolume1", "C:");
    Add("\\Device\\HarddiskVolume12", "D:");
    Add("\\Device\\HarddiskVolume3", "E:");
    Add("\\Device\\HarddiskVolume3\\nested", "F:");
    Add("\\Device\\HarddiskVolume5", "C:\\mounted\\data");
    Add("\\Device\\HarddiskVolume5", "X:");
    return 0;
}

static int
EmptyTable(void **State)
{
    (void)State;
    PathsDestroy(&Paths);
    return 0;
}

static void
AssertMaps(const char *Nt, const char *Dos)
{
    uint16_t Buffer[256];
    Utf16Write(CaptureBegin(), PathsToDos(&Paths, Units(Nt, Buffer, 256)));
    ASSERT_WROTE(Dos);
}

static void
maps_devices_to_drives(void **State)
{
    (void)State;
    AssertMaps("\\Device\\HarddiskVolume1\\Windows\\a.exe", "C:\\Windows\\a.exe");
    AssertMaps("\\Device\\HarddiskVolume5\\a.dll", "C:\\mounted\\data\\a.dll");
    AssertMaps("\\Device\\HarddiskVolume1", "C:");
    AssertMaps("\\SystemRoot\\System32\\ntdll.dll", "C:\\Windows\\System32\\ntdll.dll");
}

static void
compares_whole_components(void **State)
{
    (void)State;
    AssertMaps("\\Device\\HarddiskVolume12\\a", "D:\\a");
    AssertMaps("\\Device\\HarddiskVolume123\\a", "\\Device\\HarddiskVolume123\\a");
    AssertMaps("\\SystemRootless\\a", "\\SystemRootless\\a");
}

static void
takes_the_longest_device(void **State)
{
    (void)State;
    AssertMaps("\\Device\\HarddiskVolume3\\nested\\a", "F:\\a");
    AssertMaps("\\Device\\HarddiskVolume3\\nestedmore\\a", "E:\\nestedmore\\a");
}

static void
ignores_case(void **State)
{
    (void)State;
    AssertMaps("\\DEVICE\\harddiskvolume1\\Mixed.Exe", "C:\\Mixed.Exe");
    AssertMaps("\\systemroot\\x", "C:\\Windows\\x");
}

static void
maps_dos_devices(void **State)
{
    (void)State;
    AssertMaps("\\??\\C:\\Windows\\a.exe", "C:\\Windows\\a.exe");
    AssertMaps("\\DosDevices\\Z:\\a", "Z:\\a");
    AssertMaps("\\GLOBAL??\\c:\\a", "c:\\a");
    AssertMaps("\\??\\UNC\\server\\share\\a.exe", "\\\\server\\share\\a.exe");
    AssertMaps("\\??\\Volume{1-2}\\a", "\\??\\Volume{1-2}\\a");
    AssertMaps("\\??\\C:relative", "\\??\\C:relative");
    AssertMaps("\\??\\1:\\a", "\\??\\1:\\a");
    AssertMaps("\\??\\C:", "C:");
    AssertMaps("\\??\\C:\\PROGRA~1\\A.EXE", "C:\\PROGRA~1\\A.EXE");
    AssertMaps("\\??\\UNCLE\\server\\share", "\\??\\UNCLE\\server\\share");
    AssertMaps("\\??\\GLOBALROOT\\Device\\HarddiskVolume1\\a.exe", "C:\\a.exe");
    AssertMaps("\\??\\GLOBALROOT\\Device\\HarddiskVolume77\\a",
               "\\??\\GLOBALROOT\\Device\\HarddiskVolume77\\a");
    AssertMaps("\\??\\GLOBALROOT\\Device\\Mup\\server\\share\\a", "\\\\server\\share\\a");
    AssertMaps("\\??\\UNC", "\\??\\UNC");
    AssertMaps("\\??", "\\??");
}

static void
maps_network_redirectors(void **State)
{
    (void)State;
    AssertMaps("\\Device\\Mup\\server\\share\\a.exe", "\\\\server\\share\\a.exe");
    AssertMaps("\\Device\\Mup\\;LanmanRedirector\\;Z:000000000001f3a2\\server\\share\\a",
               "\\\\server\\share\\a");
    AssertMaps("\\Device\\LanmanRedirector\\;Z:0001\\server\\share\\a", "\\\\server\\share\\a");
    AssertMaps("\\Device\\LanmanRedirector\\;Z:00000000000abcde\\server\\share\\a.exe",
               "\\\\server\\share\\a.exe");
    AssertMaps("\\Device\\Mup\\server@SSL\\DavWWWRoot\\a.exe", "\\\\server@SSL\\DavWWWRoot\\a.exe");
    AssertMaps("\\Device\\Mup\\;WebDavRedirector\\;W:00000000000abcde\\server@8080\\share\\a",
               "\\\\server@8080\\share\\a");
    AssertMaps("\\Device\\WebDavRedirector\\;W:00000000000abcde\\server\\share\\a", "\\\\server\\share\\a");
    AssertMaps("\\Device\\Mup\\server\\share", "\\\\server\\share");
}

static void
a_mapped_letter_stands_for_its_own_connection_alone(void **State)
{
    (void)State;
    Add("\\Device\\LanmanRedirector\\;Z:00000000000abcde\\server\\share", "Z:");
    AssertMaps("\\Device\\LanmanRedirector\\;Z:00000000000abcde\\server\\share\\a.exe", "Z:\\a.exe");
    AssertMaps("\\Device\\LanmanRedirector\\;Z:00000000000abcde\\server\\shared\\a", "\\\\server\\shared\\a");
    AssertMaps("\\Device\\LanmanRedirector\\;Z:00000000000abcdf\\server\\share\\a", "\\\\server\\share\\a");
}

/* The NT path, and nothing that is half of either. */
static void
a_network_path_without_server_and_share_stays_as_opened(void **State)
{
    static const char *const Opened[] = {
        "\\Device\\Mup",
        "\\Device\\Mup\\",
        "\\Device\\Mup\\server",
        "\\Device\\Mup\\server\\",
        "\\Device\\Mup\\\\share",
        "\\Device\\Mup\\;LanmanRedirector",
        "\\Device\\Mup\\;LanmanRedirector\\;Z:1",
        "\\Device\\Mup\\;LanmanRedirector\\;Z:1\\server",
        "\\Device\\MupX\\server\\share",
        "\\??\\UNC\\",
        "\\??\\UNC\\server",
        "\\??\\Volume{01234567-89ab-cdef-0123-456789abcdef}\\a.exe",
        "\\??\\GLOBALROOT",
        "\\??\\GLOBALROOT\\Device\\Mup\\server",
    };
    (void)State;
    for (size_t Index = 0; Index < sizeof(Opened) / sizeof(Opened[0]); Index++)
        AssertMaps(Opened[Index], Opened[Index]);
}

static void
leaves_what_has_no_drive_and_notes_unknown_devices(void **State)
{
    (void)State;
    Paths.Missed = false;
    AssertMaps("\\Windows\\System32\\ntdll.dll", "\\Windows\\System32\\ntdll.dll");
    AssertMaps("", "");
    AssertMaps("a", "a");
    AssertMaps("\\Device\\HarddiskVolume1\\a", "C:\\a");
    assert_false(Paths.Missed);
    AssertMaps("\\Device\\HarddiskVolume77\\a", "\\Device\\HarddiskVolume77\\a");
    assert_true(Paths.Missed);
}

static void
maps_the_longest_path_there_is(void **State)
{
    static uint16_t Nt[32767];
    UTF16 Head;
    (void)State;
    Head = Units("\\Device\\HarddiskVolume5\\", Nt, 32767);
    for (uint32_t Index = Head.Count; Index < 32767; Index++)
        Nt[Index] = 'x';
    UTF16 Dos = PathsToDos(&Paths, (UTF16){Nt, 32767});
    assert_int_equal(Dos.Count, 32767 - strlen("\\Device\\HarddiskVolume5") + strlen("C:\\mounted\\data"));
    assert_int_equal(Dos.Units[0], 'C');
    assert_int_equal(Dos.Units[Dos.Count - 1], 'x');
}

static void
refuses_a_device_that_does_not_fit(void **State)
{
    char Long[PATHS_MAX_PREFIX + 2];
    (void)State;
    memset(Long, 'x', sizeof(Long));
    Long[PATHS_MAX_PREFIX + 1] = '\0';
    assert_false(Add(Long, "C:"));
    assert_false(Add("", "C:"));
}

static bool
MatchesText(const char *Pattern, const char *Path)
{
    uint16_t PatternUnits[128];
    uint16_t PathUnits[256];
    return WildcardMatchesPath(Units(Pattern, PatternUnits, 128), Units(Path, PathUnits, 256));
}

static void
pattern_without_backslash_matches_the_file_name(void **State)
{
    (void)State;
    assert_true(MatchesText("cmd.exe", "C:\\Windows\\System32\\cmd.exe"));
    assert_true(MatchesText("CMD.EXE", "C:\\Windows\\System32\\cmd.exe"));
    assert_true(MatchesText("*.dll", "C:\\Windows\\a.dll"));
    assert_true(MatchesText("a?c.dll", "C:\\x\\ABC.DLL"));
    assert_true(MatchesText("*", "C:\\x"));
    assert_true(MatchesText("cmd.exe", "cmd.exe"));
    assert_false(MatchesText("cmd.exe", "C:\\cmd.exe\\other.exe"));
    assert_false(MatchesText("cmd", "C:\\cmd.exe"));
    assert_false(MatchesText("a?.dll", "C:\\a.dll"));
    assert_false(MatchesText("System32*", "C:\\Windows\\System32\\cmd.exe"));
}

static void
pattern_with_backslash_matches_the_whole_path(void **State)
{
    (void)State;
    assert_true(MatchesText("C:\\Windows\\*", "C:\\Windows\\System32\\cmd.exe"));
    assert_true(MatchesText("*\\system32\\*.exe", "C:\\Windows\\System32\\cmd.exe"));
    assert_true(MatchesText("?:\\a", "C:\\a"));
    assert_false(MatchesText("\\cmd.exe", "C:\\cmd.exe"));
    assert_false(MatchesText("C:\\Windows\\", "C:\\Windows\\cmd.exe"));
}

static void
a_stream_is_found_by_its_file_too(void **State)
{
    static const char Stream[] = "C:\\x\\x.txt:evil.exe";
    (void)State;
    assert_true(MatchesText("x.txt", Stream));
    assert_true(MatchesText("*.exe", Stream));
    assert_true(MatchesText("x.txt:evil.exe", Stream));
    assert_true(MatchesText("C:\\x\\x.txt", Stream));
    assert_true(MatchesText("C:\\x\\*", Stream));
    assert_true(MatchesText("x.txt", "C:\\x.txt:evil.exe:$DATA"));
    assert_true(MatchesText("x.txt", "x.txt:evil.exe"));
    assert_false(MatchesText("evil.exe", Stream));
    assert_false(MatchesText("x", Stream));
    assert_false(MatchesText("C", "C:"));
    assert_false(MatchesText("C", "C:a"));
    assert_false(MatchesText("x.txt", "C:\\x.txt:\\a.exe"));
}

static void
pattern_backs_up_to_its_last_star(void **State)
{
    (void)State;
    assert_true(MatchesText("*a*ab", "aabaab"));
    assert_true(MatchesText("**b", "ab"));
    assert_true(MatchesText("a*", "a"));
    assert_true(MatchesText("*\xC3\xA9*", "C:\\x\\caf\xC3\x89.exe"));
    assert_false(MatchesText("*ab*c", "abab"));
    assert_false(MatchesText("?", "C:\\"));
}

static void
a_hostile_pattern_costs_little(void **State)
{
    static uint16_t Path[32767];
    uint16_t Pattern[64];
    (void)State;
    for (uint32_t Index = 0; Index < 32767; Index++)
        Path[Index] = 'a';
    UTF16 Hostile = Units("*a*a*a*a*a*a*a*a*a*a*a*a*a*b", Pattern, 64);
    assert_false(WildcardMatchesPath(Hostile, (UTF16){Path, 32767}));
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(maps_devices_to_drives),
        cmocka_unit_test(compares_whole_components),
        cmocka_unit_test(takes_the_longest_device),
        cmocka_unit_test(ignores_case),
        cmocka_unit_test(maps_dos_devices),
        cmocka_unit_test(maps_network_redirectors),
        cmocka_unit_test(a_mapped_letter_stands_for_its_own_connection_alone),
        cmocka_unit_test(a_network_path_without_server_and_share_stays_as_opened),
        cmocka_unit_test(leaves_what_has_no_drive_and_notes_unknown_devices),
        cmocka_unit_test(maps_the_longest_path_there_is),
        cmocka_unit_test(refuses_a_device_that_does_not_fit),
        cmocka_unit_test(pattern_without_backslash_matches_the_file_name),
        cmocka_unit_test(pattern_with_backslash_matches_the_whole_path),
        cmocka_unit_test(a_stream_is_found_by_its_file_too),
        cmocka_unit_test(pattern_backs_up_to_its_last_star),
        cmocka_unit_test(a_hostile_pattern_costs_little),
    };
    return cmocka_run_group_tests(Tests, FillTable, EmptyTable);
}
