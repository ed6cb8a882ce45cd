/* SPDX-License-Identifier: MIT
 *
 * driver/notify.c once more, with a way in the place of the log. Included before it, by the compiler's command line: its calls
 * get other names, so that prcm.sys's own can be in the same program.
 */
#ifndef WAY_NOTIFY_H
#define WAY_NOTIFY_H

#define LogCaptures      WayCaptures
#define LogReserve       WayReserve
#define SessionsCommit   WayCommit
#define NotifyRegister   WayNotifyRegister
#define NotifyUnregister WayNotifyUnregister

#endif
