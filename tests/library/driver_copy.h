/* SPDX-License-Identifier: MIT
 *
 * Drivers to install: copies of the one that the box has, with another version or a fault.
 */
#ifndef DRIVER_COPY_H
#define DRIVER_COPY_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

#define DRIVER_FROM   L"C:\\prcm\\prcm.sys" /* the box's own */
#define SYSTEM_COPY   L"C:\\windows\\system32\\drivers\\prcm.sys"
#define SYSTEM_KEPT   SYSTEM_COPY L".old"
#define SYSTEM_NEW    SYSTEM_COPY L".new"
#define SYSTEM_IMAGE  L"\\SystemRoot\\System32\\drivers\\prcm.sys"
#define SERVICE_KEY   L"SYSTEM\\CurrentControlSet\\Services\\prcm"
#define VERSION(A, B) ((uint32_t)(A) << 24 | (uint32_t)(B) << 16)

typedef enum DRIVER_FAULT
{
    DRIVER_SOUND,
    DRIVER_DOES_NOT_LOAD, /* what it imports is not there */
    DRIVER_OF_OTHER_MACHINE,
    DRIVER_WITHOUT_NAME
} DRIVER_FAULT;

/* Writes it to Path. */
void DriverMake(const WCHAR *Path, uint32_t Version, DRIVER_FAULT Fault);

/* A file that is no image. */
void NonsenseMake(const WCHAR *Path);

bool FileExists(const WCHAR *Path);
bool FilesAreSame(const WCHAR *One, const WCHAR *Other);
bool KeyExists(const WCHAR *Path);

/* The DWORD that is there, or Missing. */
uint32_t ReadDword(const WCHAR *Path, const WCHAR *Name, uint32_t Missing);

void ExpectImagePath(const WCHAR *Expected);

/* No service, none of its keys, and none of the files that install makes. */
void ExpectNothingLeft(void);

#endif
