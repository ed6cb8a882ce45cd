/* SPDX-License-Identifier: MIT */
#include "captures.h"

#include <stdio.h>

#include "message.h"

#define DO_BYTES 1024

PRCM_CAPTURE_READER *
CapturesOpen(const char *Path, EXIT_CODE *Code)
{
    PRCM_CAPTURE_READER *Reader = NULL;
    PRCM_CAPTURE_FILE File;
    char Do[DO_BYTES];
    PRCM_RESULT Result = PrcmCaptureFileOpen(Path, PRCM_CAPTURE_READ, &File);

    if (Result == PRCM_OK)
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
