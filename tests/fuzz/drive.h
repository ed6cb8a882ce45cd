/* SPDX-License-Identifier: MIT
 *
 * An input as a sequence of operations: each is done to the real driver and to its model, and what both
 * say is held together.
 */
#ifndef DRIVE_H
#define DRIVE_H

#include "model.h"

/* What an input begins with. */
typedef struct SETUP
{
    uint8_t Os;   /* SIM_OS */
    uint8_t Host; /* bit 0: Wine; bit 1: at the end it unloads before it closes */
    uint8_t Reserved[2];
    uint32_t Clock; /* how much later than usual it is, in seconds */
} SETUP;

typedef enum OPERATION_CODE
{
    OP_LOAD,          /* A lanes, B kinds, C refusal, D hidden routines, E refused routines */
    OP_UNLOAD,        /* */
    OP_OPEN,          /* A user, B access, C name */
    OP_OPEN_MANY,     /* A how many */
    OP_OPEN_RELATIVE, /* A handle, B access, C name */
    OP_DUPLICATE,     /* A handle */
    OP_CLOSE,         /* A handle */
    OP_QUERY,         /* A handle, B input, D output */
    OP_SUBSCRIBE,     /* A handle, B kinds and keys, C from and token, D what is wrong with it, E how much */
    OP_READ,          /* A handle, B flags, C what is wrong with it, D and E output */
    OP_CONTROL,       /* A handle, B code, C input, D output, E part of the code */
    OP_STOP,          /* A handle, B input, C output */
    OP_CANCEL,        /* A handle */
    OP_START,         /* A process, B flags, C path and parent, D path, E command line */
    OP_EXIT,          /* A process, D and E status */
    OP_IMAGE,         /* A process, B flags, C properties, D path, E base and size */
    OP_BURST,         /* A kind, B how many, D path, E command line */
    OP_INSIDE, /* A how many operations come between the reserve and the commit of an event, B kind, D, E */
    OP_TIME,   /* A unit, D by how much, with a sign */
    OP_FAULT,  /* A which call of the next operation fails, B and all later ones */
    OP_REFUSE, /* A routine, B status */
    OP_COUNT
} OPERATION_CODE;

typedef struct OPERATION
{
    uint8_t Code; /* modulo OP_COUNT */
    uint8_t A;
    uint8_t B;
    uint8_t C;
    uint16_t D;
    uint16_t E;
} OPERATION;

C_ASSERT(sizeof(SETUP) == 8 && sizeof(OPERATION) == 8);

#define DRIVE_MAX_OPERATIONS 100u

const char *OperationName(uint8_t Code);

/* Runs a whole input, from a machine just started to one where nothing is left. Ends the program at the first
 * difference. */
void DriveRun(const SETUP *Setup, const OPERATION *Operations, size_t Count);

#endif
