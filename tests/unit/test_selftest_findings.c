/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "cli/selftest/selftest_findings.h"

#define OWN      500u
#define CHILDREN 2u
#define EVENTS   8u
#define IMAGES   16u

static CHECK_CHILD Children[CHILDREN];
static CHECK_EVENT Events[EVENTS];
static FINDINGS_IMAGE Images[IMAGES];
static FINDINGS Findings;

static PRCM_VALUE
Present(uint64_t Value)
{
    return (PRCM_VALUE){.Value = Value, .Status = PRCM_PRESENT};
}

static FINDINGS_NAME
Name(const char *Text)
{
    uint16_t Units[64];
    uint32_t Count = 0;

    for (; Text[Count] != '\0'; Count++)
        Units[Count] = (uint16_t)(unsigned char)Text[Count];
    return FindingsName(Units, Count);
}

static void
AddEvent(uint64_t Sequence, uint32_t Kind, uint32_t Id, uint64_t CreateTime)
{
    Events[Findings.EventCount++] = (CHECK_EVENT){.Sequence = Sequence,
                                                  .Kind = Kind,
                                                  .Id = Id,
                                                  .CreateTime = Present(CreateTime),
                                                  .ExitStatus = Present(7)};
}

static void
AddImage(uint64_t Sequence, uint32_t Id, uint64_t CreateTime, uint64_t Base, const char *Path)
{
    Images[Findings.ImageCount++] = (FINDINGS_IMAGE){.Sequence = Sequence,
                                                     .Id = Id,
                                                     .CreateTime = Present(CreateTime),
                                                     .Base = Present(Base),
                                                     .Name = Name(Path)};
}

/* Two children, each with its executable, ntdll and one more; nothing else was tried. */
static int
Reset(void **State)
{
    (void)State;
    memset(Events, 0, sizeof(Events));
    memset(Images, 0, sizeof(Images));
    Findings = (FINDINGS){.Children = Children,
                          .ChildCount = CHILDREN,
                          .Events = Events,
                          .Images = Images,
                          .ImagesCaptured = true,
                          .Executable = Name("C:\\prcm\\PRCM.exe")};
    Findings.Mapped.Error = Findings.MappedNoExecute.Error = 5;
    Findings.Emulated.Error = Findings.Clone.Error = 127;
    for (uint32_t Index = 0; Index < CHILDREN; Index++)
    {
        uint64_t Sequence = 10 * (Index + 1);
        Children[Index] = (CHECK_CHILD){.Id = 4 * (Index + 1), .CreateTime = 1000 + Index};
        AddEvent(Sequence, PRCM_KIND_START, 4 * (Index + 1), 1000 + Index);
        AddImage(Sequence + 1, 4 * (Index + 1), 1000 + Index, 1, "\\Device\\HarddiskVolume3\\prcm\\prcm.exe");
        AddImage(Sequence + 2, 4 * (Index + 1), 1000 + Index, 2, "\\SystemRoot\\System32\\NTDLL.DLL");
        AddImage(Sequence + 3, 4 * (Index + 1), 1000 + Index, 3, "\\SystemRoot\\System32\\kernel32.dll");
        AddEvent(Sequence + 4, PRCM_KIND_EXIT, 4 * (Index + 1), 1000 + Index);
    }
    return 0;
}

#define NOT_TRIED                                                                                            \
    "a file mapped as an image, and not run: not tried, Windows error 5\n"                                   \
    "the same without execute rights: not tried, Windows error 5\n"
#define NEITHER                                                                                              \
    "a 32-bit cmd.exe that ends with 7: not tried, Windows error 127\n"                                      \
    "a clone of prcm.exe, without a thread: not tried, Windows error 127\n"
#define NO_PATHS                                                                                             \
    "paths of starts: \\Device 0, \\?? 0, \\SystemRoot 0, other 0, none 0\n"                                 \
    "paths of image loads: \\Device 0, \\?? 0, \\SystemRoot 0, other 0, none 0\n"

static void
AssertWrites(const char *Text)
{
    FindingsWrite(CaptureBegin(), &Findings);
    ASSERT_WROTE(Text);
}

static void
each_child_has_its_executable_and_ntdll_once(void **State)
{
    (void)State;
    AssertWrites("image loads of each of 2 processes: executable 1, ntdll.dll 1, all 3; before the start 0, "
                 "after the exit 0\n" NOT_TRIED NEITHER NO_PATHS);
}

