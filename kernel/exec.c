// SPDX-License-Identifier: MIT
/*
 * Programs: static ELF files of this machine, from the initramfs. Everything in the file is
 * somebody else's: each number is checked before it is used, and what is wrong with it is said.
 */
#include <lintel/boot.h>
#include <lintel/errno.h>
#include <lintel/mm.h>
#include <lintel/preempt.h>
#include <lintel/printk.h>
#include <lintel/sched.h>
#include <lintel/string.h>
#include <lintel/time.h>
#include <lintel/uaccess.h>
#include <asm/elf.h>
#include <asm/timex.h>

#define STACK_SIZE	(8UL << 20)
#define STACK_TOP	(TASK_SIZE - PAGE_SIZE)
#define PIE_BASE	(TASK_SIZE / 3 & PAGE_MASK)
#define MAX_ARGS	32

struct program {
	const char	*path;
	const char	*data;		/* the file */
	size_t		size;
	elf_ehdr_t	eh;
	ulong		base;		/* added to every address in the file */
	ulong		phdr;		/* where the program finds its headers, or 0 */
	ulong		entry;
	ulong		end;		/* of the last segment */
	char		*why;
	size_t		why_size;
};

#define refuse(p, ...)	(snprintf((p)->why, (p)->why_size, __VA_ARGS__), -ENOEXEC)

/* ---- the file's header ---- */

static int check_ident(struct program *p)
{
	const u8 *id = p->eh.e_ident;

	if (p->size < sizeof(p->eh) || memcmp(id, ELFMAG, SELFMAG))
		return refuse(p, "not an ELF file (%zu bytes, begins with %02x %02x %02x %02x)",
			      p->size, id[0], id[1], id[2], id[3]);
	if (id[EI_CLASS] != ELF_CLASS || p->eh.e_machine != ELF_ARCH)
		return refuse(p, "for another machine (class %u, machine %u); this is %s (%u, %u)",
			      id[EI_CLASS], p->eh.e_machine, ELF_ARCH_NAME, ELF_CLASS, ELF_ARCH);
	if (id[EI_DATA] != ELFDATA2LSB || id[EI_VERSION] != EV_CURRENT)
		return refuse(p, "big-endian, or of an unknown ELF version");
	if (p->eh.e_type != ET_EXEC && p->eh.e_type != ET_DYN)
		return refuse(p, "not a program (ELF type %u)", p->eh.e_type);
	return 0;
}

static int read_header(struct program *p)
{
	size_t table;
	int err;

	memset(&p->eh, 0, sizeof(p->eh));
	memcpy(&p->eh, p->data, min(p->size, sizeof(p->eh)));
	err = check_ident(p);
	if (err)
		return err;
	table = (size_t)p->eh.e_phnum * sizeof(elf_phdr_t);
	if (p->eh.e_phentsize != sizeof(elf_phdr_t) || !p->eh.e_phnum)
		return refuse(p, "no program headers (%u of %u bytes)", p->eh.e_phnum,
			      p->eh.e_phentsize);
	if (p->eh.e_phoff > p->size || table > p->size - p->eh.e_phoff)
		return refuse(p, "program headers at 0x%lx end after the file (%zu bytes)",
			      (ulong)p->eh.e_phoff, p->size);
	p->base = p->eh.e_type == ET_DYN ? PIE_BASE : 0;
	return 0;
}

/* A copy: the file may put it at any alignment. */
static elf_phdr_t phdr_at(const struct program *p, u32 i)
{
	elf_phdr_t ph;

	memcpy(&ph, p->data + p->eh.e_phoff + i * sizeof(ph), sizeof(ph));
	return ph;
}

/* ---- segments ---- */

static int check_segment(struct program *p, const elf_phdr_t *ph, u32 i)
{
	ulong start = ph->p_vaddr, limit = TASK_SIZE - STACK_SIZE - 2 * PAGE_SIZE - p->base;

	if (ph->p_filesz > ph->p_memsz)
		return refuse(p, "segment %u: more in the file (0x%lx) than in memory (0x%lx)", i,
			      (ulong)ph->p_filesz, (ulong)ph->p_memsz);
	/* (a segment of zeros alone may have any offset) */
	if (ph->p_filesz && (ph->p_offset > p->size || ph->p_filesz > p->size - ph->p_offset))
		return refuse(p, "segment %u: 0x%lx bytes at offset 0x%lx end after the file (%zu)",
			      i, (ulong)ph->p_filesz, (ulong)ph->p_offset, p->size);
	if (start + ph->p_memsz < start)
		return refuse(p, "segment %u: 0x%lx bytes at 0x%lx wrap around", i,
			      (ulong)ph->p_memsz, start);
	if (start + ph->p_memsz > limit || start > limit)
		return refuse(p, "segment %u: 0x%lx bytes at 0x%lx overlap the stack or the kernel",
			      i, (ulong)ph->p_memsz, start);
	if (start + p->base < PAGE_SIZE)
		return refuse(p, "segment %u: at 0x%lx, in the page that stays empty", i, start);
	if ((ph->p_offset ^ start) & ~PAGE_MASK)
		return refuse(p, "segment %u: offset 0x%lx and address 0x%lx differ within the page",
			      i, (ulong)ph->p_offset, start);
	return 0;
}

