/* SPDX-License-Identifier: MIT */
#include "json.h"

#include "times.h"

static void
WriteName(JSON *Json, const char *Name, const char *Suffix)
{
    if (Json->NeedsComma)
        SinkChar(Json->Sink, ',');
    Json->NeedsComma = true;
    if (Name == NULL)
        return;
    SinkChar(Json->Sink, '"');
    SinkText(Json->Sink, Name);
    SinkText(Json->Sink, Suffix);
    SinkText(Json->Sink, "\":");
}

void
JsonBegin(JSON *Json, SINK *Sink)
{
    Json->Sink = Sink;
    Json->NeedsComma = false;
    SinkChar(Sink, '{');
}

void
JsonEnd(JSON *Json)
{
    SinkText(Json->Sink, "}\n");
}

void
JsonOpen(JSON *Json, const char *Name, char Bracket)
{
    WriteName(Json, Name, "");
    SinkChar(Json->Sink, Bracket);
    Json->NeedsComma = false;
}

void
JsonClose(JSON *Json, char Bracket)
{
    SinkChar(Json->Sink, Bracket);
    Json->NeedsComma = true;
}

void
JsonName(JSON *Json, const char *Name)
{
    WriteName(Json, Name, "");
}

void
JsonNull(JSON *Json, const char *Name)
{
    WriteName(Json, Name, "");
    SinkText(Json->Sink, "null");
}

void
JsonUnsigned(JSON *Json, const char *Name, uint64_t Value)
{
    WriteName(Json, Name, "");
    SinkUnsigned(Json->Sink, Value);
}

void
JsonBool(JSON *Json, const char *Name, bool Value)
{
    WriteName(Json, Name, "");
    SinkText(Json->Sink, Value ? "true" : "false");
}

void
JsonAscii(JSON *Json, const char *Name, const char *Text)
{
    WriteName(Json, Name, "");
    SinkChar(Json->Sink, '"');
    SinkText(Json->Sink, Text);
    SinkChar(Json->Sink, '"');
}

void
JsonUtf16(JSON *Json, const char *Name, UTF16 Text)
{
    WriteName(Json, Name, "");
    if (Utf16WriteJson(Json->Sink, Text))
        return;
    WriteName(Json, Name, "_utf16");
    SinkChar(Json->Sink, '"');
    for (uint32_t Index = 0; Index < Text.Count; Index++)
        SinkHex(Json->Sink, Text.Units[Index], 4);
    SinkChar(Json->Sink, '"');
}

void
JsonHex(JSON *Json, const char *Name, uint64_t Value)
{
    WriteName(Json, Name, "");
    SinkText(Json->Sink, "\"0x");
    SinkHex(Json->Sink, Value, 1);
    SinkChar(Json->Sink, '"');
}

void
JsonCode(JSON *Json, const char *Name, uint32_t Code)
{
    WriteName(Json, Name, "");
    SinkChar(Json->Sink, '"');
    SinkCode(Json->Sink, Code);
    SinkChar(Json->Sink, '"');
}

void
JsonTime(JSON *Json, const char *Name, int64_t Time)
{
    WriteName(Json, Name, "");
    SinkChar(Json->Sink, '"');
    TimesWriteRfc3339(Json->Sink, Time);
    SinkChar(Json->Sink, '"');
}

void
JsonVersion(JSON *Json, const char *Name, uint32_t Version)
{
    WriteName(Json, Name, "");
    SinkChar(Json->Sink, '"');
    SinkUnsigned(Json->Sink, Version >> 24);
    SinkChar(Json->Sink, '.');
    SinkUnsigned(Json->Sink, Version >> 16 & 0xFF);
    SinkChar(Json->Sink, '.');
    SinkUnsigned(Json->Sink, Version & 0xFFFF);
    SinkChar(Json->Sink, '"');
}

void
JsonKinds(JSON *Json, const char *Name, uint32_t Kinds)
{
    static const char *const Names[] = {"process_start", "process_exit", "image_load"};

    JsonOpen(Json, Name, '[');
    for (uint32_t Kind = 0; Kind < sizeof(Names) / sizeof(Names[0]); Kind++)
    {
        if ((Kinds & PRCM_KIND_BIT(Kind)) != 0)
            JsonAscii(Json, NULL, Names[Kind]);
    }
    JsonClose(Json, ']');
}

void
JsonStatusWords(SINK *Sink, uint32_t Status)
{
    switch (Status)
    {
    case PRCM_ABSENT:
        SinkText(Sink, "absent");
        break;
    case PRCM_PRESENT:
        SinkText(Sink, "present");
        break;
    case PRCM_TRUNCATED:
        SinkText(Sink, "truncated");
        break;
    case PRCM_WITHHELD:
        SinkText(Sink, "withheld");
        break;
    default:
        SinkText(Sink, "failed ");
        SinkCode(Sink, Status);
        break;
    }
}

void
JsonStatus(JSON *Json, const char *Name, uint32_t Status)
{
    if (Status == PRCM_PRESENT)
        return;
    WriteName(Json, Name, "_status");
    SinkChar(Json->Sink, '"');
    JsonStatusWords(Json->Sink, Status);
    SinkChar(Json->Sink, '"');
}

void
JsonOptional(JSON *Json, const char *Name, const PRCM_VALUE *Field, JSON_VALUE *Write)
{
    if (Field->Status == PRCM_PRESENT || Field->Status == PRCM_TRUNCATED)
        Write(Json, Name, Field->Value);
    else
        JsonNull(Json, Name);
    JsonStatus(Json, Name, Field->Status);
}

void
JsonField(JSON *Json, const char *Name, const PRCM_BYTES *Field, UTF16 Text)
{
    if (Field->Status == PRCM_PRESENT || Field->Status == PRCM_TRUNCATED)
        JsonUtf16(Json, Name, Text);
    else
        JsonNull(Json, Name);
    JsonStatus(Json, Name, Field->Status);
    if (Field->Status != PRCM_TRUNCATED)
        return;
    WriteName(Json, Name, "_full_length");
    SinkUnsigned(Json->Sink, Field->FullLength);
}
