/* SPDX-License-Identifier: MIT */
#ifndef CAPTURE_PATH_H
#define CAPTURE_PATH_H

#include <windows.h>

#include "prcm.h"

/* The result that a Win32 error with a file is, noted. */
PRCM_RESULT CaptureErrorResult(DWORD Error);

/* A path for the system's functions, of any length: whole, and marked as such; one of a device as it is. To be freed.
 * NULL: it is no UTF-8, or no memory. */
WCHAR *CapturePathWide(const char *Path);

#endif
