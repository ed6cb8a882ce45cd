/* SPDX-License-Identifier: MIT
 *
 * Loaded images: ntext's own and the drivers'.
 */
#ifndef NTEXT_IMAGE_H
#define NTEXT_IMAGE_H

#include <ntifs.h>

/* Keeps ntext.sys loaded for as long as the process lives. */
BOOLEAN ImagePinOwn(VOID);

/* Whether the image that Address lies in was linked with FORCE_INTEGRITY. */
BOOLEAN ImageForcesIntegrity(_In_ PVOID Address);

/* What ntext.sys exports as Name, or NULL. */
PVOID ImageOwnExport(_In_ PUNICODE_STRING Name);

#endif
