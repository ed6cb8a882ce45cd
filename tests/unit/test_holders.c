/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cli/status/holders.h"

static HOLDERS
Two(void)
{
    return (HOLDERS){
        .Known = true,
        .Found = {.Handles = 3, .Complete = 1, .Count = 2, .Holders = {{1234, 2}, {99, 1}}},
        .Images = {"viewer.exe"},
    };
}

static void
programs_are_named_with_their_handles(void **State)
{
    HOLDERS Holders = Two();
    char Text[HOLDERS_TEXT_BYTES];
    (void)State;
    HoldersDescribe(&Holders, Text);
    assert_string_equal(Text, "3 handles: viewer.exe (1234) 2, ? (99) 1");
    Holders.Found.Complete = 0;
    HoldersDescribe(&Holders, Text);
    assert_string_equal(Text, "3 handles: viewer.exe (1234) 2, ? (99) 1; there may be more");
    Holders.Found = (PRCM_HOLDERS){.Handles = 1, .Complete = 1, .Count = 1, .Holders = {{1234, 1}}};
    HoldersDescribe(&Holders, Text);
    assert_string_equal(Text, "1 handle: viewer.exe (1234)");
}

static void
what_cannot_be_told_is_not_made_up(void **State)
{
    HOLDERS Holders = Two();
    char Text[HOLDERS_TEXT_BYTES];
    (void)State;
    Holders.Known = false;
    HoldersDescribe(&Holders, Text);
    assert_string_equal(Text, "a handle of a program that cannot be told");
    Holders = (HOLDERS){.Known = true, .Found = {.Complete = 1}};
    HoldersDescribe(&Holders, Text);
    assert_string_equal(Text, "a handle of a program that cannot be told");
}

static void
long_names_do_not_overrun_the_text(void **State)
{
    HOLDERS Holders = {.Known = true, .Found = {.Handles = PRCM_MAX_HOLDERS, .Count = PRCM_MAX_HOLDERS}};
    char Text[HOLDERS_TEXT_BYTES];
    (void)State;
    for (uint32_t Index = 0; Index < PRCM_MAX_HOLDERS; Index++)
    {
        Holders.Found.Holders[Index] = (PRCM_HOLDER){Index, 1};
        memset(Holders.Images[Index], 'x', HOLDERS_IMAGE_BYTES - 1);
    }
    HoldersDescribe(&Holders, Text);
    assert_true(strlen(Text) < HOLDERS_TEXT_BYTES);
    assert_non_null(strstr(Text, "32 handles: xxx"));
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(programs_are_named_with_their_handles),
        cmocka_unit_test(what_cannot_be_told_is_not_made_up),
        cmocka_unit_test(long_names_do_not_overrun_the_text),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
