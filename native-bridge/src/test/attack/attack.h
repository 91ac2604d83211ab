/*
 * Ways out of `tailnet-agent exec --enforce`. Each attack tries to have something leave for the targets; whether it did is for the
 * test to count, on the interface that leads there. An attack on something else than the network tells by its result.
 */
#ifndef ATTACK_H
#define ATTACK_H

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* What came of an attack, and the exit code of the program. */
enum outcome {
	GOT_THROUGH = 0, /* the call worked; for one on the network, what left says more */
	REFUSED = 1,
	NOT_HERE = 3, /* this kernel or machine has no such way */
};

struct attack {
	const char *name;
	enum outcome (*run)(void);
};

/* Where nothing may go, from TARGET4, TARGET6, DEVICE (the interface that leads there). */
extern struct sockaddr_in target4;
extern struct sockaddr_in6 target6, target_mapped;
extern int device;

/* A path or number the test hands over, or "". */
const char *given(const char *variable);

/* Says what a call answered, and makes an outcome of it. */
enum outcome told(const char *call, long result);

/* A message with one buffer. */
struct msghdr message(struct iovec *buffer, void *to, socklen_t size);

/* Fills control with IP_PKTINFO for the device and hangs it on the message. */
void by_device(struct msghdr *message, void *control, size_t size);

/* A listener on loopback that takes whoever comes; its address. */
struct sockaddr_in welcome(void);

extern const struct attack tcp_attacks[], datagram_attacks[], family_attacks[], race_attacks[], descriptor_attacks[], process_attacks[],
	kernel_attacks[];

#endif
