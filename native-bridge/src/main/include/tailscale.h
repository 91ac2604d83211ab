// tailscale.h: the C interface of libtailscale, as this library provides it.
//
// A tailscale is a node of a tailnet inside this process: no TUN device, no privilege, its network stack in user space.
// Programs written against the header of the same name in the libtailscale project compile and link unchanged. What
// differs is said at each function.
//
// Unless stated otherwise a function returns 0 on success and -1 on failure, and tailscale_errmsg, called next on the
// same thread, has the reason in words. Every function may be called from any thread.

#ifndef TAILSCALE_H
#define TAILSCALE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// A node. Handles are positive and never used twice in a process: that of a closed node stays invalid.
typedef int tailscale;

// A stream socket that carries one connection: read, write, shutdown and close it as usual. Each direction ends on its
// own. Connections of "udp" networks are sequenced packets: one read or write is one datagram.
typedef int tailscale_conn;

// A socket on which connections arrive: poll it for readability and call tailscale_accept; close(2) ends it.
typedef int tailscale_listener;

// Makes a node and returns its handle. Nothing touches the network before the start.
extern tailscale tailscale_new(void);

// Joins the tailnet without waiting for it. Optional: dial, listen, up and loopback start the node themselves.
extern int tailscale_start(tailscale sd);

// Joins the tailnet and waits until the node is usable. It fails when the control server rejects the node, and ends with
// -1 when another thread closes the node.
extern int tailscale_up(tailscale sd);

// Closes the node, its connections and its listeners, and waits until it is gone; an ephemeral node logs out first.
// EBADF if sd is no open node.
extern int tailscale_close(tailscale sd);

// Options, to be set before the start; afterwards they fail.

// The directory of the node's state. Default: tsnet-<program> in the user's configuration directory.
extern int tailscale_set_dir(tailscale sd, const char *dir);
// The name to ask for. Default: the program's name.
extern int tailscale_set_hostname(tailscale sd, const char *hostname);
// The auth key to log in with, if a login is needed. Default: TS_AUTHKEY or TS_AUTH_KEY of the environment.
extern int tailscale_set_authkey(tailscale sd, const char *authkey);
// The control server. Default: Tailscale's.
extern int tailscale_set_control_url(tailscale sd, const char *control_url);
// Not 0: the tailnet forgets the node when it is gone.
extern int tailscale_set_ephemeral(tailscale sd, int ephemeral);
// Where log lines go; -1 discards them. May be changed at any time. The library duplicates fd.
extern int tailscale_set_logfd(tailscale sd, int fd);

// Writes the node's addresses, separated by commas and ending in NUL, to buf: empty before the node has any. EBADF if sd
// is no open node; ERANGE if buf is too short.
extern int tailscale_getips(tailscale sd, char *buf, size_t buflen);

// Opens a connection to a node of the tailnet, or behind one. network is "tcp" or "udp", with a 4 or 6 appended to ask
// for a family; addr is "host:port", the host a name or an address. It never leaves through the host's own network, and
// waits for the node to run.
extern int tailscale_dial(tailscale sd, const char *network, const char *addr, tailscale_conn *conn_out);

// Listens on the tailnet. addr is "host:port" with the host empty or an address of the node.
extern int tailscale_listen(tailscale sd, const char *network, const char *addr, tailscale_listener *listener_out);

// Waits for the next connection of a listener. EBADF if listener is none.
extern int tailscale_accept(tailscale_listener listener, tailscale_conn *conn_out);

// Writes the address, without port, that an accepted connection comes from, ending in NUL. It works for every accepted
// connection and any duplicate of its descriptor. EBADF if conn was not accepted from listener; ERANGE if buf is too
// short.
extern int tailscale_getremoteaddr(tailscale_listener listener, tailscale_conn conn, char *buf, size_t buflen);

// Starts a server on a loopback address, or tells about the one that runs: a SOCKS5 proxy into the tailnet (user
// "tsnet", password proxy_cred) and the LocalAPI (HTTP, with the header "Sec-Tailscale: localapi" and local_api_cred as
// the password of basic authentication). The two credentials are 32 characters and NUL: both must have room for 33.
extern int tailscale_loopback(tailscale sd, char *addr_out, size_t addrlen, char *proxy_cred_out,
                              char *local_api_cred_out);

// Serves the internet on https://<node>.<tailnet> and passes each request on to http://127.0.0.1:localhostPort, without
// authentication. The tailnet must allow funnel and HTTPS for the node.
extern int tailscale_enable_funnel_to_localhost_plaintext_http1(tailscale sd, int localhostPort);

// Writes why the last call on this thread for this node failed, ending in NUL: empty if it did not. EBADF if sd is no
// open node; ERANGE if buf is too short, which then holds what fits.
extern int tailscale_errmsg(tailscale sd, char *buf, size_t buflen);

#ifdef __cplusplus
}
#endif

#endif
