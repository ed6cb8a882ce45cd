/* SPDX-License-Identifier: MIT
 *
 * What the console adds to a record: drive forms, names of parents and users, and what it remembers of the
 * stream. Every output format shows an EVENT, so that they cannot differ in substance.
 */
#ifndef STREAM_VIEW_H
#define STREAM_VIEW_H

#include "hole.h"
#include "identity.h"
#include "paths.h"
#include "prcm_abi.h"
#include "processes.h"

/* What has to be asked of the OS. Each may be NULL: then it is not known, and times are shown as UTC. */
typedef struct VIEW_HOOKS
{
    void *Context;

    /* The image of a process that still runs and was created at CreateTime, as the kernel names it or in
     * drive form: how many units, at most Capacity, or 0. */
    uint32_t (*RunningImage)(void *Context, uint32_t Id, uint64_t CreateTime, uint16_t *Units,
                             uint32_t Capacity);

    /* "DOMAIN\name" of a SID; *User stays valid until the next call. A field status. */
    uint32_t (*UserName)(void *Context, const void *Sid, uint32_t SidBytes, UTF16 *User);

    /* UTC to local time. */
    int64_t (*LocalTime)(void *Context, int64_t Time);
} VIEW_HOOKS;

typedef struct VIEW
{
    PATHS Paths;
    PROCESSES Processes;
    const VIEW_HOOKS *Hooks;
    IDENTITY_ORIGIN Identity;
    uint32_t Kinds;                  /* that are read; of others nothing can be remembered */
    uint16_t Names[PATHS_MAX_UNITS]; /* of a parent that still runs */
} VIEW;

/* A record and what is known about it. Texts are valid until the next ViewResolve. */
typedef struct EVENT
{
    const PRCM_RECORD *Record;
    int64_t LocalTime;

    /* Of the process that the record is about; there is none for a kernel image. */
    IDENTITY Entity;

    /* Of its parent: of a start as the record tells it, else as remembered. */
    IDENTITY ParentEntity;

    /* The process as its start told it; NULL: not seen, or forgotten. */
    PROCESS *Process;

    /* The same of its parent. */
    const PROCESS *Parent;

    /* start, load: the record's path in drive form where it has one. exit: the process's image, as its start
     * told it; ImageKnown is false where that was not seen. */
    UTF16 Image;
    bool ImageKnown;

    /* start */
    UTF16 ParentImage;
    bool ParentImageKnown;
    UTF16 User;
    uint32_t UserStatus;

    /* exit */
    bool StartSeen;
    bool StartMissed; /* starts are read, and this one was not among them */
    bool LifetimeKnown;
    uint64_t LifetimeMs;
    bool ImagesKnown;
    bool ImagesLost; /* there may be more than Images */
    uint64_t Images;
} EVENT;

void ViewInit(VIEW *View, const VIEW_HOOKS *Hooks, uint32_t Kinds);

/* Whose records follow, for the identities of their processes. Before that there are none: PRCM_ABSENT. */
void ViewSetOrigin(VIEW *View, UTF16 Host, uint32_t HostStatus, const PRCM_VALUE *Boot);
void ViewDestroy(VIEW *View);

/* Tells what is known about a start, exit or load, and remembers it: to be called once for each record, in
 * order. */
void ViewResolve(VIEW *View, const PRCM_RECORD *Record, EVENT *Event);

/* To be called for each event that is shown, before the next ViewResolve. */
void ViewShown(const EVENT *Event);

/* To be called for each hole, in its place. */
void ViewHole(VIEW *View, const HOLE *Hole);

#endif
