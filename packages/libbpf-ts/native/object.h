// SPDX-License-Identifier: Apache-2.0
/* Programs of an open object, for those who attach them. */
#pragma once

#include "arguments.h"

struct bpf_program;

/* The program that arguments 0 (object) and 1 (name) say; NULL once the object is closed. */
struct bpf_program *argument_program(const struct arguments *args);
