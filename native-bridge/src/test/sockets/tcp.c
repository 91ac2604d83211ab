/* Connections of TCP. */
#include "sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>

static int stream(int domain, int flags)
{
	int fd = socket(domain, SOCK_STREAM | flags, 0);
	CHECK(fd >= 0);
	return fd;
}

static void check_peer(int fd)
{
	struct sockaddr_in wanted = at(port), peer;
	socklen_t size = sizeof peer;
	CHECK(getpeername(fd, (struct sockaddr *)&peer, &size) == 0);
	CHECK(size == sizeof peer && peer.sin_port == wanted.sin_port && peer.sin_addr.s_addr == wanted.sin_addr.s_addr);
}

static void blocking(void)
{
	struct sockaddr_in to = at(port);
	int fd = stream(AF_INET, 0);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
	check_peer(fd);
	echo(fd);
	CHECK(shutdown(fd, SHUT_WR) == 0);
	char rest;
	CHECK(read(fd, &rest, 1) == 0); /* the other side's half ends after ours */
}

/* As event loops do it: the descriptor is in epoll, edge-triggered, before it is connected. */
static void registered_before(void)
{
	struct sockaddr_in to = at(port);
	int fd = stream(AF_INET, SOCK_NONBLOCK), loop = epoll_create1(0);
	struct epoll_event event = {.events = EPOLLOUT | EPOLLIN | EPOLLET, .data.fd = fd};
	CHECK(epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) == 0);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == -1 && errno == EINPROGRESS);
	do
		CHECK(epoll_wait(loop, &event, 1, 50000) == 1);
	while (event.events & EPOLLHUP); /* of the time before connect */
	CHECK(event.events & EPOLLOUT && event.data.fd == fd);
	CHECK(pending_error(fd) == 0);
	check_peer(fd);
	echo(fd);
}

static void refused(void)
{
	struct sockaddr_in to = at(1);
	CHECK(connect(stream(AF_INET, 0), (struct sockaddr *)&to, sizeof to) == -1 && errno == ECONNREFUSED);
	int fd = stream(AF_INET, SOCK_NONBLOCK);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == -1 && errno == EINPROGRESS);
	await(fd, POLLOUT);
	CHECK(pending_error(fd) == ECONNREFUSED);
	CHECK(pending_error(fd) == 0);
}

/* What the policy denies, tried twice. */
static void denied(void)
{
	struct sockaddr_in to = at(port_of("DENIED"));
	CHECK(connect(stream(AF_INET, 0), (struct sockaddr *)&to, sizeof to) == -1 && errno == EACCES);
	int fd = stream(AF_INET, SOCK_NONBLOCK);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == -1 && errno == EINPROGRESS);
	await(fd, POLLOUT);
	CHECK(pending_error(fd) == EACCES);
}

/* A host that does not answer; the agent's patience is what ends the wait. */
static void timed_out(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80)};
	CHECK(inet_pton(AF_INET, getenv("SILENT"), &to.sin_addr) == 1);
	CHECK(connect(stream(AF_INET, 0), (struct sockaddr *)&to, sizeof to) == -1 && errno == ETIMEDOUT);
}

static void v4_mapped(void)
{
	struct sockaddr_in6 to = mapped(port), peer;
	socklen_t size = sizeof peer;
	int fd = stream(AF_INET6, 0);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
	CHECK(getpeername(fd, (struct sockaddr *)&peer, &size) == 0);
	CHECK(size == sizeof peer && memcmp(&peer.sin6_addr, &to.sin6_addr, sizeof to.sin6_addr) == 0 && peer.sin6_port == to.sin6_port);
	echo(fd);
}

static void v6(void)
{
	struct addrinfo hints = {.ai_family = AF_INET6, .ai_socktype = SOCK_STREAM}, *found;
	CHECK(getaddrinfo(host, NULL, &hints, &found) == 0);
	struct sockaddr_in6 to = *(struct sockaddr_in6 *)found->ai_addr, peer;
	freeaddrinfo(found);
	to.sin6_port = htons(port);
	socklen_t size = sizeof peer;
	int fd = stream(AF_INET6, SOCK_NONBLOCK);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == -1 && errno == EINPROGRESS);
	CHECK(await(fd, POLLOUT) & POLLOUT && pending_error(fd) == 0);
	CHECK(getpeername(fd, (struct sockaddr *)&peer, &size) == 0);
	CHECK(memcmp(&peer.sin6_addr, &to.sin6_addr, sizeof to.sin6_addr) == 0 && peer.sin6_port == to.sin6_port);
	echo(fd);
	fd = stream(AF_INET6, 0);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
	echo(fd);
}

static void twice(void)
{
	struct sockaddr_in to = at(port);
	int fd = stream(AF_INET, 0);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == -1 && errno == EISCONN);
	echo(fd);

	fd = stream(AF_INET, SOCK_NONBLOCK);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == -1 && errno == EINPROGRESS);
	int again = connect(fd, (struct sockaddr *)&to, sizeof to);
	CHECK(again == 0 || errno == EALREADY || errno == EISCONN);
	await(fd, POLLOUT);
	again = connect(fd, (struct sockaddr *)&to, sizeof to);
	CHECK(again == 0 || errno == EISCONN);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == -1 && errno == EISCONN);
	echo(fd);
}

