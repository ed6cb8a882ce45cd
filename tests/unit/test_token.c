/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "prcm.h"

static const PRCM_TOKEN Known = {
    .Instance = 0x01dc5bd0f3a1b2c4u,
    .Next = 70,
    .Captured = {20, 19, 30, 0},
    .Dropped = {0, 1, 30, 0},
    .CountsKnown = 1,
};

static void
AssertFormats(const PRCM_TOKEN *Token, const char *Expected)
{
    char Text[PRCM_TOKEN_TEXT_BYTES];
    memset(Text, 'x', sizeof(Text));
    PrcmTokenFormat(Token, Text);
    assert_string_equal(Text, Expected);
}

static void
AssertParses(const char *Text, const PRCM_TOKEN *Expected)
{
    PRCM_TOKEN Token;
    memset(&Token, 0xAA, sizeof(Token));
    assert_int_equal(PrcmTokenParse(Text, &Token), PRCM_OK);
    assert_memory_equal(&Token, Expected, sizeof(Token));
}

static void
formats_a_token_with_counts(void **State)
{
    (void)State;
    AssertFormats(&Known, "0x1dc5bd0f3a1b2c4:70:20,19,30,0:0,1,30,0");
}

static void
formats_a_token_without_counts(void **State)
{
    (void)State;
    const PRCM_TOKEN Bare = {.Instance = 0xabc, .Next = 17};
    AssertFormats(&Bare, "0xabc:17");
}

static void
formats_the_longest_token(void **State)
{
    (void)State;
    PRCM_TOKEN Longest;
    memset(&Longest, 0xFF, sizeof(Longest));
    AssertFormats(&Longest,
                  "0xffffffffffffffff:18446744073709551615"
                  ":18446744073709551615,18446744073709551615,18446744073709551615,18446744073709551615"
                  ":18446744073709551615,18446744073709551615,18446744073709551615,18446744073709551615");
}

static void
parses_what_it_formats(void **State)
{
    (void)State;
    char Text[PRCM_TOKEN_TEXT_BYTES];
    PrcmTokenFormat(&Known, Text);
    AssertParses(Text, &Known);
}

static void
parses_a_token_without_counts(void **State)
{
    (void)State;
    const PRCM_TOKEN Bare = {.Instance = UINT64_MAX, .Next = UINT64_MAX};
    AssertParses("0xffffffffffffffff:18446744073709551615", &Bare);
}

static void
parses_the_first_token_of_an_instance(void **State)
{
    (void)State;
    const PRCM_TOKEN First = {.Instance = 1, .Next = 1, .CountsKnown = 1};
    AssertParses("0x1:1:0,0,0,0:0,0,0,0", &First);
}

/* Each differs from a token in one thing. */
static const char *const NoTokens[] = {
    "",
    "0x",
    "0x1",
    "0x1:",
    ":1",
    "1:1",
    "0X1:1",
    "x1:1",
    "0x:1",
    " 0x1:1",
    "0x1:1 ",
    "0x1: 1",
    "0x1:+1",
    "0x1:-1",
    "0x1:0x1",
    "0x1;1",
    "0xg:1",
    "0xA:1",
    "0x0:1",
    "0x1:0",
    "0x1:1:",
    "0x1:1:0",
    "0x1:1:0,0,0,0",
    "0x1:1:0,0,0,0:",
    "0x1:1:0,0,0:0,0,0,0",
    "0x1:1:0,0,0,0:0,0,0",
    "0x1:1:0,0,0,0:0,0,0,",
    "0x1:1:0,0,0,0:0,0,0,0,0",
    "0x1:1:0,0,0,0:0,0,0,0:",
    "0x1:1:0,0,0,0:0,0,0,0\n",
    "0x1:1:0:0:0:0:0,0,0,0",
    "0x10000000000000000:1",
    "0x1:18446744073709551616",
    "0x1:99999999999999999999999",
    "0x1:2:18446744073709551616,1,0,0:0,0,0,0",
};

static void
refuses_what_is_no_token(void **State)
{
    (void)State;
    for (size_t Index = 0; Index < sizeof(NoTokens) / sizeof(NoTokens[0]); Index++)
    {
        PRCM_TOKEN Token;
        if (PrcmTokenParse(NoTokens[Index], &Token) != PRCM_ERROR_TOKEN)
            fail_msg("taken for a token: \"%s\"", NoTokens[Index]);
    }
}

