// Scenarios for libtailscale's C API, written against tailscale.h alone.
// Usage: TEST_AUTHKEY=... libtailscale-test SCENARIO CONTROL-URL DIRECTORY

#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tailscale.h"

static const char *control_url;
static const char *directory;
static const char *auth_key;

static _Noreturn void fail(const char *format, ...) {
	va_list arguments;
	va_start(arguments, format);
	vfprintf(stdout, format, arguments);
	va_end(arguments);
	fprintf(stdout, "\n");
	fflush(stdout);
	exit(1);
}

static const char *message(tailscale sd) {
	static _Thread_local char buffer[512];
	if (tailscale_errmsg(sd, buffer, sizeof buffer) != 0) {
		return "no message";
	}
	return buffer;
}

static void check(tailscale sd, int result, const char *what) {
	if (result != 0) {
		fail("%s returned %d: %s", what, result, message(sd));
	}
}

static tailscale new_node(const char *hostname, const char *url) {
	char dir[512];
	snprintf(dir, sizeof dir, "%s/%s", directory, hostname);
	tailscale sd = tailscale_new();
	if (sd <= 0) {
		fail("tailscale_new returned %d", sd);
	}
	check(sd, tailscale_set_dir(sd, dir), "tailscale_set_dir");
	check(sd, tailscale_set_hostname(sd, hostname), "tailscale_set_hostname");
	check(sd, tailscale_set_authkey(sd, auth_key), "tailscale_set_authkey");
	check(sd, tailscale_set_control_url(sd, url), "tailscale_set_control_url");
	check(sd, tailscale_set_ephemeral(sd, 1), "tailscale_set_ephemeral");
	check(sd, tailscale_set_logfd(sd, -1), "tailscale_set_logfd");
	return sd;
}

static tailscale up(const char *hostname) {
	tailscale sd = new_node(hostname, control_url);
	check(sd, tailscale_up(sd), "tailscale_up");
	return sd;
}

// first_ip stores the IPv4 address, which tailscale_getips names first.
static void first_ip(tailscale sd, char *ip, size_t length) {
	char ips[128];
	check(sd, tailscale_getips(sd, ips, sizeof ips), "tailscale_getips");
	char *comma = strchr(ips, ',');
	if (comma == NULL) {
		fail("tailscale_getips names one address only: %s", ips);
	}
	*comma = 0;
	if (strchr(ips, '.') == NULL || strchr(comma + 1, ':') == NULL) {
		fail("tailscale_getips names no IPv4 and IPv6 address: %s,%s", ips, comma + 1);
	}
	snprintf(ip, length, "%s", ips);
	char tiny[2];
	int result = tailscale_getips(sd, tiny, sizeof tiny);
	if (result != ERANGE && result != -ERANGE) {
		fail("tailscale_getips into two bytes returned %d, not ERANGE", result);
	}
}

// read_all reads up to the end of the stream, blocking descriptor or not.
static size_t read_all(int fd, char *buffer, size_t size) {
	size_t length = 0;
	for (;;) {
		struct pollfd readable = {.fd = fd, .events = POLLIN};
		if (poll(&readable, 1, 20000) != 1) {
			fail("nothing to read for 20 s after %zu bytes", length);
		}
		ssize_t n = read(fd, buffer + length, size - length);
		if (n == 0) {
			return length;
		}
		if (n < 0 && errno != EAGAIN) {
			fail("read: %s", strerror(errno));
		}
		length += n < 0 ? 0 : (size_t)n;
	}
}

static void write_all(int fd, const char *data, size_t length) {
	while (length > 0) {
		ssize_t n = write(fd, data, length);
		if (n < 0 && errno == EAGAIN) {
			struct pollfd writable = {.fd = fd, .events = POLLOUT};
			poll(&writable, 1, 20000);
			continue;
		}
		if (n < 0) {
			fail("write: %s", strerror(errno));
		}
		data += n;
		length -= (size_t)n;
	}
}

struct server {
	tailscale sd;
	tailscale_listener listener;
	char peer[64]; // the address that every client must have
};

// dial retries while the nodes have yet to hear of one another.
static tailscale_conn dial(tailscale sd, const char *address) {
	tailscale_conn conn;
	int result = -1;
	for (int attempt = 0; attempt < 50; attempt++) {
		result = tailscale_dial(sd, "tcp", address, &conn);
		if (result == 0) {
			return conn;
		}
		nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
	}
	check(sd, result, "tailscale_dial");
	return -1;
}

#define ECHO_BYTES 300000

