/* Sockets other than TCP and UDP: what can be made at all counts as a way out. */
#include "attack.h"

#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/ethernet.h>
#include <arpa/inet.h>

static enum outcome made(int family, int kind, int protocol)
{
	return told("socket", socket(family, kind, protocol));
}

#define FAMILY(name, family, kind, protocol) \
	static enum outcome name(void) \
	{ \
		return made(family, kind, protocol); \
	}

FAMILY(sctp, AF_INET, SOCK_STREAM, 132)
FAMILY(sctp_many, AF_INET6, SOCK_SEQPACKET, 132)
FAMILY(mptcp, AF_INET, SOCK_STREAM, 262)
FAMILY(dccp, AF_INET, SOCK_DCCP, 33)
FAMILY(l2tp, AF_INET, SOCK_DGRAM, 115)
FAMILY(smc, 43, SOCK_STREAM, 0)
FAMILY(ping, AF_INET, SOCK_DGRAM, IPPROTO_ICMP)
FAMILY(ping6, AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6)
FAMILY(raw6, AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)
FAMILY(raw_any, AF_INET, SOCK_RAW, IPPROTO_RAW)
FAMILY(old_packet, AF_INET, SOCK_PACKET, 0)
FAMILY(vsock, AF_VSOCK, SOCK_STREAM, 0)
FAMILY(alg, AF_ALG, SOCK_SEQPACKET, 0)
FAMILY(xdp, 44, SOCK_RAW, 0)
FAMILY(tipc, AF_TIPC, SOCK_STREAM, 0)
FAMILY(can, AF_CAN, SOCK_RAW, 1)
FAMILY(bluetooth, AF_BLUETOOTH, SOCK_SEQPACKET, 0)
FAMILY(rds, AF_RDS, SOCK_SEQPACKET, 0)
FAMILY(kcm, AF_KCM, SOCK_DGRAM, 0)
FAMILY(qipcrtr, 42, SOCK_DGRAM, 0)
FAMILY(phonet, 35, SOCK_DGRAM, 0)
FAMILY(genetlink, AF_NETLINK, SOCK_RAW, NETLINK_GENERIC)
FAMILY(sock_diag, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG)
FAMILY(netfilter, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER)
FAMILY(xfrm, AF_NETLINK, SOCK_RAW, NETLINK_XFRM)

static enum outcome icmp(void)
{
	unsigned char echo[8] = {8, 0, 0xf7, 0xff};
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	return fd < 0 ? told("socket", fd) : told("sendto", sendto(fd, echo, sizeof echo, 0, (void *)&target4, sizeof target4));
}

static enum outcome framed(int kind)
{
	unsigned char frame[64] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x08, 0x00, 0x45};
	struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_ifindex = device, .sll_protocol = htons(ETH_P_IP), .sll_halen = 6};
	int fd = socket(AF_PACKET, kind, htons(ETH_P_IP));
	return fd < 0 ? told("socket", fd) : told("sendto", sendto(fd, frame, sizeof frame, 0, (void *)&link, sizeof link));
}

static enum outcome packet(void)
{
	return framed(SOCK_RAW);
}

static enum outcome packet_datagram(void)
{
	return framed(SOCK_DGRAM);
}

const struct attack family_attacks[] = {
	{"icmp-raw", icmp},
	{"packet", packet},
	{"packet-datagram", packet_datagram},
	{"socket-sctp", sctp},
	{"socket-sctp-seqpacket", sctp_many},
	{"socket-mptcp", mptcp},
	{"socket-dccp", dccp},
	{"socket-l2tp", l2tp},
	{"socket-smc", smc},
	{"socket-ping", ping},
	{"socket-ping-v6", ping6},
	{"socket-raw-v6", raw6},
	{"socket-raw-header", raw_any},
	{"socket-packet-old", old_packet},
	{"socket-vsock", vsock},
	{"socket-alg", alg},
	{"socket-xdp", xdp},
	{"socket-tipc", tipc},
	{"socket-can", can},
	{"socket-bluetooth", bluetooth},
	{"socket-rds", rds},
	{"socket-kcm", kcm},
	{"socket-qipcrtr", qipcrtr},
	{"socket-phonet", phonet},
	{"socket-netlink-generic", genetlink},
	{"socket-netlink-sock-diag", sock_diag},
	{"socket-netlink-netfilter", netfilter},
	{"socket-netlink-xfrm", xfrm},
	{0},
};
