/* SPDX-License-Identifier: MIT
 *
 * Any text of the OS is text to two strict readers, and is read back exactly.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cjson/cJSON.h>
#include <cmocka.h>
#include <jansson.h>

#include "capture.h"
#include "text/json.h"

#define MAX_UNITS 8u
#define HEX_BYTES (4u * MAX_UNITS + 1)

static const char *
Write(UTF16 Text)
{
    JSON Json;

    JsonBegin(&Json, CaptureBegin());
    JsonUtf16(&Json, "text", Text);
    JsonUnsigned(&Json, "next", 1);
    JsonEnd(&Json);
    return CaptureText();
}

static void
ToHex(UTF16 Text, char Hex[HEX_BYTES])
{
    Hex[0] = '\0';
    for (uint32_t Index = 0; Index < Text.Count; Index++)
        snprintf(Hex + 4 * Index, 5, "%04x", Text.Units[Index]);
}

/* What a reader had for Text and Text_utf16, the latter NULL where it is not there. */
static void
AssertExact(UTF16 Text, const char *Value, const char *Units)
{
    uint16_t Back[MAX_UNITS];

    assert_non_null(Value);
    if (Units != NULL)
    {
        char Hex[HEX_BYTES];
        ToHex(Text, Hex);
        assert_string_equal(Units, Hex);
        assert_non_null(strstr(Value, "\xEF\xBF\xBD"));
        return;
    }
    size_t Count = Utf16FromUtf8(Value, Back, MAX_UNITS);
    assert_int_equal(Count, Text.Count);
    assert_memory_equal(Back, Text.Units, Count * sizeof(uint16_t));
}

static void
AssertReadBack(UTF16 Text)
{
    const char *Line = Write(Text);
    json_error_t Error;
    json_t *Jansson = json_loads(Line, JSON_REJECT_DUPLICATES, &Error);
    cJSON *CJson = cJSON_Parse(Line);

    if (Jansson == NULL || CJson == NULL)
        fail_msg("refused: %s", Line);
    AssertExact(Text, json_string_value(json_object_get(Jansson, "text")),
                json_string_value(json_object_get(Jansson, "text_utf16")));
    AssertExact(Text, cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(CJson, "text")),
                cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(CJson, "text_utf16")));
    json_decref(Jansson);
    cJSON_Delete(CJson);
}

static bool
IsReplaced(UTF16 Text)
{
    return strstr(Write(Text), "text_utf16") != NULL;
}

static void
every_unit_is_read_back_alone_and_within_text(void **State)
{
    (void)State;
    for (uint32_t Unit = 0; Unit <= 0xFFFF; Unit++)
    {
        const uint16_t Units[] = {'a', (uint16_t)Unit, 'b'};
        AssertReadBack((UTF16){Units + 1, 1});
        AssertReadBack((UTF16){Units, 3});
    }
}

static void
only_what_json_cannot_carry_is_replaced(void **State)
{
    (void)State;
    for (uint32_t Unit = 0; Unit <= 0xFFFF; Unit++)
    {
        const uint16_t One = (uint16_t)Unit;
        bool Foreign = Unit == 0 || (Unit >= 0xD800 && Unit <= 0xDFFF) ||
                       (Unit >= 0xFDD0 && Unit <= 0xFDEF) || Unit >= 0xFFFE;
        assert_int_equal(IsReplaced((UTF16){&One, 1}), Foreign);
    }
}

/* The first and last characters of each plane, with the two noncharacters at its end; and one that is escaped. */
static void
characters_beyond_ffff_are_pairs_and_noncharacters_are_replaced(void **State)
{
    (void)State;
    for (uint32_t Plane = 1; Plane <= 16; Plane++)
    {
        for (uint32_t Low = 0xFFF0; Low <= 0x1000F && Plane + (Low >> 16) <= 16; Low++)
        {
            uint32_t Point = (Plane << 16) + Low - 0x10000;
            const uint16_t Pair[] = {(uint16_t)(0xD800 + (Point >> 10)),
                                     (uint16_t)(0xDC00 + (Point & 0x3FF))};
            AssertReadBack((UTF16){Pair, 2});
            assert_int_equal(IsReplaced((UTF16){Pair, 2}), (Low & 0xFFFE) == 0xFFFE);
        }
    }
    const uint16_t Tag[] = {0xDB40, 0xDC41};
    assert_non_null(strstr(Write((UTF16){Tag, 2}), "\"\\udb40\\udc41\""));
    AssertReadBack((UTF16){Tag, 2});
}

static void
surrogates_in_any_order_are_read_back(void **State)
{
    static const uint16_t Some[] = {0xD83D, 0xDE00, 0xD800, 0xDFFF, 'x'};
    (void)State;
    for (uint32_t Which = 0; Which < 5 * 5 * 5 * 5; Which++)
    {
        const uint16_t Units[] = {Some[Which % 5], Some[Which / 5 % 5], Some[Which / 25 % 5],
                                  Some[Which / 125]};
        AssertReadBack((UTF16){Units, 4});
    }
}

static void
a_text_told_exactly_has_no_units(void **State)
{
    static const uint16_t Units[] = {'c', 'm', 'd', 0xFFFD, '\n', '"'};
    (void)State;
    Write((UTF16){Units, 6});
    ASSERT_WROTE("{\"text\":\"cmd\xEF\xBF\xBD\\u000a\\\"\",\"next\":1}\n");
}

static void
all_units_are_told_where_one_is_replaced(void **State)
{
    static const uint16_t Units[] = {'a', 0xD83D, 0xFF, 0};
    (void)State;
    Write((UTF16){Units, 4});
    ASSERT_WROTE(
        "{\"text\":\"a\xEF\xBF\xBD\xC3\xBF\xEF\xBF\xBD\",\"text_utf16\":\"0061d83d00ff0000\",\"next\":1}\n");
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(every_unit_is_read_back_alone_and_within_text),
        cmocka_unit_test(only_what_json_cannot_carry_is_replaced),
        cmocka_unit_test(characters_beyond_ffff_are_pairs_and_noncharacters_are_replaced),
        cmocka_unit_test(surrogates_in_any_order_are_read_back),
        cmocka_unit_test(a_text_told_exactly_has_no_units),
        cmocka_unit_test(all_units_are_told_where_one_is_replaced),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
