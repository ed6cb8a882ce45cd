/* SPDX-License-Identifier: MIT
 *
 * UTF-16 as the OS gives it: unpaired surrogates, NULs and control characters included. It leaves as UTF-8,
 * with everything that could mislead a reader or steer a terminal escaped.
 */
#ifndef TEXT_UTF16_H
#define TEXT_UTF16_H

#include "sink.h"

/* Units is NULL only where Count is 0. */
typedef struct UTF16
{
    const uint16_t *Units;
    uint32_t Count;
} UTF16;

/* For people, as PRCM_TEXT_ESCAPE does it: what could steer a terminal or mislead a reader is written as <U+001B>. */
void Utf16Write(SINK *Sink, UTF16 Text);

/* Likewise, for a name among columns: a blank at an end, or behind another, is escaped too. */
void Utf16WriteName(SINK *Sink, UTF16 Name);

/* A JSON string with its quotes. What PrcmNeedsEscape is true for is written as \u001b; beyond U+FFFF as a pair. What a JSON
 * string cannot carry to every reader becomes U+FFFD: unpaired surrogates and noncharacters, which RFC 7493 forbids, and
 * NUL. false: something did. */
bool Utf16WriteJson(SINK *Sink, UTF16 Text);

/* Bytes that should be UTF-8, as Utf16Write does it; a byte that is not becomes <0x9F>, and a "<" before "0x" is escaped
 * too. */
void Utf16WriteUtf8(SINK *Sink, const char *Text);

/* How many bytes the code point at Text has, which ends with a NUL; 0 if they are not UTF-8. */
size_t Utf16DecodeUtf8(const char *Text, uint32_t *Point);

/* How many units Text has as UTF-16, written to Units as far as Capacity goes; SIZE_MAX if it is not UTF-8.
 */
size_t Utf16FromUtf8(const char *Text, uint16_t *Units, size_t Capacity);

/* Upper case, for comparing names as the file system does: unit by unit, of every script that has it. */
uint16_t Utf16Upper(uint16_t Unit);

bool Utf16Equal(UTF16 A, UTF16 B);
bool Utf16EqualNoCase(UTF16 A, UTF16 B);

/* What follows the last backslash; all of Path if there is none. */
UTF16 Utf16FileName(UTF16 Path);

#endif
