/* Datagrams to a host of the tailnet that sends them back. The first may be lost, as anywhere. */
#include "sockets.h"

#include <poll.h>

static int datagram_socket(int domain)
{
	int fd = socket(domain, SOCK_DGRAM, 0);
	CHECK(fd >= 0);
	return fd;
}

/* Sends until there is an answer; false when there is none. */
static bool answered(int fd, void (*send_one)(int))
{
	for (int i = 0; i < 20; i++) {
		send_one(fd);
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		if (poll(&ready, 1, 2000) == 1)
			return true;
	}
	return false;
}

static void send_connected(int fd)
{
	CHECK(send(fd, "one", 3, 0) == 3);
}

static void connected(void)
{
	struct sockaddr_in to = at(udp_port), peer;
	socklen_t size = sizeof peer;
	char back[8] = "";
	int fd = datagram_socket(AF_INET);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
	CHECK(getpeername(fd, (struct sockaddr *)&peer, &size) == 0);
	CHECK(peer.sin_addr.s_addr == to.sin_addr.s_addr && peer.sin_port == to.sin_port);
	CHECK(answered(fd, send_connected));
	CHECK(recv(fd, back, sizeof back, 0) == 3 && strcmp(back, "one") == 0);
}

static void send_to(int fd)
{
	struct sockaddr_in to = at(udp_port);
	CHECK(sendto(fd, "two", 3, 0, (struct sockaddr *)&to, sizeof to) == 3);
}

static void unconnected(void)
{
	struct sockaddr_in to = at(udp_port), source;
	socklen_t size = sizeof source;
	char back[8] = "";
	int fd = datagram_socket(AF_INET);
	CHECK(answered(fd, send_to));
	CHECK(recvfrom(fd, back, sizeof back, 0, (struct sockaddr *)&source, &size) == 3 && strcmp(back, "two") == 0);
	CHECK(source.sin_addr.s_addr == to.sin_addr.s_addr && source.sin_port == to.sin_port);
}

static void send_message(int fd)
{
	struct sockaddr_in6 to = mapped(udp_port);
	struct iovec parts[] = {{"th", 2}, {"ree", 3}};
	struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = parts, .msg_iovlen = 2};
	CHECK(sendmsg(fd, &message, 0) == 5);
}

static void messages(void)
{
	struct sockaddr_in6 to = mapped(udp_port), source;
	char back[8] = "";
	struct iovec part = {back, sizeof back};
	struct msghdr message = {.msg_name = &source, .msg_namelen = sizeof source, .msg_iov = &part, .msg_iovlen = 1};
	int fd = datagram_socket(AF_INET6);
	CHECK(answered(fd, send_message));
	CHECK(recvmsg(fd, &message, 0) == 5 && strcmp(back, "three") == 0);
	CHECK(memcmp(&source.sin6_addr, &to.sin6_addr, sizeof to.sin6_addr) == 0 && source.sin6_port == to.sin6_port);
}

/* The first are on their way before it is known what the policy says; then the call itself says it. */
static void denied(void)
{
	struct sockaddr_in to = at(port_of("DENIED"));
	int fd = datagram_socket(AF_INET);
	ssize_t n = 0;
	for (int i = 0; i < 100 && n >= 0; i++) {
		n = sendto(fd, "four", 4, 0, (struct sockaddr *)&to, sizeof to);
		poll(NULL, 0, n < 0 ? 0 : 20);
	}
	CHECK(n == -1 && errno == EACCES);
}

const struct mode datagram_modes[] = {
	{"udp-connected", connected},
	{"udp-unconnected", unconnected},
	{"udp-messages", messages},
	{"udp-denied", denied},
	{0},
};
