/* SPDX-License-Identifier: MIT
 *
 * A way's event on the kernel in user mode, where user mode waits for it as the kernel does.
 */
#ifndef WAY_SIM_H
#define WAY_SIM_H

/* Waits for the auto-reset event. */
void WayWait(void);

#endif
