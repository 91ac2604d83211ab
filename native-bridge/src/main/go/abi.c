// abi.c: the exported functions. They are here, not in Go, so that the compiler checks them against the headers, and so
// that errors live in a slot of the calling thread, like errno. Each passes its work on to abi.go.

#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "_cgo_export.h"
#include "abi.h"

static _Thread_local struct {
	int sd;
	char text[1024];
} last_error;

void abi_set_error(int sd, const char *text, size_t length) {
	if (length >= sizeof last_error.text) {
		length = sizeof last_error.text - 1;
	}
	last_error.sd = sd;
	memcpy(last_error.text, text, length);
	last_error.text[length] = 0;
}

static void clear_error(int sd) {
	if (last_error.sd == sd) {
		last_error.sd = 0;
	}
}

static int copy_out(const char *text, char *buf, size_t buflen) {
	if (buf == NULL || buflen == 0) {
		return ERANGE;
	}
	size_t length = strlen(text);
	if (length < buflen) {
		memcpy(buf, text, length + 1);
		return 0;
	}
	memcpy(buf, text, buflen - 1);
	buf[buflen - 1] = 0;
	return ERANGE;
}

tailscale tailscale_new(void) { return go_new(); }

int tailscale_errmsg(tailscale sd, char *buf, size_t buflen) {
	if (!go_is_open(sd)) {
		if (buf != NULL && buflen > 0) {
			buf[0] = 0;
		}
		return EBADF;
	}
	return copy_out(last_error.sd == sd ? last_error.text : "", buf, buflen);
}

int tailscale_start(tailscale sd) {
	clear_error(sd);
	return go_start(sd);
}

int tailscale_up(tailscale sd) {
	clear_error(sd);
	return go_up(sd);
}

int tailscale_close(tailscale sd) { return go_close(sd); }

int tailscale_set_dir(tailscale sd, const char *dir) {
	clear_error(sd);
	return go_set_dir(sd, (char *)dir);
}

int tailscale_set_hostname(tailscale sd, const char *hostname) {
	clear_error(sd);
	return go_set_hostname(sd, (char *)hostname);
}

int tailscale_set_authkey(tailscale sd, const char *authkey) {
	clear_error(sd);
	return go_set_authkey(sd, (char *)authkey);
}

int tailscale_set_control_url(tailscale sd, const char *control_url) {
	clear_error(sd);
	return go_set_control_url(sd, (char *)control_url);
}

int tailscale_set_ephemeral(tailscale sd, int ephemeral) {
	clear_error(sd);
	return go_set_ephemeral(sd, ephemeral);
}

int tailscale_set_logfd(tailscale sd, int fd) {
	clear_error(sd);
	return go_set_logfd(sd, fd);
}

int tailscale_getips(tailscale sd, char *buf, size_t buflen) {
	clear_error(sd);
	char text[256];
	int result = go_getips(sd, text, sizeof text);
	return result != 0 ? result : copy_out(text, buf, buflen);
}

int tailscale_dial(tailscale sd, const char *network, const char *addr, tailscale_conn *conn_out) {
	clear_error(sd);
	return go_dial(sd, (char *)network, (char *)addr, conn_out);
}

int tailscale_listen(tailscale sd, const char *network, const char *addr, tailscale_listener *listener_out) {
	clear_error(sd);
	return go_listen(sd, (char *)network, (char *)addr, listener_out);
}

// Only C waits here: it costs no thread of Go's.
int tailscale_accept(tailscale_listener listener, tailscale_conn *conn_out) {
	int sd = go_listener_node(listener);
	if (sd == 0) {
		return EBADF;
	}
	clear_error(sd);
	char byte;
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec data = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {
	    .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	ssize_t count;
	do {
		count = recvmsg(listener, &message, MSG_CMSG_CLOEXEC);
	} while (count < 0 && errno == EINTR);
	if (count < 0) {
		int reason = errno;
		const char *text = strerror(reason);
		abi_set_error(sd, text, strlen(text));
		errno = reason;
		return -1;
	}
	struct cmsghdr *header = count == 0 ? NULL : CMSG_FIRSTHDR(&message);
	if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(int))) {
		static const char text[] = "the listener was closed";
		abi_set_error(sd, text, sizeof text - 1);
		return -1;
	}
	memcpy(conn_out, CMSG_DATA(header), sizeof(int));
	return 0;
}

int tailscale_getremoteaddr(tailscale_listener listener, tailscale_conn conn, char *buf, size_t buflen) {
	char text[64];
	int result = go_getremoteaddr(listener, conn, text, sizeof text);
	return result != 0 ? result : copy_out(text, buf, buflen);
}

