/* SPDX-License-Identifier: MIT
 *
 * From the kernel's names of files to those that people use: \Device\HarddiskVolume3\x to C:\x. Portable: the
 * table of devices is filled by whoever can ask the OS (drives.c).
 */
#ifndef STREAM_PATHS_H
#define STREAM_PATHS_H

#include "text/utf16.h"

#define PATHS_MAX_DEVICES 256u
#define PATHS_MAX_PREFIX  512u /* units of a device's name or of what replaces it */

/* A kernel path at its limit, and a longer prefix in front of it. */
#define PATHS_MAX_UNITS (32767u + PATHS_MAX_PREFIX)

typedef struct PATHS_DEVICE
{
    uint16_t Device[PATHS_MAX_PREFIX];
    uint16_t Dos[PATHS_MAX_PREFIX];
    uint32_t DeviceCount;
    uint32_t DosCount;
} PATHS_DEVICE;

typedef struct PATHS
{
    PATHS_DEVICE *Devices;
    uint32_t Count;
    bool Missed; /* a path of an unknown device came by: time to ask the OS again */
    uint16_t Buffer[PATHS_MAX_UNITS];
} PATHS;

/* An empty table. */
void PathsInit(PATHS *Paths);
void PathsDestroy(PATHS *Paths);

/* Device without a trailing backslash, such as \Device\HarddiskVolume3; Dos what stands for it, such as C:.
 * The first that names a device counts. false: the table is full, a name is too long, or no memory. */
bool PathsAdd(PATHS *Paths, UTF16 Device, UTF16 Dos);

/* The drive form of Nt, valid until the next call; Nt itself where it has none. */
UTF16 PathsToDos(PATHS *Paths, UTF16 Nt);

#endif
