// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The kernel's UAPI types that the shared structs are made of, and the annotations the generator
 * reads. */
#pragma once

#include <linux/types.h>

/* A sentence about a declaration that travels in BTF to the generated TypeScript. */
#define DOC(text) __attribute__((btf_decl_tag("doc:" text)))

/* Keeps a type in BTF that no map refers to (8 bytes of .bss each). */
#define ABI_EXPORT(type, name) type *abi_export_##name

/* Ethernet hardware address, in wire order; aligned so that it compares in three steps. */
struct mac {
	__u8 bytes[6];
} __attribute__((aligned(2)));
