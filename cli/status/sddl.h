/* SPDX-License-Identifier: MIT
 *
 * Security descriptors in words. Portable: they come as text, in Microsoft's security descriptor definition language.
 */
#ifndef CLI_STATUS_SDDL_H
#define CLI_STATUS_SDDL_H

#include "text/sink.h"

/* Rights that make somebody master of a service: to reconfigure, start, stop or pause it, and what leads to those. */
#define SDDL_SERVICE_CONTROL 0xF00D0072u

/* Any right to a device, except to wait for it and to read its security. */
#define SDDL_DEVICE_OPEN 0xF00DFFFFu

/* Writes who is allowed any of Mask by the DACL in Text, with commas between: "SYSTEM, Administrators"; "nobody".
 * Returns whether all of them are administrators, SYSTEM or TrustedInstaller. Entries that deny are not looked at. */
bool SddlWriteWho(SINK *Sink, const char *Text, uint32_t Mask);

/* The same, without writing. */
bool SddlIsSafe(const char *Text, uint32_t Mask);

#endif
