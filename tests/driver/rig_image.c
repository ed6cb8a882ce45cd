/* SPDX-License-Identifier: MIT */
#include "rig_image.h"

extern char __start_sim_driver_data[];
extern char __stop_sim_driver_data[];
DRIVER_INITIALIZE DriverEntry;

const SIM_IMAGE RigImage = {"prcm", DriverEntry, __start_sim_driver_data, __stop_sim_driver_data};
