/* SPDX-License-Identifier: MIT
 *
 * The facts of this host that a capture keeps. Each is made in the caller's memory, as by PrcmFactBegin; what cannot be
 * found out is absent, or failed with the system's status.
 */
#ifndef HOST_FACTS_H
#define HOST_FACTS_H

#include "prcm_capture.h"

/* Room is aligned to 8 bytes and has PRCM_MAX_FACT_BYTES. */
const PRCM_FACT *HostFactHost(void *Room);
const PRCM_FACT *HostFactSystem(void *Room);

/* Local time from two years before Now to three years behind it. */
const PRCM_FACT *HostFactZone(void *Room, int64_t Now);

#endif
