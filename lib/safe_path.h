/* SPDX-License-Identifier: MIT */
#ifndef SAFE_PATH_H
#define SAFE_PATH_H

#include <stdbool.h>
#include <windows.h>

#include "prcm.h"

/* Whether nobody but administrators, SYSTEM and TrustedInstaller can have another file at Path than what is
 * there, by writing to it or by way of a directory above it. Path is absolute, of a drive. PRCM_ERROR_UNSAFE: somebody
 * can, and Writer says who and where. PRCM_ERROR_SYSTEM: a part of Path cannot be opened. */
PRCM_RESULT SafePathCheck(const WCHAR *Path, PRCM_WRITER *Writer);

/* Who else than those has one of the rights in Mask, or is the owner: a SID within Security, or NULL. Denied
 * rights are not looked at: whoever needs them to be refused here is trusted with too much. */
PSID SafePathFindWriter(PSECURITY_DESCRIPTOR Security, ACCESS_MASK Mask, bool *IsOwner);

#endif
