/* SPDX-License-Identifier: MIT */
#include "poison.S"
