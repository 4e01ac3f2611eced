// SPDX-License-Identifier: MIT
#include <lintel/kallsyms.h>
#include <lintel/printk.h>
#include <lintel/string.h>

struct out { char *buf; size_t size, len; };	/* len counts what did not fit as well */

struct spec {
	bool left, zero, plus, space, alt;
	int width, precision;			/* -1: none */
};

static void put(struct out *o, char c)
{
	if (o->len < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void put_n(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

static void put_string(struct out *o, const struct spec *f, const char *s)
{
	size_t max = f->precision < 0 ? SIZE_MAX : (size_t)f->precision;
	int len, pad;

	s = s ? s : "(null)";
	len = (int)strnlen(s, max);
	pad = f->width - len;
	if (!f->left)
		put_n(o, ' ', pad);
	for (int i = 0; i < len; i++)
		put(o, s[i]);
	if (f->left)
		put_n(o, ' ', pad);
}

/* Digits of v, backwards from `end`; returns where they begin. 32-bit steps as soon as they do:
 * a 64-bit division is a function call on ARMv7. */
static char *digits(char *end, u64 v, u32 base, bool upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";

	for (; v >> 32; v /= base)
		*--end = set[v % base];
	for (u32 w = (u32)v; w; w /= base)
		*--end = set[w % base];
	return end;
}

static void put_number(struct out *o, const struct spec *f, u64 v, u32 base, bool upper,
		       const char *prefix)
{
	char tmp[24];
	char *end = tmp + sizeof(tmp), *s = digits(end, v, base, upper);
	int len = (int)(end - s), plen = (int)strlen(prefix);
	int zeros = (f->precision < 0 ? 1 : f->precision) - len;
	int pad;

	if (f->zero && !f->left && f->precision < 0)
		zeros = max(zeros, f->width - len - plen);
	zeros = max(zeros, 0);
	pad = f->width - len - zeros - plen;

	if (!f->left)
		put_n(o, ' ', pad);
	while (*prefix)
		put(o, *prefix++);
	put_n(o, '0', zeros);
	while (s < end)
		put(o, *s++);
	if (f->left)
		put_n(o, ' ', pad);
}

/* %pS: "symbol+0xoffset/0xsize", or the bare address. %pB: the same for a return address, which
 * may lie behind the end of a function that ends in a call: back = 1. */
static void put_symbol(struct out *o, ulong addr, u32 back)
{
	static const struct spec plain = { .precision = -1 };
	ulong offset, size;
	const char *name = kallsyms_lookup(addr - back, &offset, &size);

	if (!name) {
		put_number(o, &plain, addr, 16, false, "0x");
		return;
	}
	put_string(o, &plain, name);
	put_number(o, &plain, offset + back, 16, false, "+0x");
	put_number(o, &plain, size, 16, false, "/0x");
}

static const char *parse_flags(const char *s, struct spec *f)
{
	for (;; s++) {
		switch (*s) {
		case '-': f->left = true; break;
		case '0': f->zero = true; break;
		case '+': f->plus = true; break;
		case ' ': f->space = true; break;
		case '#': f->alt = true; break;
		default: return s;
		}
	}
}

static const char *parse_int(const char *s, int *out)
{
	for (*out = 0; *s >= '0' && *s <= '9'; s++)
		*out = *out * 10 + (*s - '0');
	return s;
}

static u64 unsigned_arg(va_list *ap, int longs)
{
	switch (longs) {
	case 2: return va_arg(*ap, unsigned long long);
	case 1: return va_arg(*ap, unsigned long);
	case -1: return (u16)va_arg(*ap, unsigned int);
	case -2: return (u8)va_arg(*ap, unsigned int);
	default: return va_arg(*ap, unsigned int);
	}
}

static s64 signed_arg(va_list *ap, int longs)
{
	switch (longs) {
	case 2: return va_arg(*ap, long long);
	case 1: return va_arg(*ap, long);
	case -1: return (s16)va_arg(*ap, int);
	case -2: return (s8)va_arg(*ap, int);
	default: return va_arg(*ap, int);
	}
}

static void put_signed(struct out *o, const struct spec *f, s64 v)
{
	const char *sign = v < 0 ? "-" : f->plus ? "+" : f->space ? " " : "";

	put_number(o, f, v < 0 ? 0 - (u64)v : (u64)v, 10, false, sign);
}

static const char *star_or_int(const char *s, int *out, va_list *ap)
{
	if (*s != '*')
		return parse_int(s, out);
	*out = va_arg(*ap, int);
	return s + 1;
}

/* Flags, width, precision and length; returns where the conversion's letter is. */
static const char *parse_spec(const char *s, struct spec *f, int *longs, va_list *ap)
{
	s = star_or_int(parse_flags(s, f), &f->width, ap);
	if (f->width < 0) {
		f->left = true;
		f->width = -f->width;
	}
	if (*s == '.')
		s = star_or_int(s + 1, &f->precision, ap);
	for (; *s == 'l'; s++)
		++*longs;
	for (; *s == 'h'; s++)
		--*longs;
	if (*s == 'z' || *s == 't') {
		*longs = 1;		/* size_t and long have one size on both */
		s++;
	}
	return s;
}

/* One conversion; returns what follows it. What is not understood is printed as it stands. */
static const char *convert(struct out *o, const char *s, va_list *ap)
{
	const char *start = s;
	struct spec f = { .precision = -1 };
	int longs = 0;
	char one[2] = { 0 };

	s = parse_spec(s, &f, &longs, ap);
	switch (*s++) {
	case 'd':
	case 'i':
		put_signed(o, &f, signed_arg(ap, longs));
		break;
	case 'u':
		put_number(o, &f, unsigned_arg(ap, longs), 10, false, "");
		break;
	case 'o':
		put_number(o, &f, unsigned_arg(ap, longs), 8, false, f.alt ? "0" : "");
		break;
	case 'x':
		put_number(o, &f, unsigned_arg(ap, longs), 16, false, f.alt ? "0x" : "");
		break;
	case 'X':
		put_number(o, &f, unsigned_arg(ap, longs), 16, true, f.alt ? "0X" : "");
		break;
	case 'p':
		if (*s == 'S' || *s == 'B') {
			put_symbol(o, (ulong)va_arg(*ap, void *), *s == 'B');
			return s + 1;
		}
		f.precision = 2 * sizeof(void *);
		put_number(o, &f, (ulong)va_arg(*ap, void *), 16, false, "0x");
		break;
	case 's':
		put_string(o, &f, va_arg(*ap, const char *));
		break;
	case 'c':
		one[0] = (char)va_arg(*ap, int);
		if (!one[0])
			put(o, '\0');
		else
			put_string(o, &f, one);
		break;
	case '%':
		put(o, '%');
		break;
	default:
		put(o, '%');
		return start;
	}
	return s;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { .buf = buf, .size = size };
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		if (*fmt == '%')
			fmt = convert(&o, fmt + 1, &args);
		else
			put(&o, *fmt++);
	}
	va_end(args);
	if (size)
		buf[min(o.len, size - 1)] = '\0';
	return (int)o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
