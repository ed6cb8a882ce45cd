/* SPDX-License-Identifier: MIT */
#include "security.h"

#include <stdlib.h>

/* The longest that there can be: its ACL has a length of 16 bits. */
#define SECURITY_BYTES (128u * 1024u)

#define PARTS (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION)

static PSECURITY_DESCRIPTOR
Finish(PSECURITY_DESCRIPTOR Security, BOOL Done)
{
    DWORD Error = GetLastError();
    if (Done)
        return Security;
    free(Security);
    SetLastError(Error);
    return NULL;
}

static PSECURITY_DESCRIPTOR
Allocate(void)
{
    PSECURITY_DESCRIPTOR Security = malloc(SECURITY_BYTES);
    if (Security == NULL)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return Security;
}

PSECURITY_DESCRIPTOR
SecurityOfHandle(HANDLE Handle)
{
    DWORD Needed;
    PSECURITY_DESCRIPTOR Security = Allocate();
    if (Security == NULL)
        return NULL;
    return Finish(Security, GetKernelObjectSecurity(Handle, PARTS, Security, SECURITY_BYTES, &Needed));
}

PSECURITY_DESCRIPTOR
SecurityOfService(SC_HANDLE Service)
{
    DWORD Needed;
    PSECURITY_DESCRIPTOR Security = Allocate();
    if (Security == NULL)
        return NULL;
    return Finish(Security, QueryServiceObjectSecurity(Service, PARTS, Security, SECURITY_BYTES, &Needed));
}
