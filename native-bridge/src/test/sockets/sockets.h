/*
 * What programs do with sockets, one way each: `sockets MODE` prints "MODE: ok", or what was not as it is without `tailnet-agent exec`.
 */
#ifndef SOCKETS_H
#define SOCKETS_H

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct mode {
	const char *name;
	void (*run)(void);
};

extern const struct mode tcp_modes[], name_modes[], datagram_modes[], process_modes[];

/* A host by name or address (HOST), and the ports there that send back what they get, by TCP (PORT) and UDP (UDP_PORT), all from the environment. */
extern const char *host;
extern uint16_t port, udp_port;

/* Others that the environment may name. */
uint16_t port_of(const char *variable);

/* Where a name server would be, if there were any. */
extern struct sockaddr_in name_server;

/* Ends the program with a complaint, unless it holds. */
#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)
void check(bool holds, const char *condition, const char *file, int line);

/* The host's address with a port; by getaddrinfo(3). */
struct sockaddr_in at(uint16_t port);

/* The same as an IPv6 socket has it (::ffff:a.b.c.d). */
struct sockaddr_in6 mapped(uint16_t port);

/* Sends a word through a connection and checks that it comes back. */
void echo(int fd);

/* Returns once a descriptor is ready for these events of poll(2). */
short await(int fd, short events);

int pending_error(int fd);

/* A query of one question for the host: writes it, returns its length. */
size_t query(uint8_t *message, uint16_t id, uint16_t type);

/* Checks that a message answers query(id, A) with the host's address. */
void check_answer(const uint8_t *message, ssize_t length, uint16_t id);

#endif
