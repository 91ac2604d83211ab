/* Sockets that were made elsewhere: left open at the start (descriptor 9), or handed over by an accomplice outside. */
#include "attack.h"

#include <fcntl.h>
#include <linux/io_uring.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/wait.h>

#define LEFT_OPEN 9

static socklen_t address_of(int fd, void **address)
{
	int domain = AF_INET;
	socklen_t size = sizeof domain;
	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
	*address = domain == AF_INET6 ? (void *)&target6 : (void *)&target4;
	return domain == AF_INET6 ? sizeof target6 : sizeof target4;
}

void pass_on(const char *thing)
{
	int fd = -1;
	if (strcmp(thing, "tcp") == 0)
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	else if (strcmp(thing, "tcp6") == 0)
		fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
	else if (strcmp(thing, "udp") == 0)
		fd = socket(AF_INET, SOCK_DGRAM, 0);
	else if (strcmp(thing, "connected-udp") == 0) {
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		connect(fd, (void *)&target4, sizeof target4);
	} else if (strcmp(thing, "raw") == 0)
		fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	else if (strcmp(thing, "packet") == 0)
		fd = socket(AF_PACKET, SOCK_RAW, 0);
	else if (strcmp(thing, "ring") == 0) {
		struct io_uring_params params = {0};
		fd = (int)syscall(SYS_io_uring_setup, 4, &params);
		fcntl(fd, F_SETFD, 0);
	} else if (strcmp(thing, "unix") == 0) {
		int pair[2];
		socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
		if (fork() == 0) {
			/* The accomplice's end: a socket for whoever reads. */
			int gift = socket(AF_INET, SOCK_DGRAM, 0);
			char control[CMSG_SPACE(sizeof gift)] = {0};
			struct iovec buffer;
			struct msghdr whole = message(&buffer, NULL, 0);
			whole.msg_control = control;
			whole.msg_controllen = sizeof control;
			struct cmsghdr *header = CMSG_FIRSTHDR(&whole);
			*header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof gift)};
			memcpy(CMSG_DATA(header), &gift, sizeof gift);
			sendmsg(pair[1], &whole, 0);
			_exit(0);
		}
		close(pair[1]);
		fd = pair[0];
	}
	if (fd < 0) {
		perror(thing);
		exit(NOT_HERE);
	}
	dup2(fd, LEFT_OPEN);
	if (fd != LEFT_OPEN)
		close(fd);
}

static bool is_left_open(void)
{
	return fcntl(LEFT_OPEN, F_GETFD) >= 0;
}

static enum outcome use(int fd)
{
	void *address;
	socklen_t size = address_of(fd, &address);
	told("sendto", sendto(fd, "secret", 6, MSG_DONTWAIT, address, size));
	told("write", write(fd, "secret", 6));
	return told("connect", connect(fd, address, size));
}

static enum outcome left_open(void)
{
	if (!is_left_open()) {
		puts("descriptor 9 is closed");
		return REFUSED;
	}
	return use(LEFT_OPEN);
}

static enum outcome left_open_to_sendfile(void)
{
	int file = open("/proc/self/exe", O_RDONLY);
	return told("sendfile", sendfile(LEFT_OPEN, file, NULL, 512));
}

static enum outcome left_open_to_splice(void)
{
	int pipes[2];
	if (pipe(pipes) || write(pipes[1], "secret", 6) != 6)
		return told("pipe", -1);
	return told("splice", splice(pipes[0], NULL, LEFT_OPEN, NULL, 6, 0));
}

static enum outcome left_open_ring(void)
{
	return told("io_uring_enter", syscall(SYS_io_uring_enter, LEFT_OPEN, 0, 0, 0, NULL, 0));
}

static enum outcome received(int channel)
{
	int gift = -1;
	char control[CMSG_SPACE(sizeof gift)] = {0}, byte[16];
	struct iovec buffer = {byte, sizeof byte};
	struct msghdr whole = {.msg_iov = &buffer, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	if (recvmsg(channel, &whole, MSG_DONTWAIT) < 0 && (sleep(1), recvmsg(channel, &whole, 0)) < 0)
		return told("recvmsg", -1);
	struct cmsghdr *header = CMSG_FIRSTHDR(&whole);
	if (!header) {
		puts("nothing was handed over");
		return REFUSED;
	}
	memcpy(&gift, CMSG_DATA(header), sizeof gift);
	return use(gift);
}

static enum outcome from_a_channel_left_open(void)
{
	return is_left_open() ? received(LEFT_OPEN) : REFUSED;
}

static enum outcome by_name(const char *prefix)
{
	struct sockaddr_un server = {.sun_family = AF_UNIX};
	const char *path = given("ACCOMPLICE");
	strncpy(server.sun_path, path, sizeof server.sun_path - 1);
	if (*prefix == '@') {
		server.sun_path[0] = 0;
	}
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int result = connect(fd, (void *)&server, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
	if (result)
		return told("connect", result);
	return received(fd);
}

/* A server outside of the same user, as a terminal multiplexer's, D-Bus or Docker would be: it acts for whoever asks. */
static enum outcome accomplice_by_path(void)
{
	return by_name("");
}

static enum outcome accomplice_by_abstract_name(void)
{
	return by_name("@");
}

/* Hands a fresh UDP socket to whoever connects to a path, or to the same name as an abstract one; prints its process. */
int accomplice(const char *path)
{
	for (int abstract = 0; abstract < 2; abstract++) {
		struct sockaddr_un own = {.sun_family = AF_UNIX};
		strncpy(own.sun_path, path, sizeof own.sun_path - 1);
		if (abstract)
			own.sun_path[0] = 0;
		int listener = socket(AF_UNIX, SOCK_STREAM, 0);
		if (bind(listener, (void *)&own, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path))) || listen(listener, 8)) {
			perror(path);
			return 2;
		}
		if (fork() == 0) {
			for (int guest; (guest = accept(listener, NULL, NULL)) >= 0;) {
				int gift = socket(AF_INET, SOCK_DGRAM, 0);
				char control[CMSG_SPACE(sizeof gift)] = {0};
				struct iovec buffer;
				struct msghdr whole = message(&buffer, NULL, 0);
				whole.msg_control = control;
				whole.msg_controllen = sizeof control;
				struct cmsghdr *header = CMSG_FIRSTHDR(&whole);
				*header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof gift)};
				memcpy(CMSG_DATA(header), &gift, sizeof gift);
				sendmsg(guest, &whole, 0);
				close(gift);
				close(guest);
			}
			_exit(0);
		}
	}
	/* Something to be taken: descriptor 9 of this process. */
	dup2(socket(AF_INET, SOCK_DGRAM, 0), LEFT_OPEN);
	printf("%d\n", getpid());
	fflush(stdout);
	char byte;
	while (read(0, &byte, 1) > 0)
		;
	kill(0, SIGTERM);
	return 0;
}

const struct attack descriptor_attacks[] = {
	{"inherited-socket", left_open},
	{"inherited-sendfile", left_open_to_sendfile},
	{"inherited-splice", left_open_to_splice},
	{"inherited-ring", left_open_ring},
	{"inherited-channel", from_a_channel_left_open},
	{"accomplice-path", accomplice_by_path},
	{"accomplice-abstract", accomplice_by_abstract_name},
	{0},
};
