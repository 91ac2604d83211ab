/* Connections. */
#include "attack.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>

#define WITHOUT_WAITING(family) socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0)

static enum outcome connecting(int fd, void *to, socklen_t size)
{
	int result = connect(fd, to, size);
	if (result && errno == EINPROGRESS) {
		struct pollfd writable = {.fd = fd, .events = POLLOUT};
		int error = 0;
		socklen_t length = sizeof error;
		result = -1;
		if (poll(&writable, 1, 500) == 1 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0)
			result = error ? -1 : 0;
		errno = error ? error : ETIMEDOUT;
	}
	return told("connect", result);
}

static enum outcome v4(void)
{
	return connecting(WITHOUT_WAITING(AF_INET), &target4, sizeof target4);
}

static enum outcome v6(void)
{
	return connecting(WITHOUT_WAITING(AF_INET6), &target6, sizeof target6);
}

static enum outcome mapped(void)
{
	return connecting(WITHOUT_WAITING(AF_INET6), &target_mapped, sizeof target_mapped);
}

static enum outcome scoped(void)
{
	struct sockaddr_in6 local = {.sin6_family = AF_INET6, .sin6_port = target6.sin6_port, .sin6_scope_id = (uint32_t)device};
	local.sin6_addr.s6_addr[0] = 0xfe;
	local.sin6_addr.s6_addr[1] = 0x80;
	local.sin6_addr.s6_addr[15] = 9;
	return connecting(WITHOUT_WAITING(AF_INET6), &local, sizeof local);
}

static enum outcome v4_by_v6_socket(void)
{
	return connecting(WITHOUT_WAITING(AF_INET6), &target4, sizeof target4);
}

static enum outcome longer_address(void)
{
	char padded[sizeof(struct sockaddr_storage)] = {0};
	memcpy(padded, &target4, sizeof target4);
	return connecting(WITHOUT_WAITING(AF_INET), padded, sizeof padded);
}

static enum outcome child(void)
{
	fflush(stdout);
	if (vfork() == 0) {
		int fd = WITHOUT_WAITING(AF_INET);
		connect(fd, (void *)&target4, sizeof target4);
		_exit(0);
	}
	return v4();
}

static enum outcome fastopen_sendto(void)
{
	return told("sendto", sendto(WITHOUT_WAITING(AF_INET), "secret", 6, MSG_FASTOPEN, (void *)&target4, sizeof target4));
}

static enum outcome fastopen_sendmsg(void)
{
	struct iovec buffer;
	struct msghdr whole = message(&buffer, &target6, sizeof target6);
	return told("sendmsg", sendmsg(WITHOUT_WAITING(AF_INET6), &whole, MSG_FASTOPEN));
}

static enum outcome fastopen_sendmmsg(void)
{
	struct iovec buffer;
	struct mmsghdr whole = {.msg_hdr = message(&buffer, &target4, sizeof target4)};
	return told("sendmmsg", sendmmsg(WITHOUT_WAITING(AF_INET), &whole, 1, MSG_FASTOPEN));
}

static enum outcome fastopen_connect(void)
{
	int fd = WITHOUT_WAITING(AF_INET), one = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &one, sizeof one);
	connect(fd, (void *)&target4, sizeof target4);
	return told("write", write(fd, "secret", 6));
}

static enum outcome other_device(void)
{
	int fd = WITHOUT_WAITING(AF_INET);
	const char *name = given("DEVICE");
	told("SO_BINDTODEVICE", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name) + 1));
	return connecting(fd, &target4, sizeof target4);
}

static enum outcome no_device(void)
{
	int fd = WITHOUT_WAITING(AF_INET);
	told("SO_BINDTODEVICE", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 1));
	return connecting(fd, &target4, sizeof target4);
}

/* A connection that is allowed, ended, and another one on the same socket. */
static enum outcome after_a_connection(void)
{
	struct sockaddr_in allowed = welcome();
	struct sockaddr nothing = {.sa_family = AF_UNSPEC};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	told("allowed", connect(fd, (void *)&allowed, sizeof allowed));
	told("AF_UNSPEC", connect(fd, &nothing, sizeof nothing));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return connecting(fd, &target4, sizeof target4);
}

/* The same with one that came in. */
static enum outcome after_an_accept(void)
{
	struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr nothing = {.sa_family = AF_UNSPEC};
	socklen_t size = sizeof own;
	int listener = socket(AF_INET, SOCK_STREAM, 0), caller = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (void *)&own, sizeof own) || listen(listener, 1) || getsockname(listener, (void *)&own, &size) ||
		connect(caller, (void *)&own, sizeof own))
		return told("a connection on loopback", -1);
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	told("AF_UNSPEC", connect(fd, &nothing, sizeof nothing));
	return connecting(fd, &target4, sizeof target4);
}

/* Whoever calls from outside would be answered. */
static enum outcome listening_to_all(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET};
	char name[16] = "";
	socklen_t size = sizeof name;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(fd, (void *)&any, sizeof any) || listen(fd, 1))
		return told("listen", -1);
	getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &size);
	printf("listens to callers of %s\n", *name ? name : "every interface");
	return strcmp(name, "lo") == 0 ? REFUSED : GOT_THROUGH;
}

const struct attack tcp_attacks[] = {
	{"tcp-v4", v4},
	{"tcp-v6", v6},
	{"tcp-v4-mapped", mapped},
	{"tcp-link-local-scoped", scoped},
	{"tcp-v4-address-on-v6-socket", v4_by_v6_socket},
	{"tcp-longer-address", longer_address},
	{"tcp-from-vfork", child},
	{"tcp-fastopen-sendto", fastopen_sendto},
	{"tcp-fastopen-sendmsg", fastopen_sendmsg},
	{"tcp-fastopen-sendmmsg", fastopen_sendmmsg},
	{"tcp-fastopen-connect-option", fastopen_connect},
	{"tcp-bind-to-device", other_device},
	{"tcp-unbind-from-device", no_device},
	{"tcp-reused-after-connect", after_a_connection},
	{"tcp-reused-after-accept", after_an_accept},
	{"result-listen-on-every-address", listening_to_all},
	{0},
};
