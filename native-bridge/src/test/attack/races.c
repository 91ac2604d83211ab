/* Two threads: one makes a call that is allowed, over and over, the other changes what it is about meanwhile. */
#include "attack.h"

#include <fcntl.h>
#include <pthread.h>

#define TRIES 3000

static _Atomic bool over;

static union {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_un local;
	struct sockaddr_in6 six;
} shared;

static struct sockaddr_in allowed;

static void start(pthread_t *thread, void *(*change)(void *))
{
	if (pthread_create(thread, NULL, change, NULL)) {
		perror("thread");
		exit(2);
	}
}

static enum outcome end(pthread_t thread)
{
	over = true;
	pthread_join(thread, NULL);
	printf("%d tries\n", TRIES);
	return REFUSED;
}

static void *swap_addresses(void *unused)
{
	while (!over) {
		*(volatile uint32_t *)&shared.four.sin_addr.s_addr = target4.sin_addr.s_addr;
		*(volatile uint16_t *)&shared.four.sin_port = target4.sin_port;
		*(volatile uint32_t *)&shared.four.sin_addr.s_addr = allowed.sin_addr.s_addr;
		*(volatile uint16_t *)&shared.four.sin_port = allowed.sin_port;
	}
	return unused;
}

static enum outcome swapped_address(void)
{
	pthread_t thread;
	allowed = shared.four = welcome();
	start(&thread, swap_addresses);
	for (int i = 0; i < TRIES; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(fd, &shared.any, sizeof shared.four);
		close(fd);
	}
	return end(thread);
}

static void *swap_families(void *unused)
{
	while (!over) {
		*(volatile sa_family_t *)&shared.any.sa_family = AF_INET;
		*(volatile sa_family_t *)&shared.any.sa_family = AF_UNIX;
		*(volatile sa_family_t *)&shared.any.sa_family = AF_UNSPEC;
	}
	return unused;
}

/* Unix sockets are none of the network's business, datagrams to nowhere neither. */
static enum outcome swapped_family(void)
{
	pthread_t thread;
	shared.four = target4;
	start(&thread, swap_families);
	for (int i = 0; i < TRIES; i++) {
		int fd = socket(AF_INET, i % 2 ? SOCK_DGRAM : SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(fd, &shared.any, sizeof shared.four);
		if (i % 2)
			write(fd, "secret", 6);
		close(fd);
	}
	return end(thread);
}

static int harmless, harmful;

#define SHUTTLE 700

static void *swap_descriptors(void *unused)
{
	while (!over) {
		dup2(harmless, SHUTTLE);
		dup2(harmful, SHUTTLE);
	}
	return unused;
}

/* The descriptor is a unix socket when it is looked at, and one of the network when it is used. */
static enum outcome swapped_descriptor(int kind)
{
	pthread_t thread;
	harmless = socket(AF_UNIX, SOCK_STREAM, 0);
	harmful = socket(AF_INET, kind | SOCK_NONBLOCK, 0);
	dup2(harmless, SHUTTLE);
	shared.four = target4;
	start(&thread, swap_descriptors);
	pthread_t second;
	start(&second, swap_families);
	for (int i = 0; i < TRIES; i++) {
		connect(SHUTTLE, &shared.any, sizeof shared.four);
		if (kind == SOCK_DGRAM)
			write(harmful, "secret", 6);
	}
	over = true;
	pthread_join(second, NULL);
	return end(thread);
}

static enum outcome swapped_stream(void)
{
	return swapped_descriptor(SOCK_STREAM);
}

static enum outcome swapped_datagram(void)
{
	return swapped_descriptor(SOCK_DGRAM);
}

/* The same with a message, which goes to a unix socket or, by its control data, past the loopback device. */
static enum outcome swapped_receiver(void)
{
	static char control[CMSG_SPACE(sizeof(struct in_pktinfo))] __attribute__((aligned(8)));
	pthread_t thread;
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair))
		return told("socketpair", -1);
	harmless = pair[0];
	harmful = socket(AF_INET, SOCK_DGRAM, 0);
	dup2(harmless, SHUTTLE);
	start(&thread, swap_descriptors);
	for (int i = 0; i < TRIES; i++) {
		struct iovec buffer;
		struct msghdr whole = message(&buffer, &target4, sizeof target4);
		by_device(&whole, control, sizeof control);
		if (i % 2)
			whole.msg_namelen = 0;
		sendmsg(SHUTTLE, &whole, MSG_DONTWAIT);
		struct mmsghdr many = {.msg_hdr = whole};
		sendmmsg(SHUTTLE, &many, 1, MSG_DONTWAIT);
		sendto(SHUTTLE, "secret", 6, MSG_DONTWAIT, (void *)&target4, sizeof target4);
		char drained[16];
		while (recv(pair[1], drained, sizeof drained, MSG_DONTWAIT) > 0)
			;
	}
	return end(thread);
}

static struct msghdr changing;

static void *swap_messages(void *unused)
{
	while (!over) {
		*(void *volatile *)&changing.msg_name = &target4;
		*(void *volatile *)&changing.msg_name = &allowed;
	}
	return unused;
}

static enum outcome swapped_name(void)
{
	pthread_t thread;
	struct iovec buffer;
	allowed = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	changing = message(&buffer, &allowed, sizeof allowed);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	start(&thread, swap_messages);
	for (int i = 0; i < TRIES; i++)
		sendmsg(fd, &changing, MSG_DONTWAIT);
	return end(thread);
}

const struct attack race_attacks[] = {
	{"race-address", swapped_address},
	{"race-family", swapped_family},
	{"race-descriptor-stream", swapped_stream},
	{"race-descriptor-datagram", swapped_datagram},
	{"race-receiver", swapped_receiver},
	{"race-message-name", swapped_name},
	{0},
};
