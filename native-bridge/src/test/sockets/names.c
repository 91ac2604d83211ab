/* Lookups, past the C library: at a name server that is not there. */
#include "sockets.h"

#include <arpa/inet.h>
#include <poll.h>

enum { TYPE_A = 1, TYPE_AAAA = 28, HEADER = 12, FIXED = 10 };

size_t query(uint8_t *message, uint16_t id, uint16_t type)
{
	uint8_t *end = message;
	memcpy(end, (uint8_t[HEADER]){(uint8_t)(id >> 8), (uint8_t)id, 1, 0, 0, 1}, HEADER);
	end += HEADER;
	for (const char *label = host; *label;) {
		size_t length = strcspn(label, ".");
		*end++ = (uint8_t)length;
		memcpy(end, label, length);
		end += length;
		label += length + (label[length] == '.');
	}
	memcpy(end, (uint8_t[]){0, 0, (uint8_t)type, 0, 1}, 5);
	return (size_t)(end + 5 - message);
}

void check_answer(const uint8_t *message, ssize_t length, uint16_t id)
{
	uint8_t asked[512];
	size_t question = query(asked, id, TYPE_A);
	CHECK(length > (ssize_t)question && memcmp(message, asked, 2) == 0);
	CHECK((message[3] & 15) == 0 && message[7] >= 1);
	const uint8_t *record = message + question;
	while (*record && (*record & 0xc0) != 0xc0)
		record += 1 + *record;
	record += *record ? 2 : 1;
	CHECK(record + FIXED + 4 <= message + length && record[FIXED - 1] == 4);
	struct sockaddr_in wanted = at(0);
	CHECK(memcmp(record + FIXED, &wanted.sin_addr, 4) == 0);
}

static int datagram_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	CHECK(fd >= 0);
	return fd;
}

static void check_source(const struct sockaddr_in *source)
{
	CHECK(source->sin_port == name_server.sin_port && source->sin_addr.s_addr == name_server.sin_addr.s_addr);
}

static void connected(void)
{
	uint8_t message[512];
	int fd = datagram_socket();
	CHECK(connect(fd, (struct sockaddr *)&name_server, sizeof name_server) == 0);
	size_t length = query(message, 1, TYPE_A);
	CHECK(send(fd, message, length, 0) == (ssize_t)length);
	await(fd, POLLIN);
	check_answer(message, recv(fd, message, sizeof message, 0), 1);
}

static void unconnected(void)
{
	uint8_t message[512];
	int fd = datagram_socket();
	size_t length = query(message, 2, TYPE_A);
	CHECK(sendto(fd, message, length, 0, (struct sockaddr *)&name_server, sizeof name_server) == (ssize_t)length);
	struct sockaddr_in source;
	socklen_t size = sizeof source;
	await(fd, POLLIN);
	check_answer(message, recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&source, &size), 2);
	check_source(&source);
}

/* As glibc asks for both families at once. */
static void several(void)
{
	uint8_t messages[2][512];
	struct iovec parts[2];
	struct sockaddr_in sources[2];
	struct mmsghdr batch[2] = {0};
	int fd = datagram_socket();
	for (uint16_t i = 0; i < 2; i++) {
		parts[i] = (struct iovec){messages[i], query(messages[i], 3 + i, i ? TYPE_AAAA : TYPE_A)};
		batch[i].msg_hdr = (struct msghdr){.msg_name = &name_server, .msg_namelen = sizeof name_server, .msg_iov = &parts[i], .msg_iovlen = 1};
	}
	CHECK(sendmmsg(fd, batch, 2, 0) == 2);
	CHECK(batch[0].msg_len == parts[0].iov_len && batch[1].msg_len == parts[1].iov_len);
	for (int got = 0; got < 2;) {
		for (int i = 0; i < 2; i++) {
			parts[i] = (struct iovec){messages[i], sizeof messages[i]};
			batch[i].msg_hdr.msg_name = &sources[i];
			batch[i].msg_hdr.msg_namelen = sizeof sources[i];
		}
		await(fd, POLLIN);
		int n = recvmmsg(fd, batch, 2, MSG_DONTWAIT, NULL);
		CHECK(n > 0);
		for (int i = 0; i < n; i++) {
			check_source(&sources[i]);
			if (messages[i][1] == 3)
				check_answer(messages[i], batch[i].msg_len, 3);
		}
		got += n;
	}
}

static void over_tcp(void)
{
	uint8_t message[2 + 512];
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(connect(fd, (struct sockaddr *)&name_server, sizeof name_server) == 0);
	for (uint16_t id = 5; id < 7; id++) { /* one connection has several questions */
		size_t length = query(message + 2, id, TYPE_A), got = 0;
		message[0] = 0;
		message[1] = (uint8_t)length;
		CHECK(write(fd, message, length + 2) == (ssize_t)length + 2);
		for (size_t wanted = 2; got < wanted;) {
			ssize_t n = read(fd, message + got, wanted - got);
			CHECK(n > 0);
			got += (size_t)n;
			if (wanted == 2 && got == 2)
				wanted += message[1];
		}
		check_answer(message + 2, (ssize_t)got - 2, id);
	}
}

const struct mode name_modes[] = {
	{"lookup-connected", connected},
	{"lookup-unconnected", unconnected},
	{"lookup-sendmmsg", several},
	{"lookup-tcp", over_tcp},
	{0},
};
