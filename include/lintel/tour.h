/* SPDX-License-Identifier: MIT */
/* lintel(), the part that is about debug exceptions and SErrors of user mode: kernel/tour_debug.c. */
#ifndef LINTEL_TOUR_H
#define LINTEL_TOUR_H

#include <lintel/types.h>

long lintel_debug(ulong op, ulong arg);

#endif
