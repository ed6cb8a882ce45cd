/* SPDX-License-Identifier: MIT
 *
 * A folder in memory.
 */
#ifndef CAPTURE_RIG_STORE_H
#define CAPTURE_RIG_STORE_H

#include "capture_rig.h"

#define RIG_FILES 64u

typedef struct RIG_STORE
{
    RIG_FILE Files[RIG_FILES];
    char Names[RIG_FILES][128]; /* empty: there is none */
    uint64_t DiskBytes;         /* of every file that is opened */
    uint32_t Open;
} RIG_STORE;

PRCM_CAPTURE_STORE RigStoreOpen(RIG_STORE *Store);
void RigStoreFree(RIG_STORE *Store);

/* The names there are, sorted, a line each. To be freed with free. */
char *RigStoreNames(const RIG_STORE *Store);

/* The file of this name. NULL: there is none. */
RIG_FILE *RigStoreFind(RIG_STORE *Store, const char *Name);

/* As RigRead. */
char *RigStoreRead(RIG_STORE *Store, const char *Name);

#endif
