/* SPDX-License-Identifier: MIT */
#include "captures.h"

#include <stdio.h>

#include "host/folder.h"
#include "message.h"

#define DO_BYTES 1024

static PRCM_RESULT
OpenFolder(const char *Path, PRCM_CAPTURE_READER **Reader)
{
    PRCM_CAPTURE_STORE Store;
    PRCM_RESULT Result = PrcmCaptureStoreOpen(Path, 0, &Store);

    return Result == PRCM_OK ? PrcmCaptureOpenStore(&Store, NULL, Reader) : Result;
}

PRCM_CAPTURE_READER *
CapturesOpen(const char *Path, EXIT_CODE *Code)
{
    PRCM_CAPTURE_READER *Reader = NULL;
    PRCM_CAPTURE_FILE File;
    char Do[DO_BYTES];
    PRCM_RESULT Result =
        FolderExists(Path) ? OpenFolder(Path, &Reader) : PrcmCaptureFileOpen(Path, PRCM_CAPTURE_READ, &File);

    if (Result == PRCM_OK && Reader == NULL)
        Result = PrcmCaptureOpen(&File, &Reader);
    if (Result == PRCM_OK)
        return Reader;
    snprintf(Do, sizeof(Do), "read %s", Path);
    *Code = MessageFail(Do, Result);
    return NULL;
}

EXIT_CODE
CapturesWorse(EXIT_CODE Before, EXIT_CODE Now)
{
    return Before == EXIT_OK || (Before == EXIT_INCOMPLETE && Now != EXIT_OK) ? Now : Before;
}
