/* SPDX-License-Identifier: MIT
 *
 * One JSON object a line. Written here because the strings of the OS need not be Unicode, which libraries
 * refuse. Names and the strings of JsonAscii are the program's own and need no escapes.
 */
#ifndef TEXT_JSON_H
#define TEXT_JSON_H

#include "prcm_abi.h"
#include "utf16.h"

typedef struct JSON
{
    SINK *Sink;
    bool NeedsComma;
} JSON;

/* Begin and End make the outermost object and its line. */
void JsonBegin(JSON *Json, SINK *Sink);
void JsonEnd(JSON *Json);

/* An object or array inside. Name is NULL in an array. */
void JsonOpen(JSON *Json, const char *Name, char Bracket);
void JsonClose(JSON *Json, char Bracket);

/* The name alone; its value is to be written to the sink. */
void JsonName(JSON *Json, const char *Name);

void JsonNull(JSON *Json, const char *Name);
void JsonUnsigned(JSON *Json, const char *Name, uint64_t Value);
void JsonBool(JSON *Json, const char *Name, bool Value);
void JsonAscii(JSON *Json, const char *Name, const char *Text);

/* NAME_utf16 as well, where Text cannot be told as it is (Utf16WriteJson): all its units, four hexadecimal digits each.
 * Not in an array. */
void JsonUtf16(JSON *Json, const char *Name, UTF16 Text);

void JsonHex(JSON *Json, const char *Name, uint64_t Value);
void JsonCode(JSON *Json, const char *Name, uint32_t Code);
void JsonTime(JSON *Json, const char *Name, int64_t Time);

/* "0.1.0", of a version as in PRCM_QUERY.DriverVersion. */
void JsonVersion(JSON *Json, const char *Name, uint32_t Version);

/* The names of kinds, in an array. Kinds is PRCM_KIND_BIT. */
void JsonKinds(JSON *Json, const char *Name, uint32_t Kinds);

/* NAME_status, where Status is not PRCM_PRESENT: "absent", "withheld", "truncated", "failed 0xC0000022". */
void JsonStatus(JSON *Json, const char *Name, uint32_t Status);

/* Writes a present value. */
typedef void JSON_VALUE(JSON *Json, const char *Name, uint64_t Value);

/* An optional field: its value by way of Write, or null and why. */
void JsonOptional(JSON *Json, const char *Name, const PRCM_VALUE *Field, JSON_VALUE *Write);

/* Text of Field, given as Text in the form to be shown: the value, or null, and why; the length before it was
 * cut. */
void JsonField(JSON *Json, const char *Name, const PRCM_BYTES *Field, UTF16 Text);

/* The words of a field's status, as above; "present" for PRCM_PRESENT. */
void JsonStatusWords(SINK *Sink, uint32_t Status);

#endif