static void
refuses_counts_that_do_not_add_up(void **State)
{
    (void)State;
    PRCM_TOKEN Token;
    assert_int_equal(PrcmTokenParse("0x1:70:20,19,31,0:0,0,0,0", &Token), PRCM_ERROR_TOKEN);
    assert_int_equal(PrcmTokenParse("0x1:70:20,19,29,0:0,0,0,0", &Token), PRCM_ERROR_TOKEN);
    assert_int_equal(PrcmTokenParse("0x1:2:18446744073709551615,2,0,0:0,0,0,0", &Token), PRCM_ERROR_TOKEN);
}

static void
refuses_more_dropped_than_captured(void **State)
{
    (void)State;
    PRCM_TOKEN Token;
    assert_int_equal(PrcmTokenParse("0x1:70:20,19,30,0:0,20,0,0", &Token), PRCM_ERROR_TOKEN);
}

static void
leaves_the_token_alone_when_it_refuses(void **State)
{
    (void)State;
    PRCM_TOKEN Token = Known;
    assert_int_equal(PrcmTokenParse("0x1:70:1,1,1,1:0,0,0,0", &Token), PRCM_ERROR_TOKEN);
    assert_memory_equal(&Token, &Known, sizeof(Token));
}

static void
refuses_every_beginning_of_a_token(void **State)
{
    (void)State;
    char Text[PRCM_TOKEN_TEXT_BYTES];
    PRCM_TOKEN Token;
    PrcmTokenFormat(&Known, Text);
    for (size_t Length = strlen(Text) - 1; strchr(Text + 2, ',') < Text + Length; Length--)
    {
        Text[Length] = 0;
        assert_int_equal(PrcmTokenParse(Text, &Token), PRCM_ERROR_TOKEN);
    }
}

static void
refuses_null(void **State)
{
    (void)State;
    PRCM_TOKEN Token;
    assert_int_equal(PrcmTokenParse(NULL, &Token), PRCM_ERROR_PARAMETER);
    assert_int_equal(PrcmTokenParse("0x1:1", NULL), PRCM_ERROR_PARAMETER);
}

/* Results are as much part of the interface as functions: each has its own text, which tells what to do. */
static void
every_result_has_a_text_of_its_own(void **State)
{
    (void)State;
    const char *Unknown = PrcmResultText(-1);
    for (PRCM_RESULT Result = PRCM_ERROR_FIRST; Result <= PRCM_ERROR_FILE; Result++)
    {
        assert_string_not_equal(PrcmResultText(Result), Unknown);
        for (PRCM_RESULT Other = PRCM_ERROR_FIRST; Other < Result; Other++)
            assert_string_not_equal(PrcmResultText(Result), PrcmResultText(Other));
    }
    assert_string_equal(PrcmResultText(PRCM_ERROR_FILE + 1), Unknown);
    assert_string_not_equal(PrcmResultText(PRCM_OK), Unknown);
    assert_string_not_equal(PrcmResultText(PRCM_TIMEOUT), Unknown);
    assert_string_not_equal(PrcmResultText(PRCM_STOP_EVENT), Unknown);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(formats_a_token_with_counts),
        cmocka_unit_test(formats_a_token_without_counts),
        cmocka_unit_test(formats_the_longest_token),
        cmocka_unit_test(parses_what_it_formats),
        cmocka_unit_test(parses_a_token_without_counts),
        cmocka_unit_test(parses_the_first_token_of_an_instance),
        cmocka_unit_test(refuses_what_is_no_token),
        cmocka_unit_test(refuses_counts_that_do_not_add_up),
        cmocka_unit_test(refuses_more_dropped_than_captured),
        cmocka_unit_test(leaves_the_token_alone_when_it_refuses),
        cmocka_unit_test(refuses_every_beginning_of_a_token),
        cmocka_unit_test(refuses_null),
        cmocka_unit_test(every_result_has_a_text_of_its_own),
    };
    return cmocka_run_group_tests_name("token", Tests, NULL, NULL);
}
