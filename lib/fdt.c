// SPDX-License-Identifier: MIT
/*
 * The flattened device tree, read in place. fdt_check() walks the whole structure block once;
 * after that every token, name and property is known to lie inside it, and the readers need no
 * checks of their own beyond the lengths of values.
 *
 * The header's totalsize is not used as a length: QEMU pads it to a megabyte, which may pass the
 * end of RAM. What counts is where the three blocks end.
 */
#include <lintel/errno.h>
#include <lintel/fdt.h>
#include <lintel/printk.h>
#include <lintel/string.h>

#define FDT_MAGIC	0xd00dfeedU
#define FDT_VERSION	17U

enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };

struct header {		/* big-endian words */
	u32 magic, totalsize, off_struct, off_strings, off_memrsv, version, last_compatible,
		boot_cpu, size_strings, size_struct;
};

static struct {
	const u8	*base, *structs;
	const char	*strings;
	u32		structs_size, strings_size, memrsv_off, end;
} tree;

static u32 be32(const void *p)
{
	const u8 *b = p;

	return (u32)b[0] << 24 | (u32)b[1] << 16 | (u32)b[2] << 8 | b[3];
}

/* Structure and properties are aligned to words: one load and a byte swap. */
static u32 be32_aligned(const void *p)
{
	return __builtin_bswap32(*(const u32 *)p);
}

static u64 be_cells(const void *p, u32 cells)
{
	u64 v = 0;

	for (u32 i = 0; i < cells; i++)
		v = v << 32 | be32((const u8 *)p + 4 * i);
	return v;
}

static u32 token_at(u32 off)
{
	return be32_aligned(tree.structs + off);
}

/* The word after a name: names are padded with zeros, so only a name's last word has a zero in
 * its last byte. */
static u32 skip_name(u32 off)
{
	while (tree.structs[off + 3])
		off += 4;
	return off + 4;
}

/* The token after the one at off. */
static u32 skip_token(u32 off)
{
	switch (token_at(off)) {
	case BEGIN_NODE:
		return skip_name(off + 4);
	case PROP:
		return off + 12 + ALIGN_UP(token_at(off + 4), 4);
	default:
		return off + 4;
	}
}

/* ---- validation ---- */

static char message[128];

#define bad(...) (snprintf(message, sizeof(message), __VA_ARGS__), message)

static const char *check_block(const char *what, u32 off, u32 size, u32 align, size_t mapped,
			       u32 totalsize)
{
	if (off % align || off < sizeof(struct header))
		return bad("%s at offset 0x%x is misplaced", what, off);
	if (size > totalsize || off > totalsize - size)
		return bad("%s (0x%x bytes at 0x%x) passes the tree's end at 0x%x", what, size, off,
			   totalsize);
	if (size > mapped || off > mapped - size)
		return bad("%s (0x%x bytes at 0x%x) passes what can be read (0x%zx bytes)", what, size,
			   off, mapped);
	return NULL;
}

/* A string that ends before `size`. */
static bool terminated(const void *s, u32 size)
{
	return strnlen(s, size) < size;
}

/* A node's name, and its padding: skip_name() relies on both. */
static bool name_ends(u32 off)
{
	u32 left = tree.structs_size - off;
	u32 n = (u32)strnlen((const char *)tree.structs + off, left);
	u32 end = ALIGN_UP(n + 1, 4);

	return n < left && end <= left && !tree.structs[off + end - 1];
}

static const char *check_prop(u32 off)
{
	u32 left = tree.structs_size - off;

	if (left < 12)
		return bad("truncated in a property at 0x%x", off);
	if (token_at(off + 4) > left - 12)
		return bad("property at 0x%x is 0x%x bytes long, and 0x%x are left", off,
			   token_at(off + 4), left - 12);
	/* fdt_check() saw to it that the strings block ends with a NUL. */
	if (token_at(off + 8) >= tree.strings_size)
		return bad("property at 0x%x has its name outside the strings block", off);
	return NULL;
}

