/* SPDX-License-Identifier: MIT */
/* A replay, shown: every event on the way to what is wrong, with the lines of source it came from. */
#ifndef MODEL_TRAIL_H
#define MODEL_TRAIL_H

#include "model.h"

extern u32 trail_events;	/* events since whoever reads it set it to 0 */
bool replaying(void);
void replay_begin(const char *message);
void replay_door(const struct evrec *v);	/* before its V */
void replay_end(void);

#endif
