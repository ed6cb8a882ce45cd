/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "capture.h"
#include "filter/fields.h"
#include "filter_rig.h"

static const char *const Kinds[] = {"start", "exit", "image"};

/* The reference, as one text. */
static char *
ReadReference(void)
{
    FILE *File = fopen(REFERENCE, "rb");
    char *Text = calloc(1, 0x10000);

    assert_non_null(File);
    assert_non_null(Text);
    size_t Length = fread(Text, 1, 0xFFFF, File);
    assert_in_range(Length, 1, 0xFFFE);
    fclose(File);
    return Text;
}

static void
WriteRow(char *Row, const FIELD *Field)
{
    const char *Comma = "";

    Row += sprintf(Row, "\n| `%s` | %s | ", Field->Name, FieldTypeNames[Field->Type]);
    for (unsigned Kind = 0; Kind < 3; Kind++)
    {
        if ((Field->Kinds & PRCM_KIND_BIT(Kind)) == 0)
            continue;
        Row += sprintf(Row, "%s%s", Comma, Kinds[Kind]);
        Comma = ", ";
    }
    sprintf(Row, " | %s |\n", Field->Meaning);
}

static void
the_reference_has_each_field_and_no_other(void **State)
{
    char *Text = ReadReference();
    char *Fields = strstr(Text, "\n## Fields\n");
    char *End = strstr(Text, "\n## What the driver");
    size_t Rows = 0;
    char Row[1000];

    (void)State;
    assert_true(Fields != NULL && End != NULL);
    *End = '\0';
    for (size_t Index = 0; Index < FieldCount; Index++)
    {
        WriteRow(Row, &FieldTable[Index]);
        if (strstr(Fields, Row) == NULL)
            fail_msg("the reference lacks %s", Row);
    }
    for (char *At = Fields; (At = strstr(At, "\n| `")) != NULL; At++)
        Rows++;
    assert_int_equal(Rows, FieldCount);
    free(Text);
}

/* Each line that is indented after From, up to the next chapter. */
static unsigned
TryFilters(char *From)
{
    unsigned Tried = 0;

    assert_non_null(From);
    char *End = strstr(From + 1, "\n## ");
    if (End != NULL)
        End[1] = '\0';
    for (char *Line = strstr(From, "\n    "); Line != NULL; Line = strstr(Line, "\n    "))
    {
        char *Next = strchr(++Line, '\n');
        assert_non_null(Next);
        *Next = '\0';
        RigAsk(Line);
        RigAskBare(Line);
        *Next = '\n';
        Tried++;
    }
    return Tried;
}

static void
each_filter_of_the_reference_is_one(void **State)
{
    char *Text = ReadReference();

    (void)State;
    assert_true(TryFilters(strstr(Text, "\n## Questions\n")) >= 10);
    assert_true(TryFilters(strstr(Text, "\n## A filter\n")) == 1);
    free(Text);
}

static void
the_list_of_fields_is_that_table(void **State)
{
    unsigned Lines = 0;

    (void)State;
    for (size_t Index = 0; Index < FieldCount; Index++)
        assert_in_range(strlen(FieldTable[Index].Name), 1, FIELD_MAX_NAME);
    FilterWriteFields(CaptureBegin());
    const char *Text = CaptureText();
    for (const char *At = Text; (At = strchr(At, '\n')) != NULL; At++)
        Lines++;
    assert_int_equal(Lines, FieldCount);
    assert_non_null(strstr(
        Text, "\ncreate_time                time      start, exit, image  when the process was created\n"));
    assert_non_null(
        strstr(Text, "\ncommand_line_full_length   number    start             bytes, where it was cut\n"));
}

int
main(void)
{
    const struct CMUnitTest Tests[] = {
        cmocka_unit_test(the_reference_has_each_field_and_no_other),
        cmocka_unit_test(each_filter_of_the_reference_is_one),
        cmocka_unit_test(the_list_of_fields_is_that_table),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