int tailscale_loopback(tailscale sd, char *addr_out, size_t addrlen, char *proxy_cred_out, char *local_api_cred_out) {
	clear_error(sd);
	return go_loopback(sd, addr_out, addrlen, proxy_cred_out, local_api_cred_out);
}

int tailscale_enable_funnel_to_localhost_plaintext_http1(tailscale sd, int localhostPort) {
	clear_error(sd);
	return go_funnel(sd, localhostPort);
}

int tailnet_abi_version(void) { return TAILNET_ABI_VERSION; }

const char *tailnet_version(void) { return go_version(); }

const char *tailnet_build(void) { return go_build(); }

int tailnet_set_option(tailscale sd, const char *name, const char *value) {
	clear_error(sd);
	return go_set_option(sd, (char *)name, (char *)value);
}

int tailnet_login(tailscale sd, const char *credential) {
	clear_error(sd);
	return go_login(sd, (char *)credential);
}

int tailnet_events(tailscale sd) {
	clear_error(sd);
	return go_events(sd);
}

int tailnet_start(tailscale sd) {
	clear_error(sd);
	return go_start_async(sd);
}

int tailnet_close(tailscale sd) { return go_close_async(sd); }

int tailnet_route(tailscale sd, uint64_t high, uint64_t low) {
	clear_error(sd);
	return go_route(sd, high, low);
}

int tailnet_resolve(tailscale sd, uint64_t id, const char *name, int timeout_ms) {
	clear_error(sd);
	return go_resolve(sd, id, (char *)name, timeout_ms);
}

int tailnet_query(tailscale sd, uint64_t id, const void *message, size_t length, int timeout_ms) {
	clear_error(sd);
	return go_query(sd, id, (void *)message, length, timeout_ms);
}

int tailnet_resolve_in_tailnet(tailscale sd, uint64_t id, const char *name, int timeout_ms) {
	clear_error(sd);
	return go_resolve_in_tailnet(sd, id, (char *)name, timeout_ms);
}

int tailnet_dial(tailscale sd, uint64_t id, int via, const char *ip, int port, int timeout_ms) {
	clear_error(sd);
	return go_dial_async(sd, id, via, (char *)ip, port, timeout_ms);
}

int tailnet_relay(tailscale sd, uint64_t id, int client_fd, const void *early, size_t early_len, int idle_timeout_ms) {
	clear_error(sd);
	return go_relay(sd, id, client_fd, (void *)early, early_len, idle_timeout_ms);
}

int tailnet_relay_fds(tailscale sd, uint64_t id, int client_fd, int target_fd, const void *early, size_t early_len,
                      const void *answer, size_t answer_len, int idle_timeout_ms) {
	clear_error(sd);
	return go_relay_fds(sd, id, client_fd, target_fd, (void *)early, early_len, (void *)answer, answer_len, idle_timeout_ms);
}

int tailnet_cancel(tailscale sd, uint64_t id) {
	clear_error(sd);
	return go_cancel(sd, id);
}

int tailnet_datagrams(tailscale sd, int max_flows) {
	clear_error(sd);
	return go_datagrams(sd, max_flows);
}

int tailnet_expose(tailscale sd, const char *table) {
	clear_error(sd);
	return go_expose(sd, (char *)table);
}

int tailnet_judge(tailscale sd, uint64_t id, int allowed) {
	clear_error(sd);
	return go_judge(sd, id, allowed);
}

int tailnet_localapi(tailscale sd) {
	clear_error(sd);
	return go_localapi(sd);
}

int tailnet_serve_localapi(tailscale sd, int client_fd, int others) {
	clear_error(sd);
	return go_serve_localapi(sd, client_fd, others);
}

int tailnet_stats(tailscale sd, struct tailnet_stats *out) {
	clear_error(sd);
	return go_stats(sd, out);
}

int tailnet_traffic(tailscale sd, int which, struct tailnet_traffic *out, int capacity) {
	clear_error(sd);
	return go_traffic(sd, which, out, capacity);
}

int tailnet_scrub(const char *secret) { return go_scrub((char *)secret); }

int abi_overwrite(uintptr_t start, uintptr_t end, const char *secret, size_t length) {
	int count = 0;
	char *at = (char *)start;
	while ((at = memmem(at, end - (uintptr_t)at, secret, length)) != NULL) {
		memset(at, 'x', length);
		at += length;
		count++;
	}
	return count;
}