static const char *check_structs(void)
{
	int depth = 0;
	bool props = false;		/* properties come before subnodes */
	const char *msg;

	for (u32 off = 0; off + 4 <= tree.structs_size; off = skip_token(off)) {
		switch (token_at(off)) {
		case BEGIN_NODE:
			if (!name_ends(off + 4))
				return bad("node name at 0x%x does not end", off);
			if (!depth && off)
				return bad("second root node at 0x%x", off);
			depth++;
			props = true;
			break;
		case PROP:
			msg = check_prop(off);
			if (msg)
				return msg;
			if (!props)
				return bad("property at 0x%x is outside the head of a node", off);
			break;
		case END_NODE:
			if (--depth < 0)
				return bad("node ends at 0x%x that did not begin", off);
			props = false;
			break;
		case NOP:
			break;
		case END:
			return depth ? bad("truncated: ends at 0x%x inside a node", off) : NULL;
		default:
			return bad("bad token 0x%x at offset 0x%x of the structure", token_at(off), off);
		}
	}
	return bad("truncated: the structure does not end within 0x%x bytes", tree.structs_size);
}

static const char *check_memrsv(const u8 *blob, u32 off, size_t limit, u32 *end)
{
	for (; off <= limit - 16; off += 16) {
		if (!be_cells(blob + off, 2) && !be_cells(blob + off + 8, 2)) {
			*end = off + 16;
			return NULL;
		}
	}
	return bad("memory reservations do not end");
}

const char *fdt_check(const void *blob, size_t mapped)
{
	const struct header *h = blob;
	u32 total, structs, strings, memrsv, memrsv_end = 0;
	const char *msg;

	if (mapped < 8)
		return bad("only %zu bytes can be read", mapped);
	if (be32(&h->magic) != FDT_MAGIC)
		return bad("bad magic 0x%08x, expected 0x%08x", be32(&h->magic), FDT_MAGIC);
	if (mapped < sizeof(*h))
		return bad("header truncated: only %zu bytes can be read", mapped);
	if (be32(&h->version) < FDT_VERSION || be32(&h->last_compatible) > FDT_VERSION)
		return bad("version %u (compatible with %u), and only %u is understood",
			   be32(&h->version), be32(&h->last_compatible), FDT_VERSION);
	total = be32(&h->totalsize);
	structs = be32(&h->off_struct);
	strings = be32(&h->off_strings);
	memrsv = be32(&h->off_memrsv);

	msg = check_block("structure block", structs, be32(&h->size_struct), 4, mapped, total);
	if (!msg)
		msg = check_block("strings block", strings, be32(&h->size_strings), 1, mapped, total);
	if (!msg)
		msg = check_block("memory reservations", memrsv, 16, 8, mapped, total);
	if (!msg)
		msg = check_memrsv(blob, memrsv, min(mapped, (size_t)total), &memrsv_end);
	if (msg)
		return msg;
	if (be32(&h->size_strings) && ((const u8 *)blob)[strings + be32(&h->size_strings) - 1])
		return bad("strings block does not end with a NUL");

	fdt_use(blob);
	tree.end = max(memrsv_end, tree.end);
	if (!tree.structs_size || token_at(0) != BEGIN_NODE)
		return bad("structure does not begin with the root node");
	return check_structs();
}

void fdt_use(const void *blob)
{
	const struct header *h = blob;

	tree.base = blob;
	tree.structs = tree.base + be32(&h->off_struct);
	tree.structs_size = be32(&h->size_struct);
	tree.strings = (const char *)tree.base + be32(&h->off_strings);
	tree.strings_size = be32(&h->size_strings);
	tree.memrsv_off = be32(&h->off_memrsv);
	tree.end = max(tree.end, be32(&h->off_struct) + tree.structs_size);
	tree.end = max(tree.end, be32(&h->off_strings) + tree.strings_size);
}

size_t fdt_size(void)
{
	return tree.end;
}

/* ---- nodes ---- */

const char *fdt_node_name(int node)
{
	return (const char *)tree.structs + node + 4;
}

