/* SPDX-License-Identifier: MIT
 *
 * What an installation notes in the key Install of the service, so that one that was interrupted can be repeated to its
 * end, and uninstall knows what is its own.
 */
#ifndef NOTES_H
#define NOTES_H

#include <stdbool.h>
#include <windows.h>

#include "prcm.h"

#define NOTES_SERVICE_KEY    L"SYSTEM\\CurrentControlSet\\Services\\" PRCM_SERVICE_NAME
#define NOTES_PARAMETERS_KEY NOTES_SERVICE_KEY L"\\Parameters"

#define NOTES_COPIED  L"Copied"  /* System32\drivers\prcm.sys was put there by install */
#define NOTES_RESTART L"Restart" /* the driver ran until an upgrade stopped it, and is to run again */

typedef struct NOTES
{
    bool Copied;
    bool Restart;
    WCHAR Before[MAX_PATH]; /* the file to go back to where the new one does not start; empty: none */
} NOTES;

void NotesRead(NOTES *Notes);

/* Win32 errors. Before NULL: there is nothing to go back to any more. */
DWORD NotesSet(const WCHAR *Flag, bool Holds);
DWORD NotesSetBefore(const WCHAR *Before);

/* Deletes a key of the service's; a missing one is fine. */
DWORD NotesDeleteKeys(void);

#endif