static void
what_differs_between_children_is_a_range_and_loads_out_of_order_are_counted(void **State)
{
    (void)State;
    AddImage(9, 4, 1000, 4, "ntdll.dll");
    AddImage(25, 8, 1001, 4, "x.dll");
    AddImage(26, 8, 999, 4, "of-another-process-with-that-id.dll");
    Images[3].Name = Name("other.exe");
    AssertWrites("image loads of each of 2 processes: executable 0 to 1, ntdll.dll 1 to 2, all 4; before the "
                 "start 1, after the exit 1\n" NOT_TRIED NEITHER NO_PATHS);
}

static void
loads_without_a_create_time_count_by_id(void **State)
{
    (void)State;
    Images[0].CreateTime = (PRCM_VALUE){.Status = PRCM_ABSENT};
    AssertWrites("image loads of each of 2 processes: executable 1, ntdll.dll 1, all 3; before the start 0, "
                 "after the exit 0\n" NOT_TRIED NEITHER NO_PATHS);
}

static void
a_mapping_is_found_by_its_process_and_base(void **State)
{
    (void)State;
    Findings.ChildCount = 0;
    Findings.Mapped = (FINDINGS_PROBE){.Id = OWN, .Base = 0x10000};
    Findings.MappedNoExecute = (FINDINGS_PROBE){.Id = OWN, .Base = 0x20000};
    AddImage(1, OWN, 7, 0x10000, "prcm.exe");
    AddImage(2, OWN + 4, 7, 0x20000, "prcm.exe");
    AssertWrites("a file mapped as an image, and not run: told as 1 image load\n"
                 "the same without execute rights: told as 0 image loads\n" NEITHER NO_PATHS);
}

static void
an_emulated_program_is_told_with_both_its_ntdlls(void **State)
{
    (void)State;
    Findings.ChildCount = 0;
    Findings.Emulated = (FINDINGS_PROBE){.Id = 12, .CreateTime = 77};
    AddEvent(1, PRCM_KIND_START, 12, 77);
    Events[Findings.EventCount - 1].Architecture = Present(PRCM_ARCHITECTURE_EMULATED);
    AddImage(2, 12, 77, 1, "C:\\Windows\\SysWOW64\\cmd.exe");
    AddImage(3, 12, 77, 2, "\\SystemRoot\\System32\\ntdll.dll");
    AddImage(4, 12, 77, 3, "\\SystemRoot\\SysWOW64\\ntdll.dll");
    AddEvent(5, PRCM_KIND_EXIT, 12, 77);
    AssertWrites(NOT_TRIED "a 32-bit cmd.exe that ends with 7: start told, exit told with status 0x00000007, "
                           "emulated; image loads: executable 1, ntdll.dll 2\n"
                           "a clone of prcm.exe, without a thread: not tried, Windows error 127\n" NO_PATHS);
}

static void
a_clone_has_an_exit_alone_and_its_id_may_be_used_again(void **State)
{
    (void)State;
    Findings.ChildCount = 0;
    Findings.Clone = (FINDINGS_PROBE){.Id = 4, .CreateTime = 55};
    AddEvent(1, PRCM_KIND_EXIT, 4, 55);
    Events[Findings.EventCount - 1].ExitStatus = Present(0x103);
    AssertWrites(NOT_TRIED "a 32-bit cmd.exe that ends with 7: not tried, Windows error 127\n"
                           "a clone of prcm.exe, without a thread: start not told, exit told with status "
                           "0x00000103\n" NO_PATHS);
}

static void
an_exit_without_a_status_says_why(void **State)
{
    (void)State;
    Findings.ChildCount = 0;
    Findings.Clone = (FINDINGS_PROBE){.Id = 12, .CreateTime = 55};
    AddEvent(1, PRCM_KIND_EXIT, 12, 55);
    Events[Findings.EventCount - 1].ExitStatus = (PRCM_VALUE){.Status = 0xC000000Bu};
    AssertWrites(NOT_TRIED "a 32-bit cmd.exe that ends with 7: not tried, Windows error 127\n"
                           "a clone of prcm.exe, without a thread: start not told, exit told without a "
                           "status: 0xC000000B\n" NO_PATHS);
}

