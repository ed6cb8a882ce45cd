/* SPDX-License-Identifier: MIT
 *
 * The version resource is looked for by its marks, without following the directories that lead to it: what is
 * wanted of it are two numbers and a name. Facts: "PE Format", "VS_FIXEDFILEINFO" and "String structure" of
 * Microsoft's documentation.
 */
#include "driver_file.h"

#include <string.h>

#define DOS_HEADER_BYTES   64u
#define AT_NEW_HEADER      60u
#define NEW_HEADER_BYTES   24u
#define AT_MACHINE         4u
#define FIXED_SIGNATURE    0xFEEF04BDu
#define FIXED_BYTES        52u
#define AT_STRUCT_VERSION  4u
#define STRUCT_VERSION     0x00010000u
#define AT_VERSION_HIGH    8u
#define AT_VERSION_LOW     12u
#define RESOURCE_ALIGNMENT 4u

static const uint16_t ORIGINAL_NAME[] = u"OriginalFilename";
static const uint16_t DRIVER_NAME[] = u"prcm.sys";

static uint32_t
Read32(const uint8_t *At)
{
    return (uint32_t)At[0] | (uint32_t)At[1] << 8 | (uint32_t)At[2] << 16 | (uint32_t)At[3] << 24;
}

/* major.minor.patch.0, as the resource has it; each as far as a version of the ABI has room for it. */
static uint32_t
ReadVersion(const uint8_t *Bytes, size_t Length)
{
    for (size_t At = 0; At + FIXED_BYTES <= Length; At += RESOURCE_ALIGNMENT)
    {
        if (Read32(Bytes + At) != FIXED_SIGNATURE || Read32(Bytes + At + AT_STRUCT_VERSION) != STRUCT_VERSION)
            continue;
        uint32_t High = Read32(Bytes + At + AT_VERSION_HIGH);
        uint32_t Low = Read32(Bytes + At + AT_VERSION_LOW);
        return (High >> 16 & 0xFF) << 24 | (High & 0xFF) << 16 | Low >> 16;
    }
    return 0;
}

/* The value stands behind the name and its padding. */
static bool
HasName(const uint8_t *Bytes, size_t Length)
{
    for (size_t At = 0; At + sizeof(ORIGINAL_NAME) + sizeof(DRIVER_NAME) <= Length; At += sizeof(uint16_t))
    {
        if (memcmp(Bytes + At, ORIGINAL_NAME, sizeof(ORIGINAL_NAME)) != 0)
            continue;
        size_t Value = At + sizeof(ORIGINAL_NAME);
        Value += (RESOURCE_ALIGNMENT - Value % RESOURCE_ALIGNMENT) % RESOURCE_ALIGNMENT;
        return Value + sizeof(DRIVER_NAME) <= Length &&
               memcmp(Bytes + Value, DRIVER_NAME, sizeof(DRIVER_NAME)) == 0;
    }
    return false;
}

bool
DriverFileRead(const uint8_t *Bytes, size_t Length, DRIVER_FILE *File)
{
    *File = (DRIVER_FILE){0};
    if (Length < DOS_HEADER_BYTES || memcmp(Bytes, "MZ", 2) != 0)
        return false;
    size_t Header = Read32(Bytes + AT_NEW_HEADER);
    if (Header > Length - NEW_HEADER_BYTES || memcmp(Bytes + Header, "PE\0\0", 4) != 0)
        return false;
    File->Machine = (uint16_t)(Bytes[Header + AT_MACHINE] | Bytes[Header + AT_MACHINE + 1] << 8);
    File->Version = ReadVersion(Bytes, Length);
    File->IsPrcm = HasName(Bytes, Length);
    return true;
}
