/* SPDX-License-Identifier: MIT
 *
 * The real driver on the simulated kernel, and readers that keep the books: every batch is decoded by the library's decoder,
 * follows the one before it, adds up, and is searched for kernel addresses.
 */
#ifndef RIG_H
#define RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <sim.h>
#include "prcm.h"
#include "rig_image.h"

#define RIG_ALL_ACCESS (FILE_READ_DATA | FILE_WRITE_DATA)

/* NTSTATUS values print as what they are. */
#define assert_status(Actual, Expected) assert_int_equal((ULONG)(Actual), (ULONG)(Expected))

/* For cmocka: a machine just started, and the same with the driver loaded; and back, where nothing may be left. */
int RigReset(void **State);
int RigStart(void **State);
int RigEnd(void **State);

/* Loads and unloads the driver in the midst of a test; both must succeed. */
void RigLoad(void);
void RigUnload(void);

/* A handle that may do everything. */
HANDLE RigOpen(void);

/* Pageable text, paged out; freed by RigEnd. Length in bytes; the text repeats as often as it takes. */
PUNICODE_STRING RigText(PCWSTR Text);
PUNICODE_STRING RigTextOfLength(PCWSTR Text, ULONG Bytes);

void RigQuery(PRCM_QUERY *Query);

/* How many sessions there are, without the one that asks. */
uint32_t RigSessions(void);

/* How many threads raise events, for the tally; 1 after RigReset. */
extern unsigned RigProducers;

/* ---- Events ---- */

/* A process that starts, with everything told; ids are 4 times Number, all else follows from it. */
PEPROCESS RigRaiseStart(ULONG Id);
void RigRaiseImage(ULONG Id);
/* The process of RigRaiseStart exits with status 7. */
void RigRaiseExit(PEPROCESS Process);
/* A start and its exit whose command line has this many bytes; the process is gone afterwards. */
void RigRaiseLargeStart(ULONG Id, ULONG CommandLineBytes);
/* An image load whose path has this many bytes. */
void RigRaiseLargeImage(ULONG Id, ULONG PathBytes);

/* ---- Readers ---- */

typedef struct READER
{
    HANDLE File;
    uint32_t Kinds;
    PRCM_SUBSCRIBED Subscribed;
    PRCM_TOKEN At; /* Next of the last batch */
    uint64_t Batches;
    uint64_t Delivered[PRCM_KIND_COUNT];
    uint64_t Filtered[PRCM_KIND_COUNT];
    uint64_t Lost[PRCM_KIND_COUNT];
    uint64_t Unknown;
    uint64_t Tallied;      /* the number up to which ReaderCheckAccount has told the tally */
    PRCM_RECORD **Records; /* copies of all that came */
    size_t RecordCount;
    size_t RecordRoom;
    bool KeepRecords;
    bool SearchAddresses;
    SIM_IO *Pended; /* by ReaderPend */
    PRCM_BATCH *Buffer;
    ULONG BufferBytes;
} READER;

PRCM_SUBSCRIBE ReaderRequest(uint32_t From);

/* Opens and subscribes; both must succeed. */
void ReaderOpen(READER *Reader, uint32_t From);
void ReaderOpenWith(READER *Reader, const PRCM_SUBSCRIBE *Request);

/* Closes the handle, if it is open still, and frees everything. */
void ReaderClose(READER *Reader);

/* READs until nothing is there, without waiting. The number of records that came. */
size_t ReaderDrain(READER *Reader);

/* One READ without waiting. */
NTSTATUS ReaderReadNow(READER *Reader);

/* Pends a READ; whether it is complete already. */
bool ReaderPend(READER *Reader);

/* Waits for it and takes its batch. */
NTSTATUS ReaderWait(READER *Reader);

/* Captured since the reader began = delivered + filtered + lost + unknown + unread, by kind where known: asks the driver,
 * and adds what it found closed to the tally. Not while anything is under way. */
void ReaderCheckAccount(READER *Reader);

/* The only record, or the record at Index, which must be of Kind. */
const void *ReaderRecord(const READER *Reader, size_t Index, uint32_t Kind);

/* What a READER has had so far is forgotten, its place and its sums are not. */
void ReaderForgetRecords(READER *Reader);

#endif
