// tailnet_bridge.h: extensions of libtailscale for a process that runs an event loop.
//
// The functions of tailscale.h block and hand out one file descriptor per connection. The functions here start
// something and return at once; what comes of it arrives as a frame on the server's event stream. Every function
// takes the handle that tailscale_new returned, may be called from any thread, and answers a wrong, stale or closed
// handle with -EBADF. Unless stated otherwise the result is 0 or a negative errno value, and tailscale_errmsg, called
// on the same thread, has the words for it.

#ifndef TAILNET_BRIDGE_H
#define TAILNET_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

#include "tailscale.h"

#ifdef __cplusplus
extern "C" {
#endif

// The version of this interface. It changes whenever a caller built against the older one could misbehave.
#define TAILNET_ABI_VERSION 5

// Returns the TAILNET_ABI_VERSION that the library was built with.
int tailnet_abi_version(void);

// Returns "tailscale.com vX.Y.Z" as a static string that the caller does not free.
const char *tailnet_version(void);

// Returns {"tailscale":"X.Y.Z","go":"goX.Y.Z","cap":N} as a static string that the caller does not free; cap is the version of
// tailscale's protocol.
const char *tailnet_build(void);

// Sets an option before tailnet_start. Options, beside those with a function of their own in tailscale.h:
//   tags            comma-separated ACL tags ("tag:ci,tag:web")
//   accept-routes   "true" (default) or "false": use subnet routes that peers advertise
//   accept-dns      "true" (default) or "false": use the DNS settings of the tailnet
//   advertise-routes  comma-separated networks that peers may reach through this node, once the control server approves
//   shields-up      "auto" (default): drop connections from the tailnet while nothing is exposed and no route advertised;
//                   "true" always, "false" never
//   port            UDP port of WireGuard (default 0: any)
//   state           "memory" or "dir" (default): keep the node's state in memory, or in tailscaled.state (0600) under
//                   the directory of tailscale_set_dir (0700). In memory, that directory is where temporary files go
//   time-wait-ms    how long a closed tailnet TCP connection holds its ports and memory (default 1000)
//   self-proxy      comma-separated host:port of this process's own proxies: when HTTP_PROXY or HTTPS_PROXY names one of
//                   them, the node reaches its control server without it
//   self-dns        comma-separated address:port of this process's own DNS listeners: never asked when /etc/resolv.conf
//                   names them
//   exit-node       name or address of the peer that carries what the tailnet has no other route for; used as soon as it
//                   is known and offers to, which TAILNET_EXIT_NODE tells
//   upstream-proxy  URL of the proxy that leads to the control server and the relays (http, https, socks5, socks5h, with user
//                   and password if need be), in place of those of HTTP_PROXY and HTTPS_PROXY. One for all nodes of the
//                   process: the last to start decides
//   operator        user, by name or number, who may change the node as well (tailnet_serve_localapi)
//   no-proxy        comma-separated hosts that upstream-proxy is not used for, in the syntax of NO_PROXY
//   yielding        comma-separated names among hostname, control-url, tags, accept-routes, accept-dns, advertise-routes,
//                   exit-node and shields-up: these are but defaults, and what was changed in the node while it ran
//                   (tailscale set) and is in its state holds
// After tailscale_start, and what implies it, accept-routes and shields-up default to "false", as in libtailscale.
// -EINVAL names the unknown option or the bad value; -EBUSY after tailnet_start.
int tailnet_set_option(tailscale sd, const char *name, const char *value);

// Logs in with a credential: before tailnet_start for when the start needs it, afterwards at once, though the node is up or
// another login under way. The credential is text, a line for each part:
//   auth-key KEY            or an OAuth client's secret, as everywhere in tailscale
//   client-secret SECRET    of an OAuth client: an auth key is made with it, for which the node needs tags
//   client-id ID            of a federated identity, for which an auth key is made likewise, with one of
//   id-token TOKEN          what the platform says this workload is
//   audience AUDIENCE       whom such a token is asked for (GitHub Actions and Google Cloud)
// Without a line it asks the control server for the page where a person logs the node in. SECRET and ID may have attributes,
// as for tailscale: ID?ephemeral=false&preauthorized=true. TAILNET_NOTIFY tells what comes of it. -EAGAIN before
// TAILNET_STARTED.
int tailnet_login(tailscale sd, const char *credential);

// Returns a non-blocking file descriptor, now the caller's, from which the frames below are read. One per server;
// ask for it before tailnet_start so that nothing is missed. It ends (EOF) once the server is closed and gone.
int tailnet_events(tailscale sd);

// Starts the node: returns at once. TAILNET_STARTED follows, then TAILNET_NOTIFY for each notification of the IPN bus
// from the first on.
int tailnet_start(tailscale sd);

// Closes the node: returns at once. Tunnels end, an ephemeral node logs out (at most 5 s); then TAILNET_STOPPED, then
// the end of the event stream. tailscale_close does the same and waits for it.
int tailnet_close(tailscale sd);

// A frame is a header of 16 bytes, every number in network byte order, and `length - 12` bytes of payload:
//   0 uint32 length   what follows this field, in bytes
//   4 uint8  type     TAILNET_DIALED ...
//   5 uint8  code     an outcome (enum tailnet_code), or as the type says
//   6 uint16 zero
//   8 uint64 id       the caller's number of the operation; 0 where there is none
enum tailnet_frame {
	TAILNET_STARTED = 1,  // code; payload: the error in words
	TAILNET_STOPPED = 2,  // code; payload: the error in words
	TAILNET_NOTIFY = 3,   // payload: one ipn.Notify as JSON (no netmap: ask the LocalAPI for status); or, of this library,
	                      // {"NodeRemoved": "words"} when the control server does not know the node any more, "" when it does;
	                      // {"CredentialTrouble": "words", "CredentialRefused": bool} when no auth key can be had for a
	                      // credential, for good or for the time being; "" when it can
	TAILNET_LOG = 4,      // code: 0 debug, 1 info, 2 warning, 3 error; payload: one line of UTF-8. Warnings of one kind are
	                      // warnings three times, then once in ten minutes, in between info
	TAILNET_DIALED = 5,   // id, code; payload: on failure the error in words
	TAILNET_CLOSED = 6,   // id, code; payload: uint64 bytes up (from the client), uint64 bytes down, the error in words
	TAILNET_RESOLVED = 7, // id, code; payload: uint8 source (enum tailnet_source; 0 nobody), uint32 time to live in
	                      // seconds (of a name that does not exist too; or TAILNET_TTL_UNKNOWN), uint8 count, per
	                      // address uint8 length (4 or 16) and its bytes; uint8 count of other names that the host goes by
	                      // (the full one of a short name asked for, and the other way round), per name uint8 length and its
	                      // bytes; then, on success, the servers that were asked as far as known, comma-separated, else the
	                      // error in words
	TAILNET_ANSWERED = 8, // id, code; payload: on success uint8 source, uint8 length and the servers that were asked,
	                      // comma-separated, then the DNS response; else the error in words
	TAILNET_CHANGED = 9,  // peers, routes, DNS settings or preferences have changed: forget what was looked up before
	TAILNET_EXIT_NODE = 10, // payload: what the wanted exit node is called, empty when none is wanted any more, a line feed, and
	                        // why it is not in use, in words; empty when it is. It is wanted by the option, or by
	                        // whoever has set the preference since
	// Connections from the tailnet. Their ids are the library's own, and of another series than the caller's.
	TAILNET_ACCEPTED = 20, // id; payload: the connection, as tailnet_expose says
	TAILNET_REJECTED = 21, // id, code; payload: the connection, then the error in words
	TAILNET_ENDED = 22,    // id, code; payload: uint64 bytes up (from the peer), uint64 bytes down, the error in words
	TAILNET_ASKED = 23,    // id; payload: the connection. It waits for tailnet_judge, for 20 s
};

enum tailnet_code {
	TAILNET_OK = 0,
	TAILNET_REFUSED = 1,          // the target answered with a reset
	TAILNET_HOST_UNREACHABLE = 2, // no answer from the host, or an ICMP that says so
	TAILNET_NET_UNREACHABLE = 3,  // no route
	TAILNET_TIMEOUT = 4,          // the deadline passed
	TAILNET_NO_SUCH_NAME = 5,     // the name does not exist, or has no address
	TAILNET_NOT_OWNED = 6,        // nobody in the tailnet owns the address
	TAILNET_NODE_DOWN = 7,        // the node is not running
	TAILNET_CANCELLED = 8,        // tailnet_cancel, or the server was closed
	TAILNET_RESET = 9,            // CLOSED: the tunnel ended by a reset of either side
	TAILNET_IDLE = 10,            // CLOSED: no byte in either direction for the idle timeout
	TAILNET_RESOURCES = 11,       // out of file descriptors, ports or memory
	TAILNET_RESOLVE_FAILED = 12,  // the resolver could not tell (SERVFAIL, no server answers)
	TAILNET_DENIED = 13,          // REJECTED: not to this peer, or by tailnet_judge; DIALED: the peer's ACLs or its firewall refuse
	TAILNET_INTERNAL = 255,       // anything else; the words say what
};

enum tailnet_source {
	TAILNET_SOURCE_MAGICDNS = 1,     // the names of the tailnet's nodes
	TAILNET_SOURCE_SPLIT_DNS = 2,    // a resolver the tailnet names for a domain
	TAILNET_SOURCE_SYSTEM = 3,       // the host's resolver and hosts file
	TAILNET_SOURCE_EXTRA_RECORD = 4, // a record of the tailnet's DNS settings
	TAILNET_SOURCE_VIA = 5,          // a name that spells a 4via6 address
	TAILNET_SOURCE_GLOBAL_DNS = 6,   // a resolver the tailnet names for everything, the exit node's among them
};

// In place of a time to live.
#define TAILNET_TTL_UNKNOWN 0xffffffffu

enum tailnet_route {
	TAILNET_ROUTE_NONE = 0,      // not the tailnet's business: dial it directly, or not at all
	TAILNET_ROUTE_PEER = 1,      // an address of a node of the tailnet (this node included)
	TAILNET_ROUTE_SUBNET = 2,    // inside a subnet route that is in use
	TAILNET_ROUTE_EXIT_NODE = 3, // through the exit node in use
	TAILNET_ROUTE_UNOWNED = 4,   // in 100.64.0.0/10 or fd7a:115c:a1e0::/48, and nobody has it
};

// Ways of tailnet_dial, and of TAILNET_FLOW_OPEN.
enum tailnet_via {
	TAILNET_VIA_TAILNET = 0, // through netstack, only to what the tailnet owns (else TAILNET_NOT_OWNED)
	TAILNET_VIA_DIRECT = 1,  // from the host's own network stack
};

// Says how the tailnet would carry packets to an address: an enum tailnet_route. The address is 16 bytes as two numbers, the
// first byte the most significant; IPv4 is ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2). Never blocks.
int tailnet_route(tailscale sd, uint64_t high, uint64_t low);

// Looks a name up, the tailnet first, then the system: TAILNET_RESOLVED follows once, within timeout_ms.
int tailnet_resolve(tailscale sd, uint64_t id, const char *name, int timeout_ms);

// Passes a DNS query (RFC 1035, without the length of TCP) to whom tailnet_resolve would ask for its name, in place of the
// system the servers of /etc/resolv.conf: TAILNET_ANSWERED follows once, within timeout_ms. -EINVAL for what is no query.
int tailnet_query(tailscale sd, uint64_t id, const void *message, size_t length, int timeout_ms);

// The same in the tailnet only: TAILNET_NOT_OWNED for a name that is not the tailnet's to know.
int tailnet_resolve_in_tailnet(tailscale sd, uint64_t id, const char *name, int timeout_ms);

// Opens a TCP connection to ip:port (a literal, never a name): TAILNET_DIALED follows once, within timeout_ms. The
// connection then waits for tailnet_relay or tailnet_cancel. -EEXIST for an id in use.
int tailnet_dial(tailscale sd, uint64_t id, int via, const char *ip, int port, int timeout_ms);

// Joins client_fd to the connection dialed under id and moves bytes until both directions have ended: TAILNET_CLOSED
// follows once. The early_len bytes at early are sent to the target first. client_fd belongs to the library from here
// on, whatever is returned (on failure it is closed). Each direction ends by itself (half-close); a reset is passed on
// as a reset. idle_timeout_ms of 0 means none.
int tailnet_relay(tailscale sd, uint64_t id, int client_fd, const void *early, size_t early_len, int idle_timeout_ms);

// The same for two sockets that the caller connected, under an id not yet in use. The answer_len bytes at answer, which the
// target has said already, are sent to the client first. Both descriptors belong to the library from here on.
int tailnet_relay_fds(tailscale sd, uint64_t id, int client_fd, int target_fd, const void *early, size_t early_len,
                      const void *answer, size_t answer_len, int idle_timeout_ms);

// Ends whatever runs under id: a lookup, query or dial reports TAILNET_CANCELLED, a dialed connection is closed silently,
// a tunnel is reset and reports TAILNET_CLOSED. 0 also when the operation has just ended by itself.
int tailnet_cancel(tailscale sd, uint64_t id);

// Opens a conduit for datagrams: returns a non-blocking stream socket, now the caller's. Both sides write frames as on the
// event stream; closing the descriptor ends all that is in it, as does the end of the node.
//
// Each target has a flow of its own, up to max_flows at a time, under an id of the caller's. A flow receives from its
// target only. It ends after 30 seconds without a datagram if the target's port is 53, else after 2 minutes while nothing
// has come back, else after 5 (RFC 4787, section 4.3). An ICMP error ends no flow. Datagrams that find a queue full are
// dropped (struct tailnet_stats counts them): no flow waits for another, and nothing grows.
//
// A datagram may have up to 65,507 bytes over IPv4, 65,527 over IPv6; the tailnet carries what is longer than 1,252 or
// 1,232 bytes in fragments.
int tailnet_datagrams(tailscale sd, int max_flows);

enum tailnet_datagram_frame {
	TAILNET_FLOW_OPEN = 1,   // to the library: id, code (enum tailnet_via); payload: uint16 port, 4 or 16 bytes of address
	TAILNET_FLOW_CLOSE = 2,  // to the library: id; nothing is sent about the flow any more, save what is on its way
	TAILNET_DATAGRAM = 3,    // both ways: id; payload: the datagram, which may be empty
	TAILNET_FLOW_OPENED = 4, // from the library: id, code; payload: on failure the error in words. Once for each OPEN
	TAILNET_FLOW_CLOSED = 5, // from the library: id, code; payload: the error in words. The flow ended by itself
};

// Sets what the tailnet may connect to, the whole of it at once, before the start or at any time after: what is no longer
// exposed takes no more connections, and those it has go on. While nothing is exposed shields are up (option shields-up).
// The table is text, a line for each port:
//   (tcp|udp) (PORT|all) TARGET [from=PEER ...] [proxy-protocol]
//   (tcp|udp) PORT private
//   limit COUNT
//   judged
// TARGET is IP:PORT, localhost:PORT, or for all ports localhost (127.0.0.1, then ::1, at the port of the connection). A
// PORT that has a line of its own is not among all; a private one, such as those of this process's own servers, is not
// exposed by all. PEER is tag:NAME, user:LOGIN, node:NAME (its first label, or in full), an address or a network; with
// several, one has to fit. Tagged nodes have no user. With proxy-protocol the service is first told the peer's address by
// a header of the PROXY protocol, version 2 (tcp only). While COUNT connections are open the next one is a reset.
// With judged TAILNET_ASKED comes before anything is done about a connection that the table allows, which then waits for
// tailnet_judge; without that, nobody is asked.
// The service is dialed before the peer's connection is accepted; one that cannot be reached is a reset to the peer.
// Datagrams of one peer's port to one of ours are a connection too, which ends after 2 minutes without any.
// TAILNET_ACCEPTED and then TAILNET_ENDED follow for each connection, or TAILNET_REJECTED; for datagrams that are not let
// in at most one in 10 s per peer and port. Connections to what is not exposed are reset and reported nowhere.
// In the payloads a connection is: uint8 transport (6 TCP, 17 UDP), the peer's address and port, those it connects to,
// the service's (port 0 with the unspecified address: none was dialed), the name of the peer's node (empty when unknown),
// the login of its user (empty for a tagged node), uint8 count of its tags and each. An address is uint8 length (4 or 16),
// its bytes, and uint16 the port; a text is uint8 length and its bytes.
// -EINVAL names the line that is wrong; nothing is changed then.
int tailnet_expose(tailscale sd, const char *table);

// The verdict on a connection that TAILNET_ASKED is about: TAILNET_ACCEPTED or TAILNET_REJECTED (TAILNET_DENIED when allowed is
// 0) follow. An open one is reset when allowed is 0. Nothing happens when there is none with this id any more.
int tailnet_judge(tailscale sd, uint64_t id, int allowed);

// Opens a connection to the node's LocalAPI (HTTP/1.1, as the node itself: all permitted): returns a non-blocking file
// descriptor, now the caller's. -EAGAIN before TAILNET_STARTED.
int tailnet_localapi(tailscale sd);

// Serves the LocalAPI to a client that has connected to a unix socket of the caller's: what tailscaled.sock is to the
// tailscale command. Requests before TAILNET_STARTED wait for it. Root, the user of this process and the operator (option
// operator, or the preference OperatorUser as it is by then) may change the node, others may do what others says: who the
// client is, is asked of the kernel (SO_PEERCRED). client_fd belongs to the library from here on, whatever is returned. Nobody
// opens connections through it, unlike tailscaled's (tailscale nc).
int tailnet_serve_localapi(tailscale sd, int client_fd, int others);

enum tailnet_permission {
	TAILNET_PERMIT_NOTHING = 0,
	TAILNET_PERMIT_READ = 1,
	TAILNET_PERMIT_WRITE = 2,
};

// Sums since the server was made.
struct tailnet_stats {
	uint64_t tunnels;      // tunnels open now
	uint64_t bytes_up;     // from clients, live tunnels included
	uint64_t bytes_down;   // to clients
	uint64_t go_heap;      // bytes of live and not yet collected Go objects
	uint64_t go_sys;       // bytes the Go runtime has from the system
	uint64_t goroutines;
	uint64_t datagrams_dropped_up;   // to targets, for want of room in a queue, or because the network takes none of that size
	uint64_t datagrams_dropped_down; // to a caller that does not read
	uint64_t inbound_open;     // connections from the tailnet open now; they are not among the tunnels
	uint64_t inbound_accepted; // those that were let in
	uint64_t inbound_refused;  // those that were not
	uint64_t inbound_up;       // bytes from peers, live connections included
	uint64_t inbound_down;     // bytes to peers
};
int tailnet_stats(tailscale sd, struct tailnet_stats *out);

enum tailnet_traffic_of {
	TAILNET_TRAFFIC_TUNNELS = 0, // tunnels, by the caller's ids
	TAILNET_TRAFFIC_INBOUND = 1, // connections from the tailnet, by the library's
};

// What an open connection has moved so far.
struct tailnet_traffic {
	uint64_t id;
	uint64_t up;   // bytes from the client, or from the peer
	uint64_t down; // bytes to it
};

// Copies what each open connection of a kind (enum tailnet_traffic_of) has moved so far, in no order, up to capacity of them.
// Returns how many there are, which may be more.
int tailnet_traffic(tailscale sd, int which, struct tailnet_traffic *out, int capacity);

// Overwrites every occurrence of secret in the argument and environment strings of this process as the kernel shows
// them (/proc/self/cmdline, /proc/self/environ), and removes from the Go environment the variables that held it.
// Returns the number of occurrences.
int tailnet_scrub(const char *secret);

#ifdef __cplusplus
}
#endif

#endif
