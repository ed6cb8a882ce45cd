/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "filter_rig.h"

static void
the_example_of_the_reference_is_answered(void **State)
{
    (void)State;
    assert_int_equal(RigAsk("kind == image and image matches \"*\\\\System32\\\\*\" and "
                            "not parent_image endswith \"\\\\explorer.exe\""),
                     RIG_IMAGE);
    assert_int_equal(RigAsk("kind == start and parent_image endswith \"\\\\EXPLORER.exe\""), RIG_START);
}

static void
not_binds_closer_than_and_and_and_than_or(void **State)
{
    static const char *const True = "pid == 1234";
    static const char *const False = "pid == 1";
    char Text[200];

    (void)State;
    for (unsigned Case = 0; Case < 8; Case++)
    {
        bool A = (Case & 1) != 0, B = (Case & 2) != 0, C = (Case & 4) != 0;
        const char *TextA = A ? True : False, *TextB = B ? True : False, *TextC = C ? True : False;
        snprintf(Text, sizeof(Text), "%s or %s and %s", TextA, TextB, TextC);
        assert_int_equal(RigAsk(Text), A || (B && C) ? RIG_ALL : 0);
        snprintf(Text, sizeof(Text), "%s and %s or %s", TextA, TextB, TextC);
        assert_int_equal(RigAsk(Text), (A && B) || C ? RIG_ALL : 0);
        snprintf(Text, sizeof(Text), "(%s or %s) and %s", TextA, TextB, TextC);
        assert_int_equal(RigAsk(Text), (A || B) && C ? RIG_ALL : 0);
        snprintf(Text, sizeof(Text), "not %s and %s or not (%s)", TextA, TextB, TextC);
        assert_int_equal(RigAsk(Text), (!A && B) || !C ? RIG_ALL : 0);
        snprintf(Text, sizeof(Text), "not not %s and not not not %s", TextA, TextB);
        assert_int_equal(RigAsk(Text), A && !B ? RIG_ALL : 0);
    }
}

/* docs/filters.md has this table. */
static void
a_field_without_value_is_neither_equal_nor_unequal(void **State)
{
    static const struct
    {
        const char *Text;
        bool Equal, Unequal, None; /* whether it passes where user is the name, another, or has no value */
    } Cases[] = {
        {"user == \"HOST\\\\J\xC3\xA9r\xC3\xB4me\"", true, false, false},
        {"user != \"HOST\\\\J\xC3\xA9r\xC3\xB4me\"", false, true, false},
        {"not user == \"HOST\\\\J\xC3\xA9r\xC3\xB4me\"", false, true, true},
        {"not user != \"HOST\\\\J\xC3\xA9r\xC3\xB4me\"", true, false, true},
        {"user in (\"x\", \"HOST\\\\J\xC3\xA9r\xC3\xB4me\")", true, false, false},
        {"not user in (\"x\", \"HOST\\\\J\xC3\xA9r\xC3\xB4me\")", false, true, true},
        {"user =~ \"J.r.me$\"", true, false, false},
        {"user !~ \"J.r.me$\"", false, true, false},
        {"not user =~ \"J.r.me$\"", false, true, true},
        {"has(user)", true, true, false},
        {"not has(user)", false, false, true},
        {"status(user) == \"present\"", true, true, false},
        {"status(user) == \"absent\"", false, false, true},
    };

    (void)State;
    for (size_t Index = 0; Index < sizeof(Cases) / sizeof(Cases[0]); Index++)
    {
        char Text[200];
        snprintf(Text, sizeof(Text), "kind == start and %s", Cases[Index].Text);
        assert_int_equal(RigAsk(Text), Cases[Index].Equal ? RIG_START : 0);
        assert_int_equal(RigAskBare(Text), Cases[Index].None ? RIG_START : 0);
    }
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(the_example_of_the_reference_is_answered),
        cmocka_unit_test(not_binds_closer_than_and_and_and_than_or),
        cmocka_unit_test(a_field_without_value_is_neither_equal_nor_unequal),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
