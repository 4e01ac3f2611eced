/* SPDX-License-Identifier: MIT */
#include "programs.h"
int shell(void) { return 1; }