static u32 segment_flags(const elf_phdr_t *ph)
{
	return (ph->p_flags & PF_R ? VM_READ : 0) | (ph->p_flags & PF_W ? VM_WRITE : 0) |
	       (ph->p_flags & PF_X ? VM_EXEC : 0);
}

/* Bytes of the file, through the linear map. */
static int fill_segment(struct program *p, struct mm *mm, const elf_phdr_t *ph)
{
	ulong va = ph->p_vaddr + p->base, end = va + ph->p_filesz;
	const char *from = p->data + ph->p_offset;

	while (va < end) {
		ulong n = min(end - va, PAGE_SIZE - (va & ~PAGE_MASK));
		char *page = mm_populate(mm, va);

		if (!page)
			return -ENOMEM;
		memcpy(page + (va & ~PAGE_MASK), from, n);
		if (ph->p_flags & PF_X)
			arch_sync_icache(page, PAGE_SIZE);
		va += n;
		from += n;
		cond_resched();
	}
	return 0;
}

static int load_segment(struct program *p, struct mm *mm, u32 i)
{
	elf_phdr_t ph = phdr_at(p, i);
	ulong start, end;
	int err = check_segment(p, &ph, i);

	if (err || !ph.p_memsz)
		return err;
	start = (ph.p_vaddr + p->base) & PAGE_MASK;
	end = PAGE_ALIGN(ph.p_vaddr + p->base + ph.p_memsz);
	err = mm_map(mm, start, end - start, segment_flags(&ph));
	if (err == -EEXIST)
		return refuse(p, "segment %u: at 0x%lx, shares pages with another", i,
			      (ulong)ph.p_vaddr);
	if (!err)
		err = fill_segment(p, mm, &ph);
	if (err) {
		snprintf(p->why, p->why_size, "segment %u: no memory for 0x%lx bytes", i,
			 end - start);
		return err;
	}
	p->end = max(p->end, end);
	if (p->eh.e_phoff >= ph.p_offset && p->eh.e_phoff - ph.p_offset < ph.p_filesz)
		p->phdr = p->base + ph.p_vaddr + (ulong)(p->eh.e_phoff - ph.p_offset);
	return 0;
}

static int load_segments(struct program *p, struct mm *mm)
{
	u32 loads = 0;
	int err;

	for (u32 i = 0; i < p->eh.e_phnum; i++) {
		elf_phdr_t ph = phdr_at(p, i);

		if (ph.p_type == PT_INTERP)
			return refuse(p, "dynamic: it needs an interpreter, and there is none");
		if (ph.p_type != PT_LOAD)
			continue;
		err = load_segment(p, mm, i);
		if (err)
			return err;
		loads++;
	}
	return loads ? 0 : refuse(p, "no PT_LOAD segment among %u", p->eh.e_phnum);
}

/* A Thumb entry has its lowest bit set. */
static int check_entry(struct program *p, struct mm *mm)
{
	struct vma *v;

	p->entry = p->eh.e_entry + p->base;
	v = mm_find(mm, p->entry & ~1UL);
	if (!v || !(v->flags & VM_EXEC))
		return refuse(p, "entry 0x%lx is in no executable segment", (ulong)p->eh.e_entry);
	return 0;
}

/* ---- the stack: from the top down strings, then vectors as Linux lays them out ---- */

struct stack { ulong sp; bool fault; };

static ulong push(struct stack *s, const void *data, size_t n, ulong align)
{
	s->sp = (s->sp - n) & ~(align - 1);
	if (copy_to_user((void *)s->sp, data, n))
		s->fault = true;
	return s->sp;
}

static ulong push_string(struct stack *s, const char *string)
{
	return push(s, string, strlen(string) + 1, 1);
}

