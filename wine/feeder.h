/* SPDX-License-Identifier: MIT
 *
 * feeder.exe: what its files share. Each command returns the process's exit code.
 */
#ifndef FEEDER_H
#define FEEDER_H

#include <windows.h>

#include "ntext.h"

/* Exit codes of the feeder's own; every other is COMMAND's. */
#define FEEDER_EXIT_INTERRUPTED 249
#define FEEDER_EXIT_USAGE       250
#define FEEDER_EXIT_NO_DRIVER   251
#define FEEDER_EXIT_COMMAND     252
#define FEEDER_EXIT_RAISE       253
#define FEEDER_EXIT_TRUTH       254

/* ---- feeder.c ---- */

/* Says on standard error what is wrong, in one line. */
void FeederError(const char *Format, ...) __attribute__((format(printf, 1, 2)));

/* Likewise, and that `feeder --help` tells more. FEEDER_EXIT_USAGE. */
int FeederUsageError(const char *Format, ...) __attribute__((format(printf, 1, 2)));

/* 100 ns since 1601. */
int64_t FeederNow(void);

/* ---- feeder_offer.c ---- */

int OfferCommand(int Count, WCHAR **Arguments);

/* ---- feeder_run.c ---- */

int RunCommand(int Count, WCHAR **Arguments);

/* ---- feeder_raise.c ---- */

int RaiseCommand(int Count, WCHAR **Arguments);

/* ---- feeder_device.c ---- */

int StateCommand(int Count, WCHAR **Arguments);

/* INVALID_HANDLE_VALUE where no driver that imports ntext.sys is loaded. */
HANDLE DeviceOpen(void);

/* Opens, and makes sure that a routine is registered; else INVALID_HANDLE_VALUE and a line on standard error. */
HANDLE DeviceOpenRegistered(void);

/* 0, or the Win32 error. */
DWORD DeviceControl(HANDLE Device, DWORD Code, const void *In, DWORD InBytes, void *Out, DWORD OutBytes);

/* ---- feeder_truth.c ---- */

typedef struct TRUTH TRUTH;

/* NULL and a line on standard error if the file cannot be made. */
TRUTH *TruthOpen(const WCHAR *Path);

/* One line: what Event handed to the driver.
 *   Tier    of the routine that it was handed to
 *   Time    when it was raised, 100 ns since 1601
 *   Drive   the drive-letter form of Event's image, or NULL where there is none
 *   Thread  which thread raised it */
void TruthEvent(TRUTH *Truth, const NTEXT_EVENT *Event, uint32_t Tier, int64_t Time, const WCHAR *Drive,
                uint32_t Thread);

/* FALSE and, the first time, a line on standard error if something could not be written. */
BOOL TruthFlush(TRUTH *Truth);

/* Flushes, closes and frees. NULL is allowed. */
BOOL TruthClose(TRUTH *Truth);

/* ---- feeder_facts.c: what Wine tells of a process ---- */

/* 0: it does not tell. */
int64_t FactsCreateTime(HANDLE Process);

/* Fills in what a start says of Process; Event has NTEXT_MAX_EVENT_BYTES bytes. */
void FactsOfStart(NTEXT_EVENT *Event, HANDLE Process);

/* The image of Event: the file mapped at Base in Process, in its \Device form where its drive has one. Returns
 * the drive-letter form, or NULL, in a buffer that the next call overwrites. */
const WCHAR *FactsMappedImage(NTEXT_EVENT *Event, HANDLE Process, const void *Base);

/* The size of the image at Base in Process; 0: its headers cannot be read. */
uint64_t FactsImageSize(HANDLE Process, const void *Base);

#endif