static void
where_image_loads_are_not_captured_nothing_is_said_of_them(void **State)
{
    (void)State;
    Findings.ImagesCaptured = false;
    AssertWrites("image loads: not captured\n" NEITHER
                 "paths of starts: \\Device 0, \\?? 0, \\SystemRoot 0, other 0, none 0\n");
}

static void
AddPath(uint32_t Status, uint32_t Form, uint32_t ExactStatus, uint64_t Exact)
{
    PRCM_PATH Path = {.Text.Status = Status, .Form = Form};
    PRCM_VALUE Value = {.Value = Exact, .Status = ExactStatus};
    FindingsAddPath(&Findings.StartPaths, &Path, &Value);
    FindingsAddPath(&Findings.ImagePaths, &Path, NULL);
}

static void
forms_of_paths_are_counted(void **State)
{
    (void)State;
    Findings.ChildCount = 0;
    AddPath(PRCM_PRESENT, PRCM_PATH_NT, PRCM_PRESENT, 1);
    AddPath(PRCM_PRESENT, PRCM_PATH_NT, PRCM_PRESENT, 0);
    AddPath(PRCM_PRESENT, PRCM_PATH_DOS_DEVICE, PRCM_ABSENT, 0);
    AddPath(PRCM_PRESENT, PRCM_PATH_SYSTEM_ROOT, PRCM_PRESENT, 1);
    AddPath(PRCM_PRESENT, PRCM_PATH_OTHER, PRCM_PRESENT, 1);
    AddPath(PRCM_ABSENT, PRCM_PATH_OTHER, PRCM_ABSENT, 0);
    AddPath(PRCM_PRESENT, 99, PRCM_ABSENT, 0);
    AssertWrites(NOT_TRIED NEITHER
                 "paths of starts: \\Device 2, \\?? 1, \\SystemRoot 1, other 1, none 2; as opened 3, "
                 "perhaps not 1\n"
                 "paths of image loads: \\Device 2, \\?? 1, \\SystemRoot 1, other 1, none 2\n");
}

static void
a_name_is_the_last_component_cut_and_in_lower_case(void **State)
{
    static const uint16_t Strange[] = {'\\', 0xD834, 0xDD1E, ' ', '.', 'X'};
    (void)State;
    assert_string_equal(Name("\\Device\\x\\A.EXE").Text, "a.exe");
    assert_string_equal(Name("A.EXE").Text, "a.exe");
    assert_string_equal(Name("\\dir\\").Text, "");
    assert_string_equal(Name("").Text, "");
    assert_string_equal(Name("c:\\0123456789abcdefgh.dll").Text, "0123456789abcde");
    assert_string_equal(FindingsName(Strange, 6).Text, "???.x");
}

static void
code_integrity_is_told_in_words(void **State)
{
    (void)State;
    FindingsWriteCodeIntegrity(CaptureBegin(), 0);
    ASSERT_WROTE("code integrity 0x00000000");
    FindingsWriteCodeIntegrity(CaptureBegin(), 0x1);
    ASSERT_WROTE("code integrity 0x00000001 (on)");
    FindingsWriteCodeIntegrity(CaptureBegin(), 0x2C03);
    ASSERT_WROTE(
        "code integrity 0x00002C03 (on, test signing, memory integrity, memory integrity in audit mode)");
}

int
main(void)
{
#define TEST(Name) cmocka_unit_test_setup(Name, Reset)
    const struct CMUnitTest Tests[] = {
        TEST(each_child_has_its_executable_and_ntdll_once),
        TEST(what_differs_between_children_is_a_range_and_loads_out_of_order_are_counted),
        TEST(loads_without_a_create_time_count_by_id),
        TEST(a_mapping_is_found_by_its_process_and_base),
        TEST(an_emulated_program_is_told_with_both_its_ntdlls),
        TEST(a_clone_has_an_exit_alone_and_its_id_may_be_used_again),
        TEST(an_exit_without_a_status_says_why),
        TEST(where_image_loads_are_not_captured_nothing_is_said_of_them),
        TEST(forms_of_paths_are_counted),
        TEST(a_name_is_the_last_component_cut_and_in_lower_case),
        TEST(code_integrity_is_told_in_words),
    };
    return cmocka_run_group_tests_name("selftest findings", Tests, NULL, NULL);
}
