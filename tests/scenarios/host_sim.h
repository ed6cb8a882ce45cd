/* SPDX-License-Identifier: MIT */
#ifndef HOST_SIM_H
#define HOST_SIM_H

#include "host.h"

/* A machine just started, with the driver loaded, its lanes as small as they get. The Nth fallible call fails, and with Onwards
 * every one after it; 0: none. False: the driver did not load, for that reason and no other, and nothing is left of it. */
bool HostBegin(ULONG FailNth, bool Onwards);

/* Whether a call was made to fail since HostBegin; ask after HostEnd. */
bool HostInjected(void);

/* Unloads the driver, if the scenario did not. Nothing may be left. */
void HostEnd(void);

#endif
