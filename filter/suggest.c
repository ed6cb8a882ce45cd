/* SPDX-License-Identifier: MIT */
#include "fields.h"

#include <string.h>

/* What other tools call it. */
static const struct
{
    const char *Name;
    const char *Field;
} Elsewhere[] = {
    {"cmdline", "command_line"},
    {"commandline", "command_line"},
    {"exit_code", "exit_status"},
    {"exitcode", "exit_status"},
    {"file", "image"},
    {"hostname", "host"},
    {"integrity", "integrity_level"},
    {"lifetime", "lifetime_ms"},
    {"name", "image"},
    {"parent", "parent_image"},
    {"path", "image"},
    {"ppid", "parent_pid"},
    {"process_id", "pid"},
    {"session", "session_id"},
    {"sid", "user_sid"},
    {"timestamp", "time"},
    {"type", "kind"},
    {"user_name", "user"},
};

static unsigned
Least(unsigned A, unsigned B, unsigned C)
{
    unsigned Less = A < B ? A : B;
    return Less < C ? Less : C;
}

/* How many letters have to be put in, left out or changed. */
static unsigned
Distance(const char *A, size_t LengthA, const char *B, size_t LengthB)
{
    unsigned Row[FIELD_MAX_NAME + 1];

    for (unsigned Column = 0; Column <= LengthB; Column++)
        Row[Column] = Column;
    for (unsigned Line = 1; Line <= LengthA; Line++)
    {
        unsigned Diagonal = Row[0];
        Row[0] = Line;
        for (unsigned Column = 1; Column <= LengthB; Column++)
        {
            unsigned Above = Row[Column];
            Row[Column] = Least(Above + 1, Row[Column - 1] + 1, Diagonal + (A[Line - 1] != B[Column - 1]));
            Diagonal = Above;
        }
    }
    return Row[LengthB];
}

const FIELD *
FieldSuggest(const char *Name, size_t Length)
{
    const FIELD *Best = NULL;
    unsigned BestDistance = (unsigned)Length / 3 + 1;

    for (size_t Index = 0; Index < sizeof(Elsewhere) / sizeof(Elsewhere[0]); Index++)
    {
        if (strlen(Elsewhere[Index].Name) == Length && memcmp(Elsewhere[Index].Name, Name, Length) == 0)
            return FieldFind(Elsewhere[Index].Field, strlen(Elsewhere[Index].Field));
    }
    for (size_t Index = 0; Index < FieldCount && Length <= FIELD_MAX_NAME; Index++)
    {
        const FIELD *Field = &FieldTable[Index];
        unsigned Now = Distance(Name, Length, Field->Name, strlen(Field->Name));
        if (Now < BestDistance)
        {
            Best = Field;
            BestDistance = Now;
        }
    }
    return Best;
}
