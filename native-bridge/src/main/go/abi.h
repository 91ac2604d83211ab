// abi.h: what the C and Go halves of the library know of each other.

#ifndef ABI_H
#define ABI_H

#include <stddef.h>
#include <stdint.h>

#include "tailnet_bridge.h"

// Stores the words for tailscale_errmsg in this thread's slot.
void abi_set_error(int sd, const char *text, size_t length);

// Overwrites every occurrence of secret in [start, end) and returns how many there were.
int abi_overwrite(uintptr_t start, uintptr_t end, const char *secret, size_t length);

#endif
