/* SPDX-License-Identifier: MIT
 *
 * The programs that a stopping driver waits for, in words.
 */
#ifndef CLI_STATUS_HOLDERS_H
#define CLI_STATUS_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "prcm.h"

#define HOLDERS_IMAGE_BYTES 780
#define HOLDERS_TEXT_BYTES  1024

typedef struct HOLDERS
{
    bool Known; /* the system tells */
    PRCM_HOLDERS Found;
    char Images[PRCM_MAX_HOLDERS]
               [HOLDERS_IMAGE_BYTES]; /* name of the image's file, UTF-8; empty: not known */
} HOLDERS;

/* "2 handles: viewer.exe (1234)" or "3 handles: viewer.exe (1234) 2, other.exe (99) 1", or that it cannot be told. */
void HoldersDescribe(const HOLDERS *Holders, char Text[HOLDERS_TEXT_BYTES]);

/* Whatever can be found out now. */
void HoldersFind(HOLDERS *Holders);

#endif
