/* Datagrams beyond DNS. */
#include "attack.h"

#define UDP(family) socket(family, SOCK_DGRAM, 0)

static char control[CMSG_SPACE(sizeof(struct in_pktinfo))] __attribute__((aligned(8)));

static enum outcome to(int fd, void *address, socklen_t size)
{
	return told("sendto", sendto(fd, "secret", 6, MSG_DONTWAIT, address, size));
}

static enum outcome sendto4(void)
{
	return to(UDP(AF_INET), &target4, sizeof target4);
}

static enum outcome sendto6(void)
{
	return to(UDP(AF_INET6), &target6, sizeof target6);
}

static enum outcome sendto_mapped(void)
{
	return to(UDP(AF_INET6), &target_mapped, sizeof target_mapped);
}

static enum outcome by_sendmsg(void)
{
	struct iovec buffer;
	struct msghdr whole = message(&buffer, &target4, sizeof target4);
	return told("sendmsg", sendmsg(UDP(AF_INET), &whole, MSG_DONTWAIT));
}

static enum outcome by_sendmmsg(void)
{
	struct iovec buffers[2];
	struct mmsghdr both[] = {
		{.msg_hdr = message(&buffers[0], &target4, sizeof target4)},
		{.msg_hdr = message(&buffers[1], &target4, sizeof target4)},
	};
	return told("sendmmsg", sendmmsg(UDP(AF_INET), both, 2, MSG_DONTWAIT));
}

static enum outcome connected(void)
{
	int fd = UDP(AF_INET);
	told("connect", connect(fd, (void *)&target4, sizeof target4));
	return told("send", send(fd, "secret", 6, MSG_DONTWAIT));
}

static enum outcome connected6(void)
{
	int fd = UDP(AF_INET6);
	told("connect", connect(fd, (void *)&target6, sizeof target6));
	return told("write", write(fd, "secret", 6));
}

/* IP_PKTINFO wins over SO_BINDTODEVICE in Linux. */
static enum outcome device_in_message(void)
{
	struct iovec buffer;
	struct msghdr whole = message(&buffer, &target4, sizeof target4);
	by_device(&whole, control, sizeof control);
	return told("sendmsg", sendmsg(UDP(AF_INET), &whole, MSG_DONTWAIT));
}

static enum outcome device_in_mapped_message(void)
{
	struct iovec buffer;
	struct msghdr whole = message(&buffer, &target_mapped, sizeof target_mapped);
	by_device(&whole, control, sizeof control);
	return told("sendmsg", sendmsg(UDP(AF_INET6), &whole, MSG_DONTWAIT));
}

static enum outcome device_of_connected(void)
{
	struct sockaddr_in allowed = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = UDP(AF_INET);
	told("connect", connect(fd, (void *)&allowed, sizeof allowed));
	struct iovec buffer;
	struct msghdr whole = message(&buffer, &target4, sizeof target4);
	by_device(&whole, control, sizeof control);
	return told("sendmsg", sendmsg(fd, &whole, MSG_DONTWAIT));
}

/* connect(AF_UNSPEC) takes SO_BINDTODEVICE back in Linux. */
static enum outcome after_disconnect(void)
{
	struct sockaddr nothing = {.sa_family = AF_UNSPEC};
	int fd = UDP(AF_INET);
	told("AF_UNSPEC", connect(fd, &nothing, sizeof nothing));
	to(fd, &target4, sizeof target4);
	told("connect", connect(fd, (void *)&target4, sizeof target4));
	return told("write", write(fd, "secret", 6));
}

static enum outcome multicast(void)
{
	struct sockaddr_in group = {.sin_family = AF_INET, .sin_port = target4.sin_port, .sin_addr.s_addr = htonl(0xe0000001)};
	struct ip_mreqn by = {.imr_ifindex = device};
	int fd = UDP(AF_INET);
	told("IP_MULTICAST_IF", setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &by, sizeof by));
	return to(fd, &group, sizeof group);
}

static enum outcome multicast6(void)
{
	struct sockaddr_in6 group = {.sin6_family = AF_INET6, .sin6_port = target6.sin6_port, .sin6_scope_id = (uint32_t)device};
	group.sin6_addr.s6_addr[0] = 0xff;
	group.sin6_addr.s6_addr[1] = 0x02;
	group.sin6_addr.s6_addr[15] = 1;
	return to(UDP(AF_INET6), &group, sizeof group);
}

static enum outcome broadcast(void)
{
	struct sockaddr_in all = target4;
	all.sin_addr.s_addr = INADDR_BROADCAST;
	int fd = UDP(AF_INET), one = 1;
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, given("DEVICE"), (socklen_t)strlen(given("DEVICE")) + 1);
	return to(fd, &all, sizeof all);
}

/* What is no DNS, sent to where DNS is answered: it may reach the agent's resolver, and nobody else. */
static enum outcome to_port_53(void)
{
	struct sockaddr_in server = target4;
	server.sin_port = htons(53);
	return to(UDP(AF_INET), &server, sizeof server);
}

static enum outcome udplite(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 136);
	return fd < 0 ? told("socket", fd) : to(fd, &target4, sizeof target4);
}

const struct attack datagram_attacks[] = {
	{"udp-sendto-v4", sendto4},
	{"udp-sendto-v6", sendto6},
	{"udp-sendto-v4-mapped", sendto_mapped},
	{"udp-sendmsg", by_sendmsg},
	{"udp-sendmmsg", by_sendmmsg},
	{"udp-connected-send", connected},
	{"udp-connected-write-v6", connected6},
	{"udp-pktinfo", device_in_message},
	{"udp-pktinfo-v4-mapped", device_in_mapped_message},
	{"udp-pktinfo-on-connected", device_of_connected},
	{"udp-after-disconnect", after_disconnect},
	{"udp-multicast", multicast},
	{"udp-multicast-v6", multicast6},
	{"udp-broadcast", broadcast},
	{"udp-port-53", to_port_53},
	{"udplite", udplite},
	{0},
};