// serve_echo reads a connection to its end before it answers: only half-close lets it.
static void *serve_echo(void *argument) {
	struct server *server = argument;
	tailscale_conn conn;
	check(server->sd, tailscale_accept(server->listener, &conn), "tailscale_accept");
	char *buffer = malloc(ECHO_BYTES + 1);
	size_t length = read_all(conn, buffer, ECHO_BYTES + 1);
	write_all(conn, buffer, length);
	write_all(conn, "bye", 3);
	free(buffer);
	close(conn);
	return NULL;
}

static void scenario_echo(void) {
	struct server server = {.sd = up("c-echo-server")};
	tailscale client = up("c-echo-client");
	char ip[64], address[80];
	first_ip(server.sd, ip, sizeof ip);
	check(server.sd, tailscale_listen(server.sd, "tcp", ":7000", &server.listener), "tailscale_listen");
	pthread_t thread;
	pthread_create(&thread, NULL, serve_echo, &server);

	snprintf(address, sizeof address, "%s:7000", ip);
	tailscale_conn conn = dial(client, address);
	char *sent = malloc(ECHO_BYTES), *received = malloc(ECHO_BYTES + 4);
	for (size_t i = 0; i < ECHO_BYTES; i++) {
		sent[i] = (char)(i * 31 + i / 251);
	}
	write_all(conn, sent, ECHO_BYTES);
	if (shutdown(conn, SHUT_WR) != 0) {
		fail("shutdown: %s", strerror(errno));
	}
	size_t length = read_all(conn, received, ECHO_BYTES + 4);
	if (length != ECHO_BYTES + 3 || memcmp(sent, received, ECHO_BYTES) != 0 ||
	    memcmp(received + ECHO_BYTES, "bye", 3) != 0) {
		fail("%zu bytes came back, or others", length);
	}
	close(conn);
	pthread_join(thread, NULL);
	close(server.listener);

	tailscale_conn refused;
	snprintf(address, sizeof address, "%s:7999", ip);
	if (tailscale_dial(client, "tcp", "127.0.0.1:22", &refused) == 0) {
		fail("tailscale_dial reached the host itself");
	}
	check(client, tailscale_close(client), "tailscale_close");
	check(server.sd, tailscale_close(server.sd), "tailscale_close");
	free(sent);
	free(received);
}

static void scenario_remote_addresses(void) {
	tailscale server = up("c-addr-server");
	tailscale client = up("c-addr-client");
	char server_ip[64], client_ip[64], address[80];
	first_ip(server, server_ip, sizeof server_ip);
	first_ip(client, client_ip, sizeof client_ip);
	tailscale_listener listener;
	check(server, tailscale_listen(server, "tcp", ":7001", &listener), "tailscale_listen");
	snprintf(address, sizeof address, "%s:7001", server_ip);

	tailscale_conn dialed[3], accepted[3];
	for (int i = 0; i < 3; i++) {
		dialed[i] = dial(client, address);
		check(server, tailscale_accept(listener, &accepted[i]), "tailscale_accept");
	}
	for (int i = 0; i < 3; i++) {
		char remote[64];
		check(server, tailscale_getremoteaddr(listener, accepted[i], remote, sizeof remote),
		      "tailscale_getremoteaddr");
		if (strcmp(remote, client_ip) != 0) {
			fail("connection %d comes from %s, not from %s", i, remote, client_ip);
		}
		char tiny[2];
		if (tailscale_getremoteaddr(listener, accepted[i], tiny, sizeof tiny) == 0) {
			fail("tailscale_getremoteaddr wrote into two bytes");
		}
	}
	for (int i = 0; i < 3; i++) {
		close(dialed[i]);
		close(accepted[i]);
	}
	char remote[64];
	if (tailscale_getremoteaddr(listener, 999, remote, sizeof remote) == 0) {
		fail("tailscale_getremoteaddr knows a connection that never was: %s", remote);
	}
	close(listener);
	check(client, tailscale_close(client), "tailscale_close");
	check(server, tailscale_close(server), "tailscale_close");
}

static void scenario_loopback(void) {
	tailscale sd = up("c-loopback");
	char address[64], proxy[33], local_api[33];
	check(sd, tailscale_loopback(sd, address, sizeof address, proxy, local_api), "tailscale_loopback");
	if (strncmp(address, "127.0.0.1:", 10) != 0 || strlen(proxy) != 32 || strlen(local_api) != 32) {
		fail("tailscale_loopback said %s, %zu and %zu bytes of credentials", address, strlen(proxy),
		     strlen(local_api));
	}
	check(sd, tailscale_close(sd), "tailscale_close");
}