static u32 push_strings(struct stack *s, const char *const v[], ulong *at)
{
	u32 n = 0;

	for (; v[n] && n < MAX_ARGS; n++)
		at[n] = push_string(s, v[n]);
	return n;
}

/* No source of randomness on this machine: differs from run to run as the counter does. */
static ulong push_random(struct stack *s)
{
	u64 seed = arch_counter(), bytes[2];

	for (u32 i = 0; i < 2; i++) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		bytes[i] = seed ^ seed >> 29;
	}
	return push(s, bytes, sizeof(bytes), 16);
}

struct vector { ulong word[2 * MAX_ARGS + 48]; u32 n; };

static void add(struct vector *v, ulong word) { v->word[v->n++] = word; }

static void add_auxv(struct vector *v, const struct program *p, ulong random, ulong execfn)
{
	const ulong aux[] = {
		AT_HWCAP, ELF_HWCAP, AT_PAGESZ, PAGE_SIZE, AT_CLKTCK, 100,
		AT_PHDR, p->phdr, AT_PHENT, sizeof(elf_phdr_t), AT_PHNUM, p->eh.e_phnum,
		AT_BASE, 0, AT_FLAGS, 0, AT_ENTRY, p->entry,
		AT_UID, 0, AT_EUID, 0, AT_GID, 0, AT_EGID, 0, AT_SECURE, 0,
		AT_RANDOM, random, AT_EXECFN, execfn, AT_NULL, 0,
	};

	for (u32 i = 0; i < ARRAY_SIZE(aux); i++)
		add(v, aux[i]);
}

/* Returns the first stack pointer, 0 if the stack could not be written. */
static ulong build_stack(const struct program *p, const char *const argv[],
			 const char *const envp[])
{
	struct stack s = { .sp = STACK_TOP - sizeof(ulong) };
	ulong args[MAX_ARGS], env[MAX_ARGS], random, execfn;
	struct vector v = { .n = 0 };
	u32 argc, envc;

	execfn = push_string(&s, p->path);
	envc = push_strings(&s, envp, env);
	argc = push_strings(&s, argv, args);
	random = push_random(&s);
	add(&v, argc);
	for (u32 i = 0; i < argc; i++)
		add(&v, args[i]);
	add(&v, 0);
	for (u32 i = 0; i < envc; i++)
		add(&v, env[i]);
	add(&v, 0);
	add_auxv(&v, p, random, execfn);
	push(&s, v.word, v.n * sizeof(ulong), 16);
	return s.fault ? 0 : s.sp;
}

/* ---- taking over ---- */

static void use_mm(struct mm *mm)
{
	struct mm *old;

	preempt_disable();
	old = current->mm;
	arch_mm_switch(current->active_mm, mm);
	current->mm = current->active_mm = mm;
	preempt_enable();
	if (old)
		mm_put(old);
}

static int load(struct program *p, struct mm *mm)
{
	int err = load_segments(p, mm);

	if (!err)
		err = check_entry(p, mm);
	if (err)
		return err;
	mm->brk_start = mm->brk = p->end;
	mm->mmap_base = STACK_TOP - STACK_SIZE - PAGE_SIZE;
	if (mm_map(mm, STACK_TOP - STACK_SIZE, STACK_SIZE, VM_READ | VM_WRITE | VM_STACK))
		return refuse(p, "no room for its stack");
	return 0;
}

static const char *base_name(const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '/' && path[1])
			name = path + 1;
	return name;
}

int kernel_execve(const char *path, const char *const argv[], const char *const envp[],
		  char *why, size_t size)
{
	struct program p = { .path = path, .why = why, .why_size = size };
	struct initramfs_file f;
	struct mm *mm;
	ulong sp;
	int err;

	why[0] = '\0';
	err = initramfs_lookup(path, &f);
	if (err) {
		snprintf(why, size, "no such file in the initramfs");
		return err;
	}
	p.data = f.data;
	p.size = f.size;
	err = read_header(&p);
	if (err)
		return err;
	mm = mm_create();
	if (!mm) {
		snprintf(why, size, "no memory for its address space");
		return -ENOMEM;
	}
	err = load(&p, mm);
	if (err) {
		mm_put(mm);
		return err;
	}
	use_mm(mm);
	sp = build_stack(&p, argv, envp);
	if (!sp) {
		snprintf(why, size, "its arguments cannot be written to its stack");
		return -EFAULT;
	}
	strlcpy(current->comm, base_name(path), sizeof(current->comm));
	flush_thread();
	start_thread(current_pt_regs(), p.entry, sp);
	return 0;
}
