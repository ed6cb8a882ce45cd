/* SPDX-License-Identifier: MIT */
#include "host/folder.h"

#include <sys/stat.h>

bool
FolderExists(const char *Path)
{
    struct stat Status;
    return stat(Path, &Status) == 0 && S_ISDIR(Status.st_mode);
}