/* A socket whose connection was refused is as good as new in Linux. */
static void after_refusal(void)
{
	struct sockaddr_in nowhere = at(1), to = at(port);
	int fd = stream(AF_INET, 0);
	CHECK(connect(fd, (struct sockaddr *)&nowhere, sizeof nowhere) == -1 && errno == ECONNREFUSED);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
	echo(fd);
	fd = stream(AF_INET, SOCK_NONBLOCK);
	CHECK(connect(fd, (struct sockaddr *)&nowhere, sizeof nowhere) == -1 && errno == EINPROGRESS);
	await(fd, POLLOUT);
	CHECK(pending_error(fd) == ECONNREFUSED);
	int again = connect(fd, (struct sockaddr *)&to, sizeof to);
	if (again == -1 && errno == ECONNABORTED) /* what Linux says once */
		again = connect(fd, (struct sockaddr *)&to, sizeof to);
	CHECK(again == -1 && errno == EINPROGRESS);
	await(fd, POLLOUT);
	CHECK(pending_error(fd) == 0);
	echo(fd);
}

static void fast_open_option(void)
{
	struct sockaddr_in to = at(port);
	int fd = stream(AF_INET, 0), on = 1;
	CHECK(setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof on) == 0);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
	check_peer(fd);
	echo(fd);
}

static void read_word(int fd)
{
	char back[8] = "";
	CHECK(await(fd, POLLIN) & POLLIN);
	CHECK(read(fd, back, sizeof back) == 5 && strcmp(back, "early") == 0);
}

/* The connection is made by the call that sends; a kernel, or a wall, without it has the program connect first. */
static void fast_open_send(void)
{
	struct sockaddr_in to = at(port);
	int fd = stream(AF_INET, 0);
	ssize_t n = sendto(fd, "early", 5, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof to);
	if (n < 0 && errno == EOPNOTSUPP) {
		CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
		n = send(fd, "early", 5, 0);
	}
	CHECK(n == 5);
	check_peer(fd);
	read_word(fd);
	echo(fd);
}

static void fast_open_message(void)
{
	struct sockaddr_in to = at(port);
	struct iovec part[2] = {{.iov_base = "ea", .iov_len = 2}, {.iov_base = "rly", .iov_len = 3}};
	struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = part, .msg_iovlen = 2};
	int fd = stream(AF_INET, 0);
	ssize_t n = sendmsg(fd, &message, MSG_FASTOPEN);
	if (n < 0 && errno == EOPNOTSUPP) {
		CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
		message.msg_name = NULL;
		message.msg_namelen = 0;
		n = sendmsg(fd, &message, 0);
	}
	CHECK(n == 5);
	read_word(fd);
	echo(fd);
}

/* Streams by sendmsg and recvmsg, in pieces larger than a socket takes at once. */
static void messages(void)
{
	enum { SIZE = 1 << 20 };
	static char out[SIZE], in[SIZE];
	struct sockaddr_in to = at(port);
	int fd = stream(AF_INET, 0);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
	CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	for (size_t i = 0; i < SIZE; i++)
		out[i] = (char)(i * 7 >> 3);
	for (size_t sent = 0, got = 0; got < SIZE;) {
		short ready = await(fd, (short)(POLLIN | (sent < SIZE ? POLLOUT : 0)));
		struct iovec part = {.iov_base = ready & POLLIN ? in + got : out + sent, .iov_len = ready & POLLIN ? SIZE - got : SIZE - sent};
		struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
		ssize_t n = ready & POLLIN ? recvmsg(fd, &message, 0) : sendmsg(fd, &message, 0);
		CHECK(n > 0 || errno == EAGAIN);
		if (n > 0)
			*(ready & POLLIN ? &got : &sent) += (size_t)n;
	}
	CHECK(memcmp(out, in, SIZE) == 0);
}

static void *one_of_many(void *unused)
{
	struct sockaddr_in to = at(port);
	for (int i = 0; i < 4; i++) {
		int fd = stream(AF_INET, 0);
		CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
		echo(fd);
		close(fd);
	}
	return unused;
}

static void threads(void)
{
	pthread_t all[16];
	for (int i = 0; i < 16; i++)
		CHECK(pthread_create(&all[i], NULL, one_of_many, NULL) == 0);
	for (int i = 0; i < 16; i++)
		CHECK(pthread_join(all[i], NULL) == 0);
}

const struct mode tcp_modes[] = {
	{"blocking", blocking},
	{"registered-before", registered_before},
	{"refused", refused},
	{"denied", denied},
	{"timed-out", timed_out},
	{"v4-mapped", v4_mapped},
	{"v6", v6},
	{"twice", twice},
	{"after-refusal", after_refusal},
	{"fast-open-option", fast_open_option},
	{"fast-open-send", fast_open_send},
	{"fast-open-message", fast_open_message},
	{"messages", messages},
	{"threads", threads},
	{0},
};
