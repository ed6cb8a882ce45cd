/* SPDX-License-Identifier: MIT
 *
 * What prcm.sys answers to each request, worked out anew from docs/abi.md, docs/ARCHITECTURE.md and
 * prcm_abi.h. It calls neither driver nor simulator; of the simulator it has the types alone. One thread,
 * one machine, and every event there ever was kept in a list.
 *
 * Who drives it does a thing to the real driver, tells the model the same, and holds the two answers
 * together.
 */
#ifndef MODEL_H
#define MODEL_H

#include <sim.h>
#include "lane_model.h"
#include "prcm.h"

#define MODEL_MAX_EVENTS    3000u
#define MODEL_MAX_FILES     80u
#define MODEL_MAX_PROCESSES 8u
#define MODEL_MAX_FILLING   16u
#define MODEL_BYTES_FIELDS  3u

/* ---- The machine ---- */

/* What the machine may lack or refuse. */
typedef enum MODEL_ROUTINE
{
    ROUTINE_PROCESS_EX2,
    ROUTINE_PROCESS_EX,
    ROUTINE_PROCESS_BASE,
    ROUTINE_IMAGE_EX,
    ROUTINE_IMAGE_BASE,
    ROUTINE_IMAGE_REMOVE,
    ROUTINE_START_KEY,
    ROUTINE_LOCATE,
    ROUTINE_POOL2,
    ROUTINE_TIME_PRECISE,
    ROUTINE_LOOKUP, /* from here on: what every OS has */
    ROUTINE_OPEN_OBJECT,
    ROUTINE_OPEN_TOKEN,
    ROUTINE_QUERY_TOKEN,
    ROUTINE_QUERY_PROCESS,
    ROUTINE_MAP,
    ROUTINE_COUNT
} MODEL_ROUTINE;

const char *ModelRoutineName(MODEL_ROUTINE Routine);

/* A value of the Parameters key. */
typedef struct MODEL_PARAMETER
{
    bool Given;
    bool Usable; /* a REG_DWORD */
    ULONG Value;
} MODEL_PARAMETER;

/* ---- Events ---- */

typedef struct MODEL_EVENT
{
    bool Kept; /* in its lane */
    bool Dropped;
    bool Filling;
    bool Loose; /* something failed while it was gathered: of its record only the header is told here */
    /* As it has to be; offsets are 0. */
    union
    {
        PRCM_RECORD Header;
        PRCM_START Start;
        PRCM_EXIT Exit;
        PRCM_IMAGE Image;
    } Record;
    const void *Bytes[MODEL_BYTES_FIELDS]; /* what its PRCM_BYTES point to, in the order of the structure */
    uint64_t CapturedBefore[PRCM_KIND_COUNT]; /* of all lower numbers */
    uint64_t DroppedBefore[PRCM_KIND_COUNT];
} MODEL_EVENT;

/* ---- Readers ---- */

/* A record of an expected batch. */
typedef struct MODEL_ITEM
{
    uint64_t Number; /* of an event; 0: Lost */
    PRCM_LOST Lost;
} MODEL_ITEM;

/* How a READ ends, and with what. */
typedef struct MODEL_BATCH
{
    NTSTATUS Status;
    bool Misled;
    PRCM_BATCH Header;
    uint32_t Count; /* of Items */
    uint32_t Room;
    MODEL_ITEM *Items;
} MODEL_BATCH;

typedef struct MODEL_READER
{
    ULONG Kinds;
    ULONG KeyCount;
    uint32_t Keys[PRCM_MAX_KEYS];
    PRCM_TOKEN Told;
    PRCM_TOKEN At;
    uint64_t Filtered[PRCM_KIND_COUNT];
    uint64_t Batches;
    bool Misled; /* began with counts that are not true, so that what it is told need not make sense */
} MODEL_READER;

/* A file object. */
typedef struct MODEL_FILE
{
    bool InUse;
    bool Gone;        /* the driver was unloaded under it */
    NTSTATUS Refused; /* what CREATE said, where the host hands out a handle all the same */
    ULONG Handles;
    bool Subscribed;
    MODEL_READER Reader;
    bool Pended; /* has a READ that was not complete when it was sent */
    bool Done;   /* it is complete: Read says how */
    ULONG ReadBytes;
    MODEL_BATCH Read;
} MODEL_FILE;

typedef struct MODEL_HANDLE
{
    MODEL_FILE *File;
    ACCESS_MASK Access;
} MODEL_HANDLE;

typedef struct MODEL_PROCESS
{
    ULONG Id;
    LONGLONG CreateTime;
} MODEL_PROCESS;

/* ---- All of it ---- */

