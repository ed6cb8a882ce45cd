/* SPDX-License-Identifier: MIT */
#include "utf8.h"

#include <sddl.h>
#include <wchar.h>

#define NAME_UNITS 260u

void
Utf8FromWide(const WCHAR *Wide, char *Text, int Bytes)
{
    if (!WideCharToMultiByte(CP_UTF8, 0, Wide, -1, Text, Bytes, NULL, NULL))
        Text[0] = 0;
}

void
Utf8FromSid(PSID Sid, char *Text, int Bytes)
{
    WCHAR *Wide;
    Text[0] = 0;
    if (!ConvertSidToStringSidW(Sid, &Wide))
        return;
    Utf8FromWide(Wide, Text, Bytes);
    LocalFree(Wide);
}

void
Utf8AccountOfSid(PSID Sid, char *Text, int Bytes)
{
    WCHAR Name[NAME_UNITS];
    WCHAR Domain[NAME_UNITS];
    WCHAR Whole[2 * NAME_UNITS];
    DWORD NameUnits = NAME_UNITS;
    DWORD DomainUnits = NAME_UNITS;
    SID_NAME_USE Use;
    Text[0] = 0;
    if (!LookupAccountSidW(NULL, Sid, Name, &NameUnits, Domain, &DomainUnits, &Use))
        return;
    wcscpy(Whole, Domain);
    if (Domain[0] != 0)
        wcscat(Whole, L"\\");
    Utf8FromWide(wcscat(Whole, Name), Text, Bytes);
}

void
Utf8FromSecurity(PSECURITY_DESCRIPTOR Security, char *Text, int Bytes)
{
    const SECURITY_INFORMATION Parts =
        OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    WCHAR *Wide;
    Text[0] = 0;
    if (!ConvertSecurityDescriptorToStringSecurityDescriptorW(Security, SDDL_REVISION_1, Parts, &Wide, NULL))
        return;
    Utf8FromWide(Wide, Text, Bytes);
    LocalFree(Wide);
}
