/* SPDX-License-Identifier: MIT
 *
 * The version before is kept until the new one has started: its file as prcm.sys.old, or where it lies, if install has not
 * put it there.
 */
#ifndef UPGRADE_H
#define UPGRADE_H

#include <stdbool.h>
#include <windows.h>
#include <winsvc.h>

#include "files.h"
#include "prcm.h"

/* The service's file now, in drive form. false: none, or in no form that is known. */
bool UpgradeCurrentPath(SC_HANDLE Service, WCHAR Path[MAX_PATH]);

/* Whether Path is where the copy goes. */
bool UpgradeIsSystemFile(const WCHAR *Path);

/* Keeps the file at Current, with what it has, to go back to, while Target becomes the service's. One that is kept
 * already stays: since then no other has started. Win32 error. */
DWORD UpgradeKeep(const WCHAR *Current, const FILES_CONTENT *Content, const WCHAR *Target);

/* The driver runs: what was kept is not needed any more. Win32 error. */
DWORD UpgradeCommit(SC_HANDLE Service);

/* The driver does not start: the version before is the service's again. The service was opened with
 * SERVICE_CHANGE_CONFIG. Win32 error; ERROR_FILE_NOT_FOUND: nothing was kept. */
DWORD UpgradeUndo(SC_HANDLE Service);

/* Makes Path, in drive form, the service's file. Win32 error. */
DWORD UpgradeSetPath(SC_HANDLE Service, const WCHAR *Path);

#endif
