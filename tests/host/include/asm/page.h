/* SPDX-License-Identifier: MIT */
/* The host takes the defaults. */