/* The first token at or after off that is neither a property nor a NOP. */
static u32 past_props(u32 off)
{
	while (token_at(off) == PROP || token_at(off) == NOP)
		off = skip_token(off);
	return off;
}

static int node_at(u32 off)
{
	return token_at(off) == BEGIN_NODE ? (int)off : -ENOENT;
}

int fdt_first_child(int node)
{
	return node_at(past_props(skip_token((u32)node)));
}

/* The token after the node's END_NODE. */
static u32 node_end(int node)
{
	u32 off = (u32)node;
	int depth = 0;

	do {
		u32 token = token_at(off);

		depth += token == BEGIN_NODE ? 1 : token == END_NODE ? -1 : 0;
		off = skip_token(off);
	} while (depth);
	return off;
}

int fdt_next_sibling(int node)
{
	return node_at(past_props(node_end(node)));
}

/* Down from the root, always into the child whose extent the node lies in. */
int fdt_parent(int node)
{
	int parent = 0;

	if (node <= 0)
		return -ENOENT;
	for (int child = fdt_first_child(0); child >= 0;) {
		int next;

		if (child == node)
			return parent;
		next = fdt_next_sibling(child);
		if (node > child && (next < 0 || node < next)) {
			parent = child;
			next = fdt_first_child(child);
		}
		child = next;
	}
	return -ENOENT;
}

/* Does the node's name match the path component s..s+n, with or without its unit address? */
static bool name_matches(int node, const char *s, size_t n)
{
	const char *name = fdt_node_name(node);

	return !strncmp(name, s, n) && (name[n] == '\0' || name[n] == '@');
}

int fdt_path(const char *path)
{
	int node = 0;

	for (;;) {
		const char *end;

		while (*path == '/')
			path++;
		if (!*path)
			return node;
		end = strchr(path, '/');
		end = end ? end : path + strlen(path);
		for (node = fdt_first_child(node); node >= 0; node = fdt_next_sibling(node))
			if (name_matches(node, path, (size_t)(end - path)))
				break;
		if (node < 0)
			return -ENOENT;
		path = end;
	}
}

/* ---- properties ---- */

static bool prop_is(u32 off, const char *name)
{
	return !strcmp(tree.strings + token_at(off + 8), name);
}

const void *fdt_prop(int node, const char *name, int *len)
{
	for (u32 off = skip_token((u32)node);; off = skip_token(off)) {
		if (token_at(off) == NOP)
			continue;
		if (token_at(off) != PROP)
			return NULL;
		if (prop_is(off, name)) {
			*len = (int)token_at(off + 4);
			return tree.structs + off + 12;
		}
	}
}

int fdt_prop_u32(int node, const char *name, u32 *out)
{
	int len;
	const void *p = fdt_prop(node, name, &len);

	if (!p)
		return -ENOENT;
	if (len != 4)
		return -EINVAL;
	*out = be32(p);
	return 0;
}

const char *fdt_prop_string(int node, const char *name)
{
	int len;
	const char *p = fdt_prop(node, name, &len);

	return p && terminated(p, (u32)len) ? p : NULL;
}

static bool list_has(const char *list, u32 len, const char *what)
{
	while (len && terminated(list, len)) {
		u32 n = (u32)strlen(list) + 1;

		if (!strcmp(list, what))
			return true;
		list += n;
		len -= n;
	}
	return false;
}

static bool enabled(int node)
{
	const char *status = fdt_prop_string(node, "status");

	return !status || !strcmp(status, "okay") || !strcmp(status, "ok");
}

/* In the order of the tree; disabled nodes are passed over. */
int fdt_next_compatible(int after, const char *compat)
{
	int node = after;

	for (u32 off = after < 0 ? 0 : skip_token((u32)after); token_at(off) != END;
	     off = skip_token(off)) {
		if (token_at(off) == BEGIN_NODE)
			node = (int)off;
		else if (token_at(off) == PROP && node != after && prop_is(off, "compatible") &&
			 list_has((const char *)tree.structs + off + 12, token_at(off + 4), compat) &&
			 enabled(node))
			return node;
	}
	return -ENOENT;
}

