/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "prcm.h"

#define LAST_CHARACTER 0x10FFFFu

/* All of a text, through a buffer of Room bytes. */
static const char *
Convert(const uint16_t *Units, uint32_t Count, uint32_t Flags, uint32_t Room)
{
    static char Whole[1024];
    char *Buffer = malloc(Room); /* of just that length, for AddressSanitizer */
    size_t Used = 0;
    uint32_t Length = Count * (uint32_t)sizeof(*Units);

    for (uint32_t At = 0; At < Length;)
    {
        uint32_t Taken;
        uint32_t Written =
            PrcmTextToUtf8(Units + At / sizeof(*Units), Length - At, Flags, Buffer, Room, &Taken);
        assert_true(Written > 0 && Written <= Room && Taken > 0);
        assert_true(Used + Written < sizeof(Whole));
        memcpy(Whole + Used, Buffer, Written);
        Used += Written;
        At += Taken;
    }
    Whole[Used] = '\0';
    free(Buffer);
    return Whole;
}

typedef struct CASE
{
    uint16_t Units[12];
    uint32_t Count;
    const char *Plain;
    const char *Escaped;
} CASE;

static const CASE Cases[] = {
    {{'a', ' ', '~'}, 3, "a ~", "a ~"},
    {{0x7FF, 0x800, 0xFFFD}, 3, "\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBD", "\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBD"},
    {{0xD834, 0xDD1E, 0xDBFF, 0xDFFD},
     4,
     "\xF0\x9D\x84\x9E\xF4\x8F\xBF\xBD",
     "\xF0\x9D\x84\x9E\xF4\x8F\xBF\xBD"},
    {{0x1B, '[', '2', 'J'}, 4, "\x1B[2J", "<U+001B>[2J"},
    {{'e', 'x', 'e', 0x202E}, 4, "exe\xE2\x80\xAE", "exe<U+202E>"},
    {{0xDB40, 0xDC41}, 2, "\xF3\xA0\x81\x81", "<U+E0041>"},
    {{0xDBFF, 0xDFFF}, 2, "\xF4\x8F\xBF\xBF", "<U+10FFFF>"},
    {{0xD83D}, 1, "\xEF\xBF\xBD", "<U+D83D>"},
    {{0xDE00, 0xD83D, 'x'}, 3, "\xEF\xBF\xBD\xEF\xBF\xBDx", "<U+DE00><U+D83D>x"},
    /* told from what it looks like */
    {{'<', 'U', '+', '0', '0', '1', 'B', '>'}, 8, "<U+001B>", "<U+003C>U+001B>"},
    {{'<', '<', 'U', '+'}, 4, "<<U+", "<<U+003C>U+"},
    {{'<', 'U', '<', 'u', '+', '<'}, 6, "<U<u+<", "<U<u+<"},
};

static void
a_text_is_the_same_through_any_buffer_that_holds_a_character(void **State)
{
    (void)State;
    for (size_t Index = 0; Index < sizeof(Cases) / sizeof(Cases[0]); Index++)
    {
        const CASE *Case = &Cases[Index];
        for (uint32_t Room = PRCM_TEXT_ROOM; Room < 100; Room++)
        {
            assert_string_equal(Convert(Case->Units, Case->Count, 0, Room), Case->Plain);
            assert_string_equal(Convert(Case->Units, Case->Count, PRCM_TEXT_ESCAPE, Room), Case->Escaped);
        }
    }
}

static void
a_nul_is_a_character_like_others(void **State)
{
    static const uint16_t Text[] = {'a', 0, 'b'};
    char Bytes[PRCM_TEXT_ROOM];
    uint32_t Taken;
    (void)State;
    assert_int_equal(PrcmTextToUtf8(Text, sizeof(Text), 0, Bytes, sizeof(Bytes), &Taken), 3);
    assert_memory_equal(Bytes, "a\0b", 3);
    assert_string_equal(Convert(Text, 3, PRCM_TEXT_ESCAPE, PRCM_TEXT_ROOM), "a<U+0000>b");
}

static void
a_buffer_too_small_for_the_next_character_takes_none(void **State)
{
    static const uint16_t Text[] = {'a', 0x6F22};
    char Bytes[2];
    uint32_t Taken;
    (void)State;
    assert_int_equal(PrcmTextToUtf8(Text, sizeof(Text), 0, Bytes, sizeof(Bytes), &Taken), 1);
    assert_int_equal(Taken, 2);
    assert_int_equal(PrcmTextToUtf8(Text + 1, 2, 0, Bytes, sizeof(Bytes), &Taken), 0);
    assert_int_equal(Taken, 0);
}

static void
an_odd_byte_at_the_end_is_passed_over(void **State)
{
    static const uint16_t Text[] = {'a', 'b'};
    char Bytes[PRCM_TEXT_ROOM];
    uint32_t Taken;
    (void)State;
    assert_int_equal(PrcmTextToUtf8(Text, 3, 0, Bytes, sizeof(Bytes), &Taken), 1);
    assert_int_equal(Taken, 3);
    assert_int_equal(PrcmTextToUtf8(Text, 1, 0, Bytes, sizeof(Bytes), &Taken), 0);
    assert_int_equal(Taken, 1);
    assert_int_equal(PrcmTextToUtf8(NULL, 0, 0, Bytes, sizeof(Bytes), &Taken), 0);
    assert_int_equal(Taken, 0);
}

static void
what_shows_nothing_or_passes_for_a_space_needs_an_escape(void **State)
{
    static const uint32_t Hidden[] = {0x0,    0x1B,   0x7F,   0x9F,   0xA0,    0xAD,    0x34F,  0x61C,
                                      0x115F, 0x17B4, 0x180E, 0x2003, 0x200B,  0x200D,  0x202E, 0x2060,
                                      0x2066, 0x2800, 0x3000, 0x3164, 0xFE0F,  0xFEFF,  0xFFA0, 0xFFF9,
                                      0xFFFF, 0xD800, 0xDFFF, 0xFDD0, 0x1D173, 0xE0041, 0xE01EF};
    (void)State;
    for (size_t Index = 0; Index < sizeof(Hidden) / sizeof(Hidden[0]); Index++)
        assert_int_equal(PrcmNeedsEscape(Hidden[Index]), 1);
}

static void
what_is_drawn_needs_none(void **State)
{
    /* Among them a letter that is written from right to left (0x5D0), a sign that is drawn around the number after it
     * (0x600), and one of private use (0xE000). */
    static const uint32_t Drawn[] = {' ',    '~',    0xA1,   0xE9,   0x3B1,  0x5D0,   0x600,
                                     0x2027, 0x2801, 0x6F22, 0xE000, 0xFFFD, 0x1D11E, 0x1F600};
    (void)State;
    for (size_t Index = 0; Index < sizeof(Drawn) / sizeof(Drawn[0]); Index++)
        assert_int_equal(PrcmNeedsEscape(Drawn[Index]), 0);
    assert_int_equal(PrcmNeedsEscape(LAST_CHARACTER), 1);
    assert_int_equal(PrcmNeedsEscape(LAST_CHARACTER + 1), 0);
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(a_text_is_the_same_through_any_buffer_that_holds_a_character),
        cmocka_unit_test(a_nul_is_a_character_like_others),
        cmocka_unit_test(a_buffer_too_small_for_the_next_character_takes_none),
        cmocka_unit_test(an_odd_byte_at_the_end_is_passed_over),
        cmocka_unit_test(what_shows_nothing_or_passes_for_a_space_needs_an_escape),
        cmocka_unit_test(what_is_drawn_needs_none),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