typedef struct MODEL
{
    SIM_OS Os;
    bool Wine;
    LONGLONG Clock;
    bool Hidden[ROUTINE_COUNT];
    NTSTATUS Refused[ROUTINE_COUNT];
    ULONG OthersProcess; /* places of the notify tables that other drivers have */
    ULONG OthersImage;
    MODEL_PARAMETER Lifecycle, Image, Kinds;
    MODEL_PROCESS Processes[MODEL_MAX_PROCESSES]; /* Id 0: none */

    bool Loaded;
    bool Leaving; /* unloads at the last close */
    bool Stopping;
    PRCM_QUERY Constant; /* what QUERY tells besides counters */
    uint64_t Next;
    uint64_t Published;
    uint64_t Captured[PRCM_KIND_COUNT];
    uint64_t Dropped[PRCM_KIND_COUNT];
    uint64_t Evicted[PRCM_KIND_COUNT];
    LONGLONG LongestStall;
    LONGLONG StallSince[PRCM_LANE_COUNT];
    ULONG FillingCount;
    uint64_t Filling[MODEL_MAX_FILLING];
    LANE_MODEL Lanes[PRCM_LANE_COUNT];
    MODEL_EVENT Events[MODEL_MAX_EVENTS + 1];
    MODEL_FILE Files[MODEL_MAX_FILES];
} MODEL;

/* A machine just started, nothing loaded. */
void ModelReset(MODEL *Model);

/* The time as the driver tells it. */
LONGLONG ModelTime(const MODEL *Model);

/* Loads the driver: DriverEntry's status. */
NTSTATUS ModelLoad(MODEL *Model);

/* The same where something failed that nobody can tell: what QUERY says is believed, if it can be. */
void ModelLoadLearned(MODEL *Model, const PRCM_QUERY *Query);

/* SimUnload's or, where the host is Wine, SimUnloadAtOnce's status. */
NTSTATUS ModelUnload(MODEL *Model);

/* ---- Requests: their status, and what they return. STATUS_PENDING: see MODEL_FILE.Pended ---- */

/* HasName: a name behind the device's, or a file that the open is relative to. */
NTSTATUS ModelOpen(MODEL *Model, SIM_USER User, ACCESS_MASK Access, bool HasName, MODEL_HANDLE *Handle);
/* The open fails for want of memory. */
NTSTATUS ModelOpenFails(MODEL *Model, ACCESS_MASK Access, MODEL_HANDLE *Handle);
MODEL_HANDLE ModelDuplicate(const MODEL_HANDLE *Handle);
void ModelClose(MODEL *Model, MODEL_HANDLE *Handle);

NTSTATUS ModelQuery(MODEL *Model, const MODEL_HANDLE *Handle, ULONG InBytes, ULONG OutBytes,
                    PRCM_QUERY *Query);
NTSTATUS ModelSubscribe(MODEL *Model, const MODEL_HANDLE *Handle, const void *In, ULONG InBytes,
                        ULONG OutBytes, PRCM_SUBSCRIBED *Answer);
NTSTATUS ModelRead(MODEL *Model, const MODEL_HANDLE *Handle, const void *In, ULONG InBytes, ULONG OutBytes);
NTSTATUS ModelStop(MODEL *Model, const MODEL_HANDLE *Handle, ULONG InBytes, ULONG OutBytes);
NTSTATUS ModelUnknown(const MODEL_HANDLE *Handle, ULONG Code);

/* The pended READ is cancelled. */
void ModelCancel(MODEL_FILE *File);

/* The caller has taken what the READ brought. */
void ModelReadTaken(MODEL_FILE *File);

/* ---- Events ---- */

/* The record that an event makes; false: none, it is not told or not captured. */
bool ModelDraftStart(const MODEL *Model, const SIM_PROCESS *Process, const SIM_START *Start,
                     MODEL_EVENT *Event);
bool ModelDraftExit(const MODEL *Model, const SIM_PROCESS *Process, NTSTATUS Status, ULONG ThreadId,
                    MODEL_EVENT *Event);
bool ModelDraftImage(const MODEL *Model, ULONG ProcessId, ULONG ThreadId, PCUNICODE_STRING Name,
                     const IMAGE_INFO *Info, MODEL_EVENT *Event);

/* The sizes that a drafted record may have if something fails while it is gathered. Their number. */
#define MODEL_MAX_SIZES 4u
ULONG ModelLooseSizes(const MODEL_EVENT *Event, uint32_t *Sizes);

/* Whether Query can be what is told after it was kept with a record of Size bytes. */
bool ModelExplains(MODEL *Model, const MODEL_EVENT *Draft, uint32_t Size, const PRCM_QUERY *Query);

/* It gets its number, which is returned, and its space or none. */
uint64_t ModelReserve(MODEL *Model, const MODEL_EVENT *Draft);

/* It is the readers'. */
void ModelCommit(MODEL *Model, uint64_t Number);

/* ---- Differences: each ends the program, having said what it is ---- */

/* Whether a READ that ends with Status brings a batch. STATUS_DEVICE_BUSY is a warning, and brings none. */
bool ModelBringsBatch(NTSTATUS Status);
void ModelCheckBatch(const MODEL *Model, const MODEL_BATCH *Expected, const void *Bytes,
                     ULONG_PTR Information);
void ModelCheckQuery(const PRCM_QUERY *Expected, const PRCM_QUERY *Actual);
void ModelCheckSubscribed(const PRCM_SUBSCRIBED *Expected, const PRCM_SUBSCRIBED *Actual);

/* What was being done, for the message. */
extern char ModelDoing[160];
DECLSPEC_NORETURN void ModelFail(const char *Format, ...) __attribute__((format(printf, 1, 2)));
void ModelSame(const char *What, uint64_t Expected, uint64_t Actual);

#endif
