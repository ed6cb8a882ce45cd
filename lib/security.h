/* SPDX-License-Identifier: MIT */
#ifndef SECURITY_H
#define SECURITY_H

#include <windows.h>
#include <winsvc.h>

/* Owner, group and DACL of what a handle stands for, which was opened with READ_CONTROL; free() frees them. NULL:
 * GetLastError tells why. By the kernel's own calls: those of advapi32 that are newer load another DLL. */
PSECURITY_DESCRIPTOR SecurityOfHandle(HANDLE Handle);
PSECURITY_DESCRIPTOR SecurityOfService(SC_HANDLE Service);

#endif
