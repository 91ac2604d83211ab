package main

// statement is one on what --enforce holds here.
type statement struct {
	subject string
	holds   bool
	details string
}

func statements(found features) []statement {
	var all []statement
	say := func(holds bool, subject, yes, no string) {
		if !holds {
			yes = no
		}
		all = append(all, statement{subject, holds, yes})
	}
	if found.Killed {
		say(false, "--enforce", "", "a seccomp filter kills who makes Landlock's calls: allow landlock_create_ruleset, landlock_add_rule and landlock_restrict_self")
		return all
	}
	say(found.AddDescriptor, "--enforce", "what follows is about it", "needs Linux 5.14, and refuses to start here")
	if !found.AddDescriptor {
		return all
	}
	say(true, "TCP", "each connection is made by the supervisor, with its own copy of the address; sockets are bound to the loopback device", "")
	say(true, "sockets", "TCP, UDP and unix sockets only, and NETLINK_ROUTE; raw, packet, SCTP, MPTCP, vsock and all others are refused", "")
	say(true, "UDP", "to loopback, and what the agent carries; messages are sent by the supervisor, with its own copy", "")
	say(true, "io_uring", "refused, as are 32-bit and x32 system calls, TIOCSTI, TIOCLINUX and request_key", "")
	say(true, "privileges", "no_new_privs; capabilities over network, kernel and other processes are given up", "")
	say(true, "inherited", "sockets, io_urings and pidfds that the caller left open are closed, network sockets as standard input or output refused", "")
	say(true, "unix sockets", "only servers started under it, or named by --allow-unix; datagrams to others do go (syslog)", "")
	say(found.Landlock > 0, "processes", "Landlock keeps ptrace, /proc/PID/mem and pidfd_getfd inside",
		"without Landlock /proc/PID/mem of the user's other processes stays open, if Yama does not close it; ptrace and its like are refused")
	say(found.Landlock >= landlockTCP, "second wall", "Landlock refuses TCP connections to the program itself (ABI 4)", "Landlock's TCP rules need ABI 4 (Linux 6.7)")
	say(found.Landlock >= landlockScopes, "signals", "Landlock keeps signals inside (ABI 6)",
		"a program may signal the user's other processes (Landlock ABI 6, Linux 6.12, would stop it); without the supervisor nothing leaves")
	say(false, "loopback", "", "services of this host on loopback are reached: an sshd or another proxy there is a way out")
	say(false, "files", "", "what it writes, others may run later (cron, shell profiles, units)")
	say(!found.Root, "user", "an ordinary user's process", "it runs as root, who owns files by which others act for it: run it as an ordinary user")
	return all
}
