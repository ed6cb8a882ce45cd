/* SPDX-License-Identifier: MIT */
#ifndef SIM_IRP_H
#define SIM_IRP_H

#include "kernel.h"

/* Sends a request to the driver of File's device. Parameters says which; In and Out are DeviceIoControl's.
 * The request holds a reference to File until it is finished, except CLOSE. Never NULL; free it by IrpWait,
 * or CLOSE by IrpWaitClose. */
SIM_IO *IrpSend(PFILE_OBJECT File, const IO_STACK_LOCATION *Parameters, const void *In, void *Out);

/* The same for another driver: the request does not say whose open it belongs to. */
SIM_IO *IrpSendByDriver(PFILE_OBJECT File, const IO_STACK_LOCATION *Parameters, const void *In, void *Out);

/* A request that did not even get to the driver. */
SIM_IO *IrpFailed(NTSTATUS Status);

/* Waits until it is complete, finishes and frees it. */
NTSTATUS IrpWait(SIM_IO *Io, ULONG_PTR *Information);
NTSTATUS IrpWaitClose(SIM_IO *Io);

/* Finishes what APCs of the calling thread would. */
void IrpDeliverApcs(void);

#endif
