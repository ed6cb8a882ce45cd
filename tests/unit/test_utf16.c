/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "text/utf16.h"

typedef struct ESCAPE
{
    uint16_t Units[5];
    uint32_t Count;
    const char *Console;
    const char *Json;
} ESCAPE;

static const ESCAPE Escapes[] = {
    /* as they are */
    {{'a', ' ', '~'}, 3, "a ~", "\"a ~\""},
    {{0xE9}, 1, "\xC3\xA9", "\"\xC3\xA9\""},
    {{0x6F22}, 1, "\xE6\xBC\xA2", "\"\xE6\xBC\xA2\""},
    {{0xD834, 0xDD1E}, 2, "\xF0\x9D\x84\x9E", "\"\xF0\x9D\x84\x9E\""},
    {{0xDBFF, 0xDFFD}, 2, "\xF4\x8F\xBF\xBD", "\"\xF4\x8F\xBF\xBD\""},
    {{0xFFFD}, 1, "\xEF\xBF\xBD", "\"\xEF\xBF\xBD\""},
    {{0}, 0, "", "\"\""},
    /* what JSON gives a meaning */
    {{'"', '\\', '/'}, 3, "\"\\/", "\"\\\"\\\\/\""},
    /* NUL, C0, DEL, C1 */
    {{'a', 0, 'x'}, 3, "a<U+0000>x", "\"a\xEF\xBF\xBDx\""},
    {{'\n', '\t', 0x1B}, 3, "<U+000A><U+0009><U+001B>", "\"\\u000a\\u0009\\u001b\""},
    {{0x1F, 0x7F}, 2, "<U+001F><U+007F>", "\"\\u001f\\u007f\""},
    {{0x80, 0x9B, 0x9F, 0xA0, 0xA1},
     5,
     "<U+0080><U+009B><U+009F><U+00A0>\xC2\xA1",
     "\"\\u0080\\u009b\\u009f\\u00a0\xC2\xA1\""},
    /* what reorders or hides text, breaks lines, marks bytes */
    {{0x202A, 0x202E}, 2, "<U+202A><U+202E>", "\"\\u202a\\u202e\""},
    {{0x2066, 0x2069}, 2, "<U+2066><U+2069>", "\"\\u2066\\u2069\""},
    {{0x200E, 0x200F, 0x061C}, 3, "<U+200E><U+200F><U+061C>", "\"\\u200e\\u200f\\u061c\""},
    {{0x200B, 0x2028, 0x2029}, 3, "<U+200B><U+2028><U+2029>", "\"\\u200b\\u2028\\u2029\""},
    {{0xFEFF}, 1, "<U+FEFF>", "\"\\ufeff\""},
    {{0xDB40, 0xDC41}, 2, "<U+E0041>", "\"\\udb40\\udc41\""},
    /* what shows nothing */
    {{0x3164, 0xAD, 0x2800}, 3, "<U+3164><U+00AD><U+2800>", "\"\\u3164\\u00ad\\u2800\""},
    {{0x34F, 0x115F, 0xFE0F}, 3, "<U+034F><U+115F><U+FE0F>", "\"\\u034f\\u115f\\ufe0f\""},
    /* no characters, and surrogates without their other half */
    {{0xDBFF, 0xDFFF}, 2, "<U+10FFFF>", "\"\xEF\xBF\xBD\""},
    {{0xD800}, 1, "<U+D800>", "\"\xEF\xBF\xBD\""},
    {{0xDC00, 'x'}, 2, "<U+DC00>x", "\"\xEF\xBF\xBDx\""},
    {{0xD800, 'x'}, 2, "<U+D800>x", "\"\xEF\xBF\xBDx\""},
    {{0xDC00, 0xD800}, 2, "<U+DC00><U+D800>", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
    {{0xFDD0, 0xFFFE}, 2, "<U+FDD0><U+FFFE>", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
    {{0xD800, 0xD834, 0xDD1E}, 3, "<U+D800>\xF0\x9D\x84\x9E", "\"\xEF\xBF\xBD\xF0\x9D\x84\x9E\""},
};

#define ESCAPE_COUNT (sizeof(Escapes) / sizeof(Escapes[0]))

static void
shows_every_class_of_character_on_the_console(void **State)
{
    (void)State;
    for (size_t Index = 0; Index < ESCAPE_COUNT; Index++)
    {
        Utf16Write(CaptureBegin(), (UTF16){Escapes[Index].Units, Escapes[Index].Count});
        ASSERT_WROTE(Escapes[Index].Console);
    }
}

static void
escapes_every_class_of_character_in_json(void **State)
{
    (void)State;
    for (size_t Index = 0; Index < ESCAPE_COUNT; Index++)
    {
        Utf16WriteJson(CaptureBegin(), (UTF16){Escapes[Index].Units, Escapes[Index].Count});
        ASSERT_WROTE(Escapes[Index].Json);
    }
}

static void
console_never_gets_a_byte_that_steers_it(void **State)
{
    (void)State;
    for (uint32_t Unit = 0; Unit <= 0xFFFF; Unit++)
    {
        uint16_t One = (uint16_t)Unit;
        Utf16Write(CaptureBegin(), (UTF16){&One, 1});
        const unsigned char *Text = (const unsigned char *)CaptureText();
        assert_true(Text[0] >= 0x20 && Text[0] != 0x7F);
        assert_false(Text[0] == 0xC2 && Text[1] < 0xA0);
    }
}

static void
shows_bytes_that_are_no_utf8(void **State)
{
    (void)State;
    Utf16WriteUtf8(CaptureBegin(), "a\x9F\xC3\xA9\xE2\x82\xED\xA0\x80\x1B\xC0\xAF");
    ASSERT_WROTE("a<0x9F>\xC3\xA9<0xE2><0x82><0xED><0xA0><0x80><U+001B><0xC0><0xAF>");
}

static void
tells_an_escape_from_what_looks_like_one(void **State)
{
    static const uint16_t Text[] = {'<', 'U', '+', '0', '0', '1', 'B', '>', 0x1B};
    (void)State;
    Utf16Write(CaptureBegin(), (UTF16){Text, sizeof(Text) / sizeof(Text[0])});
    ASSERT_WROTE("<U+003C>U+001B><U+001B>");
    Utf16WriteUtf8(CaptureBegin(), "<U+001B>\x1B<0x9F>\x9F<a");
    ASSERT_WROTE("<U+003C>U+001B><U+001B><U+003C>0x9F><0x9F><a");
}

static void
shows_a_text_longer_than_any_buffer(void **State)
{
    static uint16_t Text[2000];
    (void)State;
    for (size_t Index = 0; Index < 2000; Index += 2)
    {
        Text[Index] = 0xD83D;
        Text[Index + 1] = 0xDE00;
    }
    Utf16Write(CaptureBegin(), (UTF16){Text, 2000});
    assert_int_equal(strlen(CaptureText()), 4000);
    for (size_t Index = 0; Index < 4000; Index += 4)
        assert_memory_equal(CaptureText() + Index, "\xF0\x9F\x98\x80", 4);
}

static void
reads_utf8(void **State)
{
    (void)State;
    uint16_t Units[8];
    const uint16_t Expected[] = {'a', 0xE9, 0x6F22, 0xD834, 0xDD1E};
    assert_int_equal(Utf16FromUtf8("a\xC3\xA9\xE6\xBC\xA2\xF0\x9D\x84\x9E", Units, 8), 5);
    assert_memory_equal(Units, Expected, sizeof(Expected));
    assert_int_equal(Utf16FromUtf8("a\xC3\xA9\xE6\xBC\xA2\xF0\x9D\x84\x9E", NULL, 0), 5);
    assert_int_equal(Utf16FromUtf8("", Units, 8), 0);
}

static void
refuses_what_is_no_utf8(void **State)
{
    static const char *const Bad[] = {"\x80",
                                      "\xC3",
                                      "\xC0\x80",
                                      "\xE0\x80\x80",
                                      "\xED\xA0\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF8\x88\x80\x80\x80",
                                      "a\xFF"};
    (void)State;
    for (size_t Index = 0; Index < sizeof(Bad) / sizeof(Bad[0]); Index++)
        assert_true(Utf16FromUtf8(Bad[Index], NULL, 0) == SIZE_MAX);
}

static void
folds_case_of_latin_greek_and_cyrillic(void **State)
{
    static const uint16_t Pairs[][2] = {
        {'a', 'A'},     {'z', 'Z'},     {0xE9, 0xC9},   {0x101, 0x100}, {0x13A, 0x139},   {0x17E, 0x17D},
        {0x14B, 0x14A}, {0x3B1, 0x391}, {0x3C9, 0x3A9}, {0x430, 0x410}, {0x44F, 0x42F},   {0x451, 0x401},
        {0xFF, 0x178},  {0x3AC, 0x386}, {0x4CF, 0x4C0}, {0x561, 0x531}, {0x1F00, 0x1F08}, {0xFF5A, 0xFF3A},
    };
    static const uint16_t Same[] = {'A',   '1',   '[',   '{',    '@',  '`',   0xD7,  0xF7,   0xDF,  0x131,
                                    0x138, 0x178, 0x3C2, 0x6F22, 0xB5, 0x17F, 0x1C5, 0x212A, 0xD83D};
    (void)State;
    for (size_t Index = 0; Index < sizeof(Pairs) / sizeof(Pairs[0]); Index++)
    {
        assert_int_equal(Utf16Upper(Pairs[Index][0]), Pairs[Index][1]);
        assert_int_equal(Utf16Upper(Pairs[Index][1]), Pairs[Index][1]);
    }
    for (size_t Index = 0; Index < sizeof(Same) / sizeof(Same[0]); Index++)
        assert_int_equal(Utf16Upper(Same[Index]), Same[Index]);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(shows_every_class_of_character_on_the_console),
        cmocka_unit_test(escapes_every_class_of_character_in_json),
        cmocka_unit_test(console_never_gets_a_byte_that_steers_it),
        cmocka_unit_test(shows_bytes_that_are_no_utf8),
        cmocka_unit_test(tells_an_escape_from_what_looks_like_one),
        cmocka_unit_test(shows_a_text_longer_than_any_buffer),
        cmocka_unit_test(reads_utf8),
        cmocka_unit_test(refuses_what_is_no_utf8),
        cmocka_unit_test(folds_case_of_latin_greek_and_cyrillic),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
