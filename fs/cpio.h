/* SPDX-License-Identifier: MIT */
#ifndef FS_CPIO_H
#define FS_CPIO_H

#include <lintel/types.h>

/* Checks the whole archive and makes it the one that initramfs_lookup() searches. NULL, or a
 * message that names what is wrong and at which offset. */
const char *cpio_check(const void *p, size_t size);

#endif
