/* SPDX-License-Identifier: MIT */
/*
 * Reading a flattened device tree in place, validating what is used. A node is the offset of its
 * FDT_BEGIN_NODE token in the structure block; negative values are -errno.
 */
#ifndef LINTEL_FDT_H
#define LINTEL_FDT_H

#include <lintel/types.h>

/* Checks magic, version, and that the blocks lie within what is mapped. Returns NULL or a message
 * that names what is wrong, for panic(). Must not read beyond the header before it is checked. */
const char *fdt_check(const void *blob, size_t mapped);
/* Maps, checks and uses the tree at boot_info.dtb; panics with what is wrong and where. First of
 * all in start_kernel(). */
void fdt_init(void);
void fdt_use(const void *blob);			/* the tree all calls below read */
size_t fdt_size(void);				/* bytes really used */

int fdt_path(const char *path);			/* "/chosen"; matches names with or without @unit */
int fdt_first_child(int node);
int fdt_next_sibling(int node);
const char *fdt_node_name(int node);
int fdt_parent(int node);
int fdt_next_compatible(int after, const char *compat);	/* after = -1: the first */
int fdt_by_phandle(u32 phandle);
const void *fdt_prop(int node, const char *name, int *len);	/* NULL if missing */
int fdt_prop_u32(int node, const char *name, u32 *out);
const char *fdt_prop_string(int node, const char *name);	/* NULL if missing or unterminated */
/* reg entry idx, translated through `ranges` of every parent bus. */
int fdt_reg(int node, int idx, phys_addr_t *base, phys_addr_t *size);
/* interrupts entry idx of a GIC child (3 cells): the GIC interrupt id; flags optional. */
int fdt_irq(int node, int idx, u32 *irq, u32 *flags);
int fdt_memreserve(int idx, phys_addr_t *base, phys_addr_t *size);

#endif
