/* SPDX-License-Identifier: MIT */
#ifndef DRIVER_FILE_H
#define DRIVER_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a file that is to be installed says of itself. */
typedef struct DRIVER_FILE
{
    uint16_t Machine; /* IMAGE_FILE_MACHINE_XXX */
    uint32_t Version; /* as PRCM_QUERY.DriverVersion; 0: it has none */
    bool IsPrcm;      /* its original name is prcm.sys */
} DRIVER_FILE;

/* Portable, for bytes that nobody vouches for. false: they are no image of the PE format. */
bool DriverFileRead(const uint8_t *Bytes, size_t Length, DRIVER_FILE *File);

#endif
