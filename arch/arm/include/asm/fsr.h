/* SPDX-License-Identifier: MIT */
/* DFSR and IFSR, short-descriptor format: the status is bits 10 and 3-0. */
#ifndef ASM_FSR_H
#define ASM_FSR_H

#define FSR_FS(fsr)		(((fsr) & 0xf) | ((fsr) >> 6 & 0x10))
#define FSR_WRITE		(1 << 11)
#define FSR_CACHE_MAINT		(1 << 13)

#define FS_ALIGNMENT		0x01
#define FS_DEBUG		0x02
#define FS_ACCESS_SECTION	0x03
#define FS_TRANSLATION_SECTION	0x05
#define FS_ACCESS_PAGE		0x06
#define FS_TRANSLATION_PAGE	0x07
#define FS_EXTERNAL		0x08
#define FS_DOMAIN_SECTION	0x09
#define FS_DOMAIN_PAGE		0x0b
#define FS_PERMISSION_SECTION	0x0d
#define FS_PERMISSION_PAGE	0x0f
#define FS_ASYNC_EXTERNAL	0x16
#define FS_ASYNC_PARITY		0x18

#endif
