/* SPDX-License-Identifier: MIT */
#ifndef HOST_PROCESS_IMAGE_H
#define HOST_PROCESS_IMAGE_H

#include <stdint.h>

/* The image of a process that runs, in drive form or as the kernel names it: how many units, at most Capacity, or 0.
 * CreateTime tells it from another that had or has its id; 0: whichever has it now. */
uint32_t ProcessImage(uint32_t Id, uint64_t CreateTime, uint16_t *Units, uint32_t Capacity);

#endif
