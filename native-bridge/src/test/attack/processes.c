/* Other processes: the supervisor, and those outside that may do what this one may not. */
#include "attack.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

static pid_t outside(void)
{
	return (pid_t)atoi(given("OUTSIDE"));
}

/* Where the tree of processes ends: this one's parent, and theirs. */
static pid_t supervisor(void)
{
	return getppid();
}

static enum outcome traced(pid_t victim)
{
	long result = ptrace(PTRACE_ATTACH, victim, NULL, NULL);
	if (result == 0) {
		waitpid(victim, NULL, __WALL);
		errno = 0;
		ptrace(PTRACE_DETACH, victim, NULL, NULL);
	}
	return told("PTRACE_ATTACH", result);
}

static enum outcome ptrace_supervisor(void)
{
	return traced(supervisor());
}

static enum outcome ptrace_outside(void)
{
	return traced(outside());
}

static enum outcome memory_of(pid_t victim)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/mem", victim);
	return told(path, open(path, O_RDWR));
}

static enum outcome memory_of_supervisor(void)
{
	return memory_of(supervisor());
}

static enum outcome memory_of_outside(void)
{
	return memory_of(outside());
}

static enum outcome written(pid_t victim)
{
	char byte = 0;
	struct iovec from = {&byte, 1}, to = {(void *)0x400000, 1};
	long result = syscall(SYS_process_vm_writev, victim, &from, 1, &to, 1, 0);
	if (result < 0 && errno == EFAULT)
		result = 0; /* it was let, there is only nothing at the address */
	return told("process_vm_writev", result);
}

static enum outcome write_to_supervisor(void)
{
	return written(supervisor());
}

static enum outcome write_to_outside(void)
{
	return written(outside());
}

static enum outcome taken_from(pid_t victim, int number)
{
	int pidfd = (int)syscall(SYS_pidfd_open, victim, 0);
	if (pidfd < 0)
		return told("pidfd_open", pidfd);
	int fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
	if (fd < 0)
		return told("pidfd_getfd", fd);
	sendto(fd, "secret", 6, MSG_DONTWAIT, (void *)&target4, sizeof target4);
	return told("pidfd_getfd", fd);
}

static enum outcome taken_from_outside(void)
{
	return taken_from(outside(), 9);
}

static enum outcome taken_from_supervisor(void)
{
	enum outcome worst = REFUSED;
	for (int number = 0; number < 32; number++)
		if (taken_from(supervisor(), number) == GOT_THROUGH)
			worst = GOT_THROUGH;
	return worst;
}

static enum outcome signalled(pid_t victim)
{
	return told("kill", kill(victim, SIGCONT));
}

static enum outcome signal_supervisor(void)
{
	return signalled(supervisor());
}

static enum outcome signal_outside(void)
{
	return signalled(outside());
}

/* With nobody left to ask, should that be possible. */
static enum outcome without_supervisor(void)
{
	told("kill", kill(supervisor(), SIGKILL));
	for (int i = 0; i < 20; i++) {
		usleep(10000);
		connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), (void *)&target4, sizeof target4);
		sendto(socket(AF_INET, SOCK_DGRAM, 0), "secret", 6, MSG_DONTWAIT, (void *)&target4, sizeof target4);
	}
	return REFUSED;
}

/* The supervisor can read nothing of such a process. */
static enum outcome undumpable(void)
{
	prctl(PR_SET_DUMPABLE, 0);
	told("sendto", sendto(socket(AF_INET, SOCK_DGRAM, 0), "secret", 6, MSG_DONTWAIT, (void *)&target4, sizeof target4));
	return told("connect", connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), (void *)&target4, sizeof target4));
}

static enum outcome no_new_privileges(void)
{
	printf("no_new_privs: %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? REFUSED : GOT_THROUGH;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	if (fd >= 0) {
		told(path, write(fd, text, strlen(text)));
		close(fd);
	}
}

/* All capabilities, in namespaces of its own. */
static enum outcome own_namespaces(void)
{
	char map[64];
	snprintf(map, sizeof map, "0 %d 1", getuid());
	long result = unshare(CLONE_NEWUSER);
	told("unshare user", result);
	if (result == 0) {
		write_file("/proc/self/setgroups", "deny");
		write_file("/proc/self/uid_map", map);
	}
	const char *name = given("DEVICE");
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	told("SO_BINDTODEVICE", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name) + 1));
	told("sendto", sendto(fd, "secret", 6, MSG_DONTWAIT, (void *)&target4, sizeof target4));
	told("unshare net", unshare(CLONE_NEWNET));
	told("raw socket", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/ns/net", getppid());
	told("setns", setns(open(path, O_RDONLY), CLONE_NEWNET));
	return told("connect", connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), (void *)&target4, sizeof target4));
}

const struct attack process_attacks[] = {
	{"result-ptrace-supervisor", ptrace_supervisor},
	{"result-ptrace-outside", ptrace_outside},
	{"result-memory-of-supervisor", memory_of_supervisor},
	{"result-memory-of-outside", memory_of_outside},
	{"result-write-to-supervisor", write_to_supervisor},
	{"result-write-to-outside", write_to_outside},
	{"result-descriptor-of-supervisor", taken_from_supervisor},
	{"result-descriptor-of-outside", taken_from_outside},
	{"result-signal-supervisor", signal_supervisor},
	{"result-signal-outside", signal_outside},
	{"result-no-new-privileges", no_new_privileges},
	{"supervisor-killed", without_supervisor},
	{"undumpable", undumpable},
	{"namespaces", own_namespaces},
	{0},
};
