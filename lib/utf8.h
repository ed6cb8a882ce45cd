/* SPDX-License-Identifier: MIT */
#ifndef UTF8_H
#define UTF8_H

#include <windows.h>

/* What the library hands out as text is UTF-8. Each leaves Text empty where there is none, or it does not fit. */
void Utf8FromWide(const WCHAR *Wide, char *Text, int Bytes);

/* S-1-5-... */
void Utf8FromSid(PSID Sid, char *Text, int Bytes);

/* DOMAIN\name */
void Utf8AccountOfSid(PSID Sid, char *Text, int Bytes);

/* Owner, group and DACL in the security descriptor definition language. */
void Utf8FromSecurity(PSECURITY_DESCRIPTOR Security, char *Text, int Bytes);

#endif
