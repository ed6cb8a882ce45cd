/* SPDX-License-Identifier: MIT
 *
 * What the driving files share.
 */
#ifndef DRIVE_STATE_H
#define DRIVE_STATE_H

#include "drive.h"
#include <stdlib.h>
#include <string.h>

#define DRIVE_MAX_HANDLES 96u
#define DRIVE_MAX_TOKENS  16u

#define DRIVE_ALL_ACCESS (FILE_READ_DATA | FILE_WRITE_DATA)

typedef struct DRIVE_HANDLE
{
    HANDLE Real;
    MODEL_HANDLE Model;
} DRIVE_HANDLE;

/* The READ of MODEL.Files[same index]. */
typedef struct DRIVE_READ
{
    SIM_IO *Io;
    uint8_t *Buffer;
} DRIVE_READ;

/* The process of MODEL.Processes[same index]. */
typedef struct DRIVE_PROCESS
{
    PEPROCESS Real;
    SIM_PROCESS Info;
    UNICODE_STRING ImageName;
} DRIVE_PROCESS;

typedef struct DRIVE
{
    MODEL Model;
    ULONG HandleCount;
    DRIVE_HANDLE Handles[DRIVE_MAX_HANDLES];
    DRIVE_READ Reads[MODEL_MAX_FILES];
    DRIVE_PROCESS Processes[MODEL_MAX_PROCESSES];
    PRCM_TOKEN Tokens[DRIVE_MAX_TOKENS]; /* that the driver gave, the last ones */
    ULONG TokenCount;                    /* ever */
    const OPERATION *Operations;
    size_t Count;
    size_t At;    /* the next one */
    ULONG Depth;  /* how many events are being filled around it */
    ULONG Nth;    /* call of the next operation that fails; 0: none */
    bool Onwards; /* and all later ones */
} DRIVE;

extern DRIVE Drive;

/* drive.c */

/* The next operation; with Inside, of those that can come in the midst of an event. False: there is none,
 * or it can't. */
bool DriveNext(bool Inside);

/* Reads that have come to their end since are held against the model's. */
void DriveCollect(void);

/* Around a call that may be made to fail; whether it was. */
void DriveFaultArm(void);
bool DriveFaultEnd(void);

/* A handle, or NULL: there is none. */
DRIVE_HANDLE *DrivePick(uint8_t Index);

/* One by which QUERY can be asked, or NULL. */
DRIVE_HANDLE *DriveQuerier(void);
void DriveAsk(const DRIVE_HANDLE *Handle, PRCM_QUERY *Query);
/* QUERY is asked and compared. */
void DriveCheckQuery(const DRIVE_HANDLE *Handle);

void DriveRememberToken(const PRCM_TOKEN *Token);
void DriveStatus(NTSTATUS Expected, NTSTATUS Actual);
NTSTATUS DriveRefusal(uint8_t Index);

/* Frees the READs that are over. */
void DriveTakeRead(ULONG File, NTSTATUS Status, ULONG_PTR Information);

/* drive_machine.c: loading, handles */
void DriveLoad(const OPERATION *Operation);
void DriveUnload(const OPERATION *Operation);
void DriveOpen(const OPERATION *Operation);
void DriveOpenMany(const OPERATION *Operation);
void DriveOpenRelative(const OPERATION *Operation);
void DriveDuplicate(const OPERATION *Operation);
void DriveClose(const OPERATION *Operation);
void DriveRefuse(const OPERATION *Operation);

/* drive_requests.c */
void DriveQuery(const OPERATION *Operation);
void DriveSubscribe(const OPERATION *Operation);
void DriveRead(const OPERATION *Operation);
void DriveControl(const OPERATION *Operation);
void DriveStop(const OPERATION *Operation);
void DriveCancel(const OPERATION *Operation);

/* drive_events.c */
void DriveEventsInit(void);
ULONG DriveProcessId(uint8_t Index);
void DriveStart(const OPERATION *Operation);
void DriveExit(const OPERATION *Operation);
void DriveImage(const OPERATION *Operation);
void DriveBurst(const OPERATION *Operation);
void DriveInside(const OPERATION *Operation);

#endif
