// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* C types of every kind, kept in BTF by pointers to them; and one program, for an object needs one.
 */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

typedef _Bool flag_t;

enum wide {
	WIDE_SMALL = 1,
	WIDE_LARGE = 1ULL << 40,
};

enum negative {
	NEGATIVE_ONE = -1,
	NEGATIVE_NONE = 0,
};

typedef struct {
	__s8 tiny;
	__s16 small;
} named_by_typedef;

struct zoo {
	flag_t flag;
	__s8 s8;
	__s16 s16;
	__s32 s32;
	__s64 s64;
	__be64 network;
	enum wide wide;
	enum negative negative;
	__u16 matrix[2][3];
	named_by_typedef alias;
	named_by_typedef list[2];
	void *pointer;
	const volatile __u32 qualified;
	union {
		__u32 number;
		struct {
			__be16 high;
			__be16 low;
		};
	};
	__u8 reserved[4];
};
struct zoo *export_zoo;

struct bits {
	__u32 low : 3;
	__u32 high : 29;
};
struct bits *export_bits;

/* Refers to itself: its layout must not. */
struct knot {
	struct knot *next;
	__u64 value;
};
struct knot *export_knot;

__attribute__((noinline)) int subprogram(int number)
{
	return number + 1;
}

SEC("socket")
int nothing(struct __sk_buff *ctx)
{
	return subprogram(ctx->len);
}
