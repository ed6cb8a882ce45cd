/* SPDX-License-Identifier: MIT
 *
 * Facts: "Security Descriptor String Format", "ACE Strings" and "SID Strings" of Microsoft's documentation.
 */
#include "sddl.h"

#include <stdlib.h>
#include <string.h>

#define MAX_SIDS 32u

typedef struct SPAN
{
    const char *Text;
    size_t Length;
} SPAN;

typedef struct NAME
{
    const char *Sid;
    const char *Words;
    bool Trusted;
} NAME;

static const NAME Names[] = {
    {"SY", "SYSTEM", true},
    {"BA", "Administrators", true},
    {"S-1-5-18", "SYSTEM", true},
    {"S-1-5-32-544", "Administrators", true},
    {"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", "TrustedInstaller", true},
    {"WD", "Everyone", false},
    {"S-1-1-0", "Everyone", false},
    {"AU", "Authenticated Users", false},
    {"BU", "Users", false},
    {"PU", "Power Users", false},
    {"IU", "Interactive", false},
    {"SU", "Service", false},
    {"NU", "Network", false},
    {"AN", "Anonymous", false},
    {"BG", "Guests", false},
    {"SO", "Server Operators", false},
    {"LS", "Local Service", false},
    {"NS", "Network Service", false},
};

static bool
IsText(SPAN Span, const char *Text)
{
    return strlen(Text) == Span.Length && memcmp(Span.Text, Text, Span.Length) == 0;
}

static const NAME *
FindName(SPAN Sid)
{
    for (size_t Index = 0; Index < sizeof(Names) / sizeof(Names[0]); Index++)
    {
        if (IsText(Sid, Names[Index].Sid))
            return &Names[Index];
    }
    return NULL;
}

/* What ends at Mark, or all. *At then is behind the mark. */
static SPAN
Take(SPAN *At, char Mark)
{
    const char *End = memchr(At->Text, Mark, At->Length);
    SPAN Taken = {At->Text, End != NULL ? (size_t)(End - At->Text) : At->Length};
    size_t Gone = Taken.Length + (End != NULL);

    *At = (SPAN){At->Text + Gone, At->Length - Gone};
    return Taken;
}

/* An unknown right is every right. */
static uint32_t
RightBits(const char Code[2])
{
    static const struct
    {
        char Code[3];
        uint32_t Bits;
    } Rights[] = {
        {"CC", 0x1},        {"DC", 0x2},        {"LC", 0x4},      {"SW", 0x8},        {"RP", 0x10},
        {"WP", 0x20},       {"DT", 0x40},       {"LO", 0x80},     {"CR", 0x100},      {"SD", 0x10000},
        {"RC", 0x20000},    {"WD", 0x40000},    {"WO", 0x80000},  {"GA", 0x10000000}, {"GX", 0x20000000},
        {"GW", 0x40000000}, {"GR", 0x80000000}, {"FA", 0x1F01FF}, {"FR", 0x120089},   {"FW", 0x120116},
        {"FX", 0x1200A0},
    };

    for (size_t Index = 0; Index < sizeof(Rights) / sizeof(Rights[0]); Index++)
    {
        if (memcmp(Rights[Index].Code, Code, 2) == 0)
            return Rights[Index].Bits;
    }
    return UINT32_MAX;
}

static uint32_t
ReadRights(SPAN Span)
{
    uint32_t Bits = 0;

    if (Span.Length > 2 && memcmp(Span.Text, "0x", 2) == 0)
        return (uint32_t)strtoul(Span.Text, NULL, 16);
    for (size_t At = 0; At < Span.Length; At += 2)
        Bits |= At + 2 <= Span.Length ? RightBits(Span.Text + At) : UINT32_MAX;
    return Bits;
}

/* Codes of two letters, one of which is Code. */
static bool
HasCode(SPAN Span, const char *Code)
{
    for (size_t At = 0; At + 2 <= Span.Length; At += 2)
    {
        if (memcmp(Span.Text + At, Code, 2) == 0)
            return true;
    }
    return false;
}

/* Whom an entry, without its parentheses, allows any of Mask; empty: nobody. */
static SPAN
WhomEntryAllows(SPAN Entry, uint32_t Mask)
{
    const SPAN Nobody = {Entry.Text, 0};
    SPAN Type = Take(&Entry, ';');
    SPAN Flags = Take(&Entry, ';');
    SPAN Rights = Take(&Entry, ';');

    Take(&Entry, ';');
    Take(&Entry, ';');
    SPAN Sid = Take(&Entry, ';');
    bool Allows = IsText(Type, "A") || IsText(Type, "XA") || IsText(Type, "OA");
    if (!Allows || HasCode(Flags, "IO") || (ReadRights(Rights) & Mask) == 0)
        return Nobody;
    return Sid;
}

static const SPAN Everyone = {"WD", 2};

/* The SIDs that are allowed any of Mask, each once: how many. */
static size_t
Collect(const char *Text, uint32_t Mask, SPAN Sids[MAX_SIDS])
{
    const char *Dacl = strstr(Text, "D:");
    size_t Count = 0;

    /* No DACL, or an empty pointer to one, lets everybody in. */
    if (Dacl == NULL || strncmp(Dacl, "D:NO_ACCESS_CONTROL", 19) == 0)
    {
        Sids[0] = Everyone;
        return 1;
    }
    for (const char *At = strchr(Dacl, '('); At != NULL && Count < MAX_SIDS; At = strchr(At + 1, '('))
    {
        SPAN Rest = {At + 1, strlen(At + 1)};
        SPAN Sid = WhomEntryAllows(Take(&Rest, ')'), Mask);
        size_t Index = 0;
        while (Index < Count &&
               !(Sids[Index].Length == Sid.Length && memcmp(Sids[Index].Text, Sid.Text, Sid.Length) == 0))
            Index++;
        if (Index == Count && Sid.Length != 0)
            Sids[Count++] = Sid;
        /* A system ACL follows. */
        if (strncmp(Rest.Text, "S:", 2) == 0)
            break;
    }
    return Count;
}

bool
SddlWriteWho(SINK *Sink, const char *Text, uint32_t Mask)
{
    SPAN Sids[MAX_SIDS];
    size_t Count = Collect(Text, Mask, Sids);

    if (Count == 0)
        SinkText(Sink, "nobody");
    for (size_t Index = 0; Index < Count; Index++)
    {
        const NAME *Name = FindName(Sids[Index]);
        SinkText(Sink, Index == 0 ? "" : ", ");
        if (Name != NULL)
            SinkText(Sink, Name->Words);
        else
            SinkBytes(Sink, Sids[Index].Text, Sids[Index].Length);
    }
    return SddlIsSafe(Text, Mask);
}

bool
SddlIsSafe(const char *Text, uint32_t Mask)
{
    SPAN Sids[MAX_SIDS];
    size_t Count = Collect(Text, Mask, Sids);

    for (size_t Index = 0; Index < Count; Index++)
    {
        const NAME *Name = FindName(Sids[Index]);
        if (Name == NULL || !Name->Trusted)
            return false;
    }
    return true;
}
