/* SPDX-License-Identifier: MIT */
#include "lib.h"

struct out { char *buf; size_t size, len; };

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

struct spec { bool left, zero; int width, precision; };

static void put_padded(struct out *o, const struct spec *s, const char *text, int len, bool number)
{
	int pad = s->width > len ? s->width - len : 0;

	if (number && s->zero && !s->left) {
		if (len && *text == '-') {
			put(o, *text++);
			len--;
		}
		for (; pad; pad--)
			put(o, '0');
	}
	for (; !s->left && pad; pad--)
		put(o, ' ');
	while (len--)
		put(o, *text++);
	for (; pad; pad--)
		put(o, ' ');
}

static void put_number(struct out *o, const struct spec *s, u64 v, u32 base, bool negative)
{
	char text[24];
	int at = sizeof(text);

	do {
		text[--at] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	if (negative)
		text[--at] = '-';
	put_padded(o, s, text + at, sizeof(text) - at, true);
}

static u64 next_integer(va_list *ap, int longs, bool is_signed)
{
	if (longs == 2)
		return va_arg(*ap, u64);
	if (longs == 1)
		return is_signed ? (u64)va_arg(*ap, long) : va_arg(*ap, ulong);
	return is_signed ? (u64)(s64)va_arg(*ap, int) : va_arg(*ap, unsigned int);
}

static void put_string(struct out *o, const struct spec *s, const char *text)
{
	int len = 0;

	if (!text)
		text = "(null)";
	while (text[len] && (s->precision < 0 || len < s->precision))
		len++;
	put_padded(o, s, text, len, false);
}

static const char *parse_spec(const char *f, struct spec *s, va_list *ap)
{
	*s = (struct spec){ .precision = -1 };
	for (;; f++) {
		if (*f == '-')
			s->left = true;
		else if (*f == '0')
			s->zero = true;
		else
			break;
	}
	if (*f == '*') {
		s->width = va_arg(*ap, int);
		f++;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		s->width = s->width * 10 + *f - '0';
	if (*f != '.')
		return f;
	f++;
	s->precision = 0;
	if (*f == '*') {
		s->precision = va_arg(*ap, int);
		f++;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		s->precision = s->precision * 10 + *f - '0';
	return f;
}

static const char *convert(struct out *o, const char *f, va_list *ap)
{
	struct spec s;
	int longs = 0;
	u64 v;
	char c;

	f = parse_spec(f, &s, ap);
	for (; *f == 'l' || *f == 'z'; f++)
		longs++;
	switch (*f) {
	case 'd':
		v = next_integer(ap, longs, true);
		put_number(o, &s, (s64)v < 0 ? -v : v, 10, (s64)v < 0);
		break;
	case 'u':
		put_number(o, &s, next_integer(ap, longs, false), 10, false);
		break;
	case 'x':
		put_number(o, &s, next_integer(ap, longs, false), 16, false);
		break;
	case 'p':
		put(o, '0');
		put(o, 'x');
		put_number(o, &s, (ulong)va_arg(*ap, void *), 16, false);
		break;
	case 's':
		put_string(o, &s, va_arg(*ap, const char *));
		break;
	case 'c':
		c = va_arg(*ap, int);
		put_padded(o, &s, &c, 1, false);
		break;
	default:
		put(o, *f);
	}
	return f + 1;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out o = { buf, size, 0 };
	va_list ap;

	/* A va_list parameter may be an array, whose address has the wrong type: copy it. */
	va_copy(ap, args);
	while (*fmt) {
		if (*fmt != '%')
			put(&o, *fmt++);
		else
			fmt = convert(&o, fmt + 1, &ap);
	}
	va_end(ap);
	if (size)
		buf[min(o.len, size - 1)] = 0;
	return o.len;
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

/* One write() for each call, so that lines of several processes do not mix. */
int printf(const char *fmt, ...)
{
	char line[600];
	size_t len, done = 0;
	va_list ap;
	long n;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (len >= sizeof(line))
		len = sizeof(line) - 1;
	while (done < len) {
		n = write(1, line + done, len - done);
		if (n <= 0)
			return -1;
		done += n;
	}
	return len;
}
