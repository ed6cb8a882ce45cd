/* SPDX-License-Identifier: MIT
 *
 * The captures of a folder, in the order in which they are read.
 */
#ifndef CAPTURE_ORDER_H
#define CAPTURE_ORDER_H

#include "prcm_capture.h"

typedef struct ORDER_FILE
{
    char *Name;
    uint64_t Bytes;
    uint64_t Instance; /* of its first session; 0: none was found */
    uint64_t First;    /* number where that begins */
    uint32_t Group;    /* files of the same instance have the same: the place of the first of them by name */
} ORDER_FILE;

typedef struct CAPTURE_ORDER
{
    ORDER_FILE *Files;
    uint32_t Count;
    uint32_t Room;
} CAPTURE_ORDER;

/* The files of a name (NULL: all captures), by name alone. The store's result, or PRCM_ERROR_MEMORY. */
PRCM_RESULT OrderList(CAPTURE_ORDER *Order, const PRCM_CAPTURE_STORE *Store, const char *Name);

/* The same, by instance and number. */
PRCM_RESULT OrderMake(CAPTURE_ORDER *Order, const PRCM_CAPTURE_STORE *Store, const char *Name);

void OrderDestroy(CAPTURE_ORDER *Order);

#endif
