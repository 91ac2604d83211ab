#include "sockets.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>

const char *host;
uint16_t port, udp_port;
struct sockaddr_in name_server = {.sin_family = AF_INET};

static const struct mode *const tables[] = {tcp_modes, name_modes, datagram_modes, process_modes};

void check(bool holds, const char *condition, const char *file, int line)
{
	if (holds)
		return;
	int error = errno;
	fprintf(stderr, "%s:%d: not so: %s (errno: %s)\n", file, line, condition, strerror(error));
	exit(1);
}

uint16_t port_of(const char *variable)
{
	const char *value = getenv(variable);
	return value ? (uint16_t)atoi(value) : 0;
}

struct sockaddr_in at(uint16_t where)
{
	struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
	CHECK(getaddrinfo(host, NULL, &hints, &found) == 0);
	struct sockaddr_in address = *(struct sockaddr_in *)found->ai_addr;
	freeaddrinfo(found);
	address.sin_port = htons(where);
	return address;
}

struct sockaddr_in6 mapped(uint16_t where)
{
	struct sockaddr_in plain = at(where);
	struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = plain.sin_port};
	address.sin6_addr.s6_addr[10] = address.sin6_addr.s6_addr[11] = 0xff;
	memcpy(&address.sin6_addr.s6_addr[12], &plain.sin_addr, 4);
	return address;
}

void echo(int fd)
{
	char back[8] = "";
	CHECK(write(fd, "hello", 5) == 5);
	for (size_t got = 0; got < 5;) {
		CHECK(await(fd, POLLIN) & POLLIN);
		ssize_t n = read(fd, back + got, sizeof back - got);
		CHECK(n > 0);
		got += (size_t)n;
	}
	CHECK(strcmp(back, "hello") == 0);
}

short await(int fd, short events)
{
	struct pollfd ready = {.fd = fd, .events = events};
	int n;
	while ((n = poll(&ready, 1, 50000)) < 0 && errno == EINTR)
		;
	CHECK(n == 1);
	return ready.revents;
}

int pending_error(int fd)
{
	int error;
	socklen_t size = sizeof error;
	CHECK(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0);
	return error;
}

static void list(void)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct mode *mode = tables[i]; mode->name; mode++)
			puts(mode->name);
}

int main(int count, char **words)
{
	const char *wanted = count > 1 ? words[1] : "list";
	if (strcmp(wanted, "list") == 0) {
		list();
		return 0;
	}
	host = getenv("HOST");
	CHECK(host);
	port = port_of("PORT");
	udp_port = port_of("UDP_PORT");
	inet_pton(AF_INET, "203.0.113.53", &name_server.sin_addr);
	name_server.sin_port = htons(53);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct mode *mode = tables[i]; mode->name; mode++)
			if (strcmp(mode->name, wanted) == 0) {
				mode->run();
				printf("%s: ok\n", wanted);
				return 0;
			}
	fprintf(stderr, "no mode %s\n", wanted);
	return 2;
}
