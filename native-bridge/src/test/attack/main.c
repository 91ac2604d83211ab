/* attack NAME: runs one. attack list: all their names. attack pass THING CMD...: runs CMD with an open THING as descriptor 9. */
#include "attack.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <pthread.h>

struct sockaddr_in target4 = {.sin_family = AF_INET};
struct sockaddr_in6 target6 = {.sin6_family = AF_INET6}, target_mapped = {.sin6_family = AF_INET6};
int device;

void pass_on(const char *thing);
int accomplice(const char *path);

static const struct attack *const tables[] = {
	tcp_attacks, datagram_attacks, family_attacks, race_attacks, descriptor_attacks, process_attacks, kernel_attacks,
};

const char *given(const char *variable)
{
	const char *value = getenv(variable);
	return value ? value : "";
}

enum outcome told(const char *call, long result)
{
	int error = errno;
	if (result >= 0) {
		printf("%s: worked\n", call);
		return GOT_THROUGH;
	}
	printf("%s: %s\n", call, strerror(error));
	return error == EAFNOSUPPORT || error == EPROTONOSUPPORT || error == ESOCKTNOSUPPORT || error == ENOSYS ? NOT_HERE : REFUSED;
}

struct msghdr message(struct iovec *buffer, void *to, socklen_t size)
{
	buffer->iov_base = "secret";
	buffer->iov_len = 6;
	return (struct msghdr){.msg_name = to, .msg_namelen = size, .msg_iov = buffer, .msg_iovlen = 1};
}

void by_device(struct msghdr *message, void *control, size_t size)
{
	memset(control, 0, size);
	message->msg_control = control;
	message->msg_controllen = CMSG_SPACE(sizeof(struct in_pktinfo));
	struct cmsghdr *header = CMSG_FIRSTHDR(message);
	header->cmsg_level = IPPROTO_IP;
	header->cmsg_type = IP_PKTINFO;
	header->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
	((struct in_pktinfo *)CMSG_DATA(header))->ipi_ifindex = device;
}

static void *take_all(void *listener)
{
	for (int taken; (taken = accept((int)(intptr_t)listener, NULL, NULL)) >= 0;)
		close(taken);
	return NULL;
}

struct sockaddr_in welcome(void)
{
	struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof own;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	pthread_t thread;
	if (bind(listener, (void *)&own, sizeof own) || listen(listener, 128) || getsockname(listener, (void *)&own, &size) ||
		pthread_create(&thread, NULL, take_all, (void *)(intptr_t)listener)) {
		perror("a listener on loopback");
		exit(2);
	}
	return own;
}

static void read_targets(void)
{
	uint16_t port = htons((uint16_t)atoi(given("PORT")));
	target4.sin_port = target6.sin6_port = target_mapped.sin6_port = port;
	char mapped[64];
	snprintf(mapped, sizeof mapped, "::ffff:%s", given("TARGET4"));
	device = (int)if_nametoindex(given("DEVICE"));
	if (inet_pton(AF_INET, given("TARGET4"), &target4.sin_addr) != 1 || inet_pton(AF_INET6, given("TARGET6"), &target6.sin6_addr) != 1 ||
		inet_pton(AF_INET6, mapped, &target_mapped.sin6_addr) != 1 || port == 0 || device == 0) {
		fprintf(stderr, "attack: set TARGET4, TARGET6, PORT and DEVICE\n");
		exit(2);
	}
}

int main(int count, char **words)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	const char *name = count > 1 ? words[1] : "list";
	bool is_list = strcmp(name, "list") == 0;
	if (!is_list)
		read_targets();
	if (strcmp(name, "pass") == 0 && count > 3) {
		pass_on(words[2]);
		execvp(words[3], words + 3);
		perror(words[3]);
		return 2;
	}
	if (strcmp(name, "accomplice") == 0 && count > 2)
		return accomplice(words[2]);
	for (size_t table = 0; table < sizeof tables / sizeof *tables; table++) {
		for (const struct attack *each = tables[table]; each->name; each++) {
			if (is_list)
				puts(each->name);
			else if (strcmp(name, each->name) == 0)
				return each->run();
		}
	}
	return is_list ? 0 : 2;
}
