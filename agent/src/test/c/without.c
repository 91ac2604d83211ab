/*
 * without WHAT... -- COMMAND [ARGUMENT...]
 *
 * Runs a command that the kernel refuses something, as sandboxes do. WHAT is
 *
 *   ipv6, netlink   no socket of that family; inet and unix likewise
 *   docker          what Docker's default profile refuses a container without capabilities
 *   gvisor          what gVisor and older kernels have not, all at once
 *   service         what SystemCallFilter=@system-service of systemd has not; who calls it is killed
 *   service+exec    the same, with what tailnet-agent exec needs
 *   seccomp, pidfd_getfd, process_vm_readv, process_vm_writev   that call
 *
 * A seccomp filter, which needs no privilege and cannot be taken off.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define REFUSED(error) (SECCOMP_RET_ERRNO | (error))
#define KILLED SECCOMP_RET_KILL_PROCESS
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static struct sock_filter filter[512];
static unsigned short length;

static void add(struct sock_filter instruction) {
	filter[length++] = instruction;
}

/* A call is answered without being made: REFUSED(error) or KILLED. */
static void answer_call(unsigned number, unsigned answer) {
	add((struct sock_filter)LOAD(nr));
	add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
	add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, answer));
}

static void answer_calls(const unsigned *numbers, unsigned count, unsigned answer) {
	for (unsigned i = 0; i < count; i++)
		answer_call(numbers[i], answer);
}

static void refuse_family(unsigned family) {
	add((struct sock_filter)LOAD(nr));
	add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 3));
	add((struct sock_filter)LOAD(args[0])); /* the lower half: both architectures are little-endian */
	add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, family, 0, 1));
	add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, REFUSED(EAFNOSUPPORT)));
}

static void refuse_as_docker(void) {
	static const unsigned calls[] = {
	    __NR_acct,        __NR_add_key,     __NR_adjtimex,    __NR_bpf,          __NR_chroot,       __NR_clock_adjtime,
	    __NR_clock_settime, __NR_delete_module, __NR_fanotify_init, __NR_finit_module, __NR_fsconfig,  __NR_fsmount,
	    __NR_fsopen,      __NR_fspick,      __NR_init_module, __NR_io_uring_setup, __NR_io_uring_enter, __NR_io_uring_register,
	    __NR_kcmp,        __NR_kexec_load,  __NR_keyctl,      __NR_lookup_dcookie, __NR_mbind,      __NR_migrate_pages,
	    __NR_mount,       __NR_mount_setattr, __NR_move_mount, __NR_move_pages,  __NR_open_by_handle_at, __NR_open_tree,
	    __NR_perf_event_open, __NR_personality, __NR_pivot_root, __NR_process_vm_readv, __NR_process_vm_writev, __NR_ptrace,
	    __NR_quotactl,    __NR_reboot,      __NR_request_key, __NR_setdomainname, __NR_sethostname, __NR_setns,
	    __NR_settimeofday, __NR_swapoff,    __NR_swapon,      __NR_syslog,       __NR_umount2,      __NR_unshare,
	    __NR_userfaultfd, __NR_vhangup,
	};
	answer_calls(calls, COUNT(calls), REFUSED(EPERM));
	/* Its flags are out of a filter's reach: callers are to fall back to clone. */
	answer_call(__NR_clone3, REFUSED(ENOSYS));
}

static void refuse_as_gvisor(void) {
	static const unsigned calls[] = {
	    __NR_splice, __NR_tee, __NR_vmsplice, __NR_epoll_pwait2, __NR_statx, __NR_clone3, __NR_memfd_create, __NR_inotify_init1,
	    __NR_io_uring_setup, __NR_copy_file_range, __NR_close_range, __NR_pidfd_open, __NR_faccessat2, __NR_rseq,
	    __NR_preadv2, __NR_pwritev2, __NR_membarrier, __NR_openat2,
	};
	answer_calls(calls, COUNT(calls), REFUSED(ENOSYS));
}

static void refuse_as_service(int with_exec) {
	static const unsigned calls[] = {
	    __NR_acct,        __NR_adjtimex,    __NR_bpf,         __NR_chroot,       __NR_clock_adjtime, __NR_clock_settime,
	    __NR_delete_module, __NR_fanotify_init, __NR_finit_module, __NR_fsconfig,  __NR_fsmount,     __NR_fsopen,
	    __NR_fspick,      __NR_init_module, __NR_io_uring_setup, __NR_io_uring_enter, __NR_io_uring_register, __NR_kexec_load,
	    __NR_lookup_dcookie, __NR_mount,    __NR_mount_setattr, __NR_move_mount,  __NR_open_by_handle_at, __NR_open_tree,
	    __NR_perf_event_open, __NR_pivot_root, __NR_ptrace,   __NR_quotactl,     __NR_reboot,       __NR_setdomainname,
	    __NR_sethostname, __NR_settimeofday, __NR_swapoff,    __NR_swapon,       __NR_syslog,       __NR_umount2,
	    __NR_vhangup,
	};
	static const unsigned of_exec[] = {
	    __NR_seccomp, __NR_pidfd_getfd, __NR_landlock_create_ruleset, __NR_landlock_add_rule, __NR_landlock_restrict_self,
	};
	answer_calls(calls, COUNT(calls), KILLED);
	if (!with_exec)
		answer_calls(of_exec, COUNT(of_exec), KILLED);
}

static int refuse_named(const char *name) {
	static const struct {
		const char *name;
		unsigned number;
	} calls[] = {
	    {"seccomp", __NR_seccomp},
	    {"pidfd_getfd", __NR_pidfd_getfd},
	    {"process_vm_readv", __NR_process_vm_readv},
	    {"process_vm_writev", __NR_process_vm_writev},
	};
	for (unsigned i = 0; i < COUNT(calls); i++)
		if (strcmp(name, calls[i].name) == 0)
			return answer_call(calls[i].number, REFUSED(EPERM)), 1;
	return 0;
}

int main(int argc, char **argv) {
	int i = 1;
	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "ipv6") == 0)
			refuse_family(AF_INET6);
		else if (strcmp(argv[i], "netlink") == 0)
			refuse_family(AF_NETLINK);
		else if (strcmp(argv[i], "docker") == 0)
			refuse_as_docker();
		else if (strcmp(argv[i], "gvisor") == 0)
			refuse_as_gvisor();
		else if (strcmp(argv[i], "inet") == 0)
			refuse_family(AF_INET);
		else if (strcmp(argv[i], "unix") == 0)
			refuse_family(AF_UNIX);
		else if (strcmp(argv[i], "service") == 0)
			refuse_as_service(0);
		else if (strcmp(argv[i], "service+exec") == 0)
			refuse_as_service(1);
		else if (refuse_named(argv[i]))
			;
		else
			return fprintf(stderr, "without: what is %s?\n", argv[i]), 2;
	}
	if (i + 1 >= argc)
		return fprintf(stderr, "without: no command\n"), 2;
	add((struct sock_filter)ALLOW);
	struct sock_fprog program = {.len = length, .filter = filter};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
		perror("without: seccomp");
		return 2;
	}
	execvp(argv[i + 1], argv + i + 1);
	perror(argv[i + 1]);
	return 127;
}
