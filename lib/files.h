/* SPDX-License-Identifier: MIT */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <windows.h>

#include "driver_file.h"

/* Files of an installation, beside each other in System32\drivers. */
#define FILES_DRIVER L"prcm.sys"
#define FILES_KEPT   L"prcm.sys.old" /* the version before, until the new one has started */
#define FILES_NEW    L"prcm.sys.new" /* being written */

/* How the service manager is told where the copy is: the form that boot drivers have too, before there are drive
 * letters. */
#define FILES_SYSTEM_IMAGE L"\\SystemRoot\\System32\\drivers\\" FILES_DRIVER

/* The whole path of one of them. false: it is longer than MAX_PATH. */
bool FilesSystemPath(const WCHAR *Name, WCHAR Path[MAX_PATH]);

/* The drive form of a path as the service manager keeps it: \SystemRoot\..., \??\C:\..., System32\... or C:\....
 * false: it has none. */
bool FilesFromImagePath(const WCHAR *ImagePath, WCHAR Path[MAX_PATH]);

/* What a file has, and what it says of itself. */
typedef struct FILES_CONTENT
{
    BYTE *Bytes; /* NULL: not read. FilesFree frees it. */
    DWORD Length;
    DRIVER_FILE Driver; /* zero where it is no image */
} FILES_CONTENT;

/* Win32 error. */
DWORD FilesRead(const WCHAR *Path, FILES_CONTENT *Content);
void FilesFree(FILES_CONTENT *Content);
bool FilesAreEqual(const FILES_CONTENT *One, const FILES_CONTENT *Other);

/* Content becomes the file Name of System32\drivers: written whole beside it, flushed, then renamed. It has the
 * security that the directory gives to new files. Win32 error. */
DWORD FilesPlace(const FILES_CONTENT *Content, const WCHAR *Name);

/* No such file is fine. Win32 error. */
DWORD FilesRemove(const WCHAR *Name);

#endif
