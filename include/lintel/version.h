/* SPDX-License-Identifier: MIT */
#ifndef LINTEL_VERSION_H
#define LINTEL_VERSION_H

#define LINTEL_VERSION	"0.1.0"

#endif