static void scenario_bad_key(void) {
	tailscale sd = new_node("c-bad-key", control_url);
	int result = tailscale_up(sd);
	if (result == 0) {
		fail("tailscale_up succeeded");
	}
	printf("up says: %s\n", message(sd));
	check(sd, tailscale_close(sd), "tailscale_close");
}

static void *call_up(void *argument) {
	return (void *)(intptr_t)tailscale_up(*(tailscale *)argument);
}

static void scenario_close_during_up(void) {
	// Nobody listens there, so that up would wait for ever.
	tailscale sd = new_node("c-close", "http://127.0.0.1:9");
	pthread_t thread;
	pthread_create(&thread, NULL, call_up, &sd);
	nanosleep(&(struct timespec){.tv_nsec = 700000000}, NULL);
	if (pthread_tryjoin_np(thread, NULL) == 0) {
		fail("tailscale_up returned although nobody answers");
	}
	struct timespec deadline;
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += 8;
	tailscale_close(sd);
	void *result;
	if (pthread_timedjoin_np(thread, &result, &deadline) != 0) {
		fail("tailscale_up still waits 8 s after tailscale_close");
	}
	if (result == NULL) {
		fail("tailscale_up succeeded");
	}
}

static void expect_error(int result, const char *what, tailscale sd) {
	if (result == 0) {
		fail("%s(%d) succeeded", what, sd);
	}
}

static void scenario_wrong_handles(void) {
	tailscale closed = tailscale_new();
	check(closed, tailscale_close(closed), "tailscale_close");
	tailscale handles[] = {0, -1, 4711, closed};
	for (size_t i = 0; i < sizeof handles / sizeof *handles; i++) {
		tailscale sd = handles[i];
		char buffer[64], credential[33];
		int fd;
		expect_error(tailscale_start(sd), "tailscale_start", sd);
		expect_error(tailscale_up(sd), "tailscale_up", sd);
		expect_error(tailscale_close(sd), "tailscale_close", sd);
		expect_error(tailscale_set_dir(sd, "/tmp"), "tailscale_set_dir", sd);
		expect_error(tailscale_set_hostname(sd, "x"), "tailscale_set_hostname", sd);
		expect_error(tailscale_set_authkey(sd, "x"), "tailscale_set_authkey", sd);
		expect_error(tailscale_set_control_url(sd, "http://x"), "tailscale_set_control_url", sd);
		expect_error(tailscale_set_ephemeral(sd, 1), "tailscale_set_ephemeral", sd);
		expect_error(tailscale_set_logfd(sd, -1), "tailscale_set_logfd", sd);
		expect_error(tailscale_getips(sd, buffer, sizeof buffer), "tailscale_getips", sd);
		expect_error(tailscale_dial(sd, "tcp", "100.64.0.1:1", &fd), "tailscale_dial", sd);
		expect_error(tailscale_listen(sd, "tcp", ":1", &fd), "tailscale_listen", sd);
		expect_error(tailscale_accept(sd, &fd), "tailscale_accept", sd);
		expect_error(tailscale_getremoteaddr(sd, 3, buffer, sizeof buffer), "tailscale_getremoteaddr", sd);
		expect_error(tailscale_loopback(sd, buffer, sizeof buffer, credential, credential),
			     "tailscale_loopback", sd);
		expect_error(tailscale_enable_funnel_to_localhost_plaintext_http1(sd, 80), "tailscale_enable_funnel", sd);
		expect_error(tailscale_errmsg(sd, buffer, sizeof buffer), "tailscale_errmsg", sd);
	}
}

int main(int argc, char **argv) {
	if (argc != 4 || (auth_key = getenv("TEST_AUTHKEY")) == NULL) {
		fail("usage: TEST_AUTHKEY=... %s SCENARIO CONTROL-URL DIRECTORY", argv[0]);
	}
	control_url = argv[2];
	directory = argv[3];
	static const struct {
		const char *name;
		void (*run)(void);
	} scenarios[] = {
	    {"echo", scenario_echo},
	    {"remote-addresses", scenario_remote_addresses},
	    {"loopback", scenario_loopback},
	    {"bad-key", scenario_bad_key},
	    {"close-during-up", scenario_close_during_up},
	    {"wrong-handles", scenario_wrong_handles},
	};
	for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
		if (strcmp(scenarios[i].name, argv[1]) == 0) {
			scenarios[i].run();
			printf("%s: ok\n", argv[1]);
			return 0;
		}
	}
	fail("no scenario %s", argv[1]);
}
