/* SPDX-License-Identifier: MIT */
#ifndef RIG_IMAGE_H
#define RIG_IMAGE_H

#include <sim.h>

/* prcm.sys as it is linked into the program. */
extern const SIM_IMAGE RigImage;

#endif
