/* Descriptors that change hands, processes that part from those who started them, and signals. */
#include "sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

static int connection(void)
{
	struct sockaddr_in to = at(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
	return fd;
}

static void check_ends_well(pid_t child)
{
	int status;
	CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

/* A child and what it becomes by exec(2) go on with the parent's connection. */
static void inherited(void)
{
	const char *number = getenv("CONNECTION");
	if (number) {
		echo(atoi(number));
		_exit(0);
	}
	int fd = connection();
	pid_t child = fork();
	if (child == 0) {
		char text[16];
		snprintf(text, sizeof text, "%d", fd);
		setenv("CONNECTION", text, 1);
		execl("/proc/self/exe", "sockets", "inherited", (char *)NULL);
		_exit(1);
	}
	check_ends_well(child);
	echo(fd);
}

/* One process makes the socket, another connects it. */
static void passed_on(void)
{
	int pair[2];
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	char control[CMSG_SPACE(sizeof(int))] = {0}, byte = 'x';
	struct iovec part = {&byte, 1};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	pid_t child = fork();
	if (child == 0) {
		CHECK(recvmsg(pair[1], &message, 0) == 1);
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		CHECK(header && header->cmsg_type == SCM_RIGHTS);
		int fd;
		memcpy(&fd, CMSG_DATA(header), sizeof fd);
		struct sockaddr_in to = at(port);
		CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
		_exit(0);
	}
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	*header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(header), &fd, sizeof fd);
	CHECK(sendmsg(pair[0], &message, 0) == 1);
	check_ends_well(child);
	echo(fd);
}

/* A daemon in a session of its own, whose parents have ended by the time it connects. It ends the pipe when it is done. */
static void daemon_process(void)
{
	int done[2], parted[2];
	CHECK(pipe(done) == 0 && pipe(parted) == 0);
	pid_t child = fork();
	if (child == 0) {
		CHECK(setsid() > 0);
		if (fork() == 0) {
			char byte;
			close(done[0]);
			close(parted[1]);
			CHECK(read(parted[0], &byte, 1) == 0); /* the last holder of the other end has gone */
			echo(connection());
			CHECK(write(done[1], "ok", 2) == 2);
		}
		_exit(0);
	}
	check_ends_well(child);
	close(parted[1]);
	close(done[1]);
	char word[4] = "";
	CHECK(read(done[0], word, sizeof word) == 2 && strcmp(word, "ok") == 0);
}

static volatile sig_atomic_t interruptions;

static void on_signal(int number)
{
	(void)number;
	interruptions++;
}

/* A signal without SA_RESTART ends the wait for a connection. */
static void interrupted(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80)};
	CHECK(inet_pton(AF_INET, getenv("SILENT"), &to.sin_addr) == 1);
	struct sigaction action = {.sa_handler = on_signal};
	CHECK(sigaction(SIGALRM, &action, NULL) == 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	ualarm(300000, 0);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == -1 && errno == EINTR);
	CHECK(interruptions == 1);
	close(fd);
	echo(connection());
}

const struct mode process_modes[] = {
	{"inherited", inherited},
	{"passed-on", passed_on},
	{"daemon", daemon_process},
	{"interrupted", interrupted},
	{0},
};
