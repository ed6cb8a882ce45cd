/* SPDX-License-Identifier: MIT */
#ifndef HOST_ZONE_H
#define HOST_ZONE_H

#include "prcm_capture.h"

#define ZONE_MAX_CHANGES 64u

/* Local time of a time in UTC, as the host has it. */
typedef int64_t ZONE_LOCAL_TIME(int64_t Time);

/* The changes of local time between two times, to the minute: the first says what holds at From. A change that is taken
 * back within a day is not seen. How many; at most ZONE_MAX_CHANGES. */
uint32_t ZoneFind(ZONE_LOCAL_TIME *LocalTime, int64_t From, int64_t To,
                  PRCM_ZONE_CHANGE Changes[ZONE_MAX_CHANGES]);

#endif
