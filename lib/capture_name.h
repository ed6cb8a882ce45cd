/* SPDX-License-Identifier: MIT
 *
 * Names of files in a folder of captures: NAME-YYYYMMDDTHHMMSSmmmZ-FIRSTNUMBER.prcm.
 */
#ifndef CAPTURE_NAME_H
#define CAPTURE_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "prcm_capture.h"

#define CAPTURE_NAME_BYTES  (PRCM_FOLDER_NAME_BYTES + 48)
#define CAPTURE_SUFFIX      ".prcm"
#define CAPTURE_READ_SUFFIX ".read"

/* Whether a folder's files may begin with Name. */
bool NameIsGood(const char *Name);

/* The name of a file that is begun at Time with the number First. */
void NameFormat(const char *Name, int64_t Time, uint64_t First, char File[CAPTURE_NAME_BYTES]);

/* Whether File is a capture whose name Name begins; NULL: any capture. */
bool NameIsOf(const char *File, const char *Name);

#endif
