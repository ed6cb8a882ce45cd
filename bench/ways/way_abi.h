/* SPDX-License-Identifier: MIT
 *
 * What the ways of way.h and their readers share, besides prcm's records.
 */
#ifndef WAY_ABI_H
#define WAY_ABI_H

#define WAY_DEVICE_NAME L"\\Device\\PrcmWay"
#define WAY_LINK_NAME   L"\\DosDevices\\PrcmWay"
#define WAY_WIN32_NAME  L"\\\\.\\PrcmWay"

/* Under Wine, the auto-reset event. */
#define WAY_SIGNAL_NAME       L"\\BaseNamedObjects\\PrcmWay"
#define WAY_SIGNAL_WIN32_NAME L"Global\\PrcmWay"

/* CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_OUT_DIRECT, FILE_READ_ACCESS): one record, or as many as fit; what it does where
 * there is none is the way's affair. */
#define WAY_IOCTL_TAKE 0x00226402u

/* CTL_CODE(FILE_DEVICE_UNKNOWN, 0x901, METHOD_BUFFERED, FILE_READ_ACCESS): a uint64_t, how many events were not kept. */
#define WAY_IOCTL_LOST 0x00226404u

#endif
