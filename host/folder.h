/* SPDX-License-Identifier: MIT */
#ifndef HOST_FOLDER_H
#define HOST_FOLDER_H

#include <stdbool.h>

/* Whether a path, in UTF-8, is that of a folder. */
bool FolderExists(const char *Path);

#endif