int fdt_by_phandle(u32 phandle)
{
	int node = -ENOENT;

	for (u32 off = 0; token_at(off) != END; off = skip_token(off)) {
		if (token_at(off) == BEGIN_NODE)
			node = (int)off;
		else if (token_at(off) == PROP && token_at(off + 4) == 4 &&
			 token_at(off + 12) == phandle && prop_is(off, "phandle"))
			return node;
	}
	return -ENOENT;
}

/* ---- addresses ---- */

/* How a bus counts: up to two cells each, three at most for an address. */
static bool bus_cells(int bus, u32 *address, u32 *size)
{
	*address = 2;
	*size = 1;
	fdt_prop_u32(bus, "#address-cells", address);
	fdt_prop_u32(bus, "#size-cells", size);
	return *address >= 1 && *address <= 2 && *size <= 2;
}

/* From an address on `bus` to one on its parent. */
static int translate(int bus, int parent, u64 *addr)
{
	u32 ca, cs, pa, ps, entry;
	int len;
	const u8 *p = fdt_prop(bus, "ranges", &len);

	if (!p || !bus_cells(bus, &ca, &cs) || !bus_cells(parent, &pa, &ps))
		return -EINVAL;
	if (!len)
		return 0;
	entry = 4 * (ca + pa + cs);
	for (; len >= (int)entry; len -= (int)entry, p += entry) {
		u64 child = be_cells(p, ca), size = be_cells(p + 4 * (ca + pa), cs);

		if (*addr >= child && *addr - child < size) {
			*addr = be_cells(p + 4 * ca, pa) + (*addr - child);
			return 0;
		}
	}
	return -EINVAL;
}

int fdt_reg(int node, int idx, phys_addr_t *base, phys_addr_t *size)
{
	int bus = fdt_parent(node), len;
	const u8 *p = fdt_prop(node, "reg", &len);
	u32 ca, cs, entry;

	if (!p || bus < 0)
		return -ENOENT;
	if (!bus_cells(bus, &ca, &cs))
		return -EINVAL;
	entry = 4 * (ca + cs);
	if (idx < 0 || (u64)entry * ((u64)idx + 1) > (u64)len)
		return -ENOENT;
	p += entry * (u32)idx;
	*base = be_cells(p, ca);
	*size = be_cells(p + 4 * ca, cs);
	while (bus > 0) {
		int parent = fdt_parent(bus);
		int ret = parent < 0 ? parent : translate(bus, parent, base);

		if (ret)
			return ret;
		bus = parent;
	}
	return 0;
}

/* ---- interrupts ---- */

/* Up the tree to the nearest interrupt-parent, which must count in three cells, as a GIC does. */
static bool parent_is_gic(int node)
{
	u32 phandle, cells;

	for (; node >= 0; node = fdt_parent(node)) {
		if (!fdt_prop_u32(node, "interrupt-parent", &phandle)) {
			int gic = fdt_by_phandle(phandle);

			return gic >= 0 && !fdt_prop_u32(gic, "#interrupt-cells", &cells) && cells == 3;
		}
	}
	return false;
}

int fdt_irq(int node, int idx, u32 *irq, u32 *flags)
{
	int len;
	const u8 *p = fdt_prop(node, "interrupts", &len);
	u32 type, nr;

	if (!p || idx < 0 || idx >= len / 12)
		return -ENOENT;
	if (!parent_is_gic(node))
		return -EINVAL;
	p += 12 * idx;
	type = be32(p);
	nr = be32(p + 4);
	if (type > 1 || nr >= (type ? 16U : 988U))
		return -EINVAL;
	*irq = nr + (type ? 16 : 32);
	if (flags)
		*flags = be32(p + 8);
	return 0;
}

int fdt_memreserve(int idx, phys_addr_t *base, phys_addr_t *size)
{
	const u8 *p = tree.base + tree.memrsv_off;

	for (;; p += 16) {
		*base = be_cells(p, 2);
		*size = be_cells(p + 8, 2);
		if (!*base && !*size)
			return -ENOENT;
		if (!idx--)
			return 0;
	}
}
