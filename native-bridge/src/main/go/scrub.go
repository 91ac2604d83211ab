package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// minSecret is the shortest secret that is scrubbed: anything shorter would hit innocent text.
const minSecret = 6

// scrub overwrites a secret where the kernel shows the process's arguments and environment.
func scrub(secret string) (int, error) {
	if len(secret) < minSecret {
		return 0, apiErrorf(syscall.EINVAL, "a secret has at least %d characters", minSecret)
	}
	count := 0
	regions, err := startRegions()
	if err == nil {
		for _, region := range regions {
			count += overwrite(region, secret)
		}
	}
	for _, entry := range os.Environ() {
		if name, value, _ := strings.Cut(entry, "="); strings.Contains(value, secret) {
			os.Unsetenv(name)
		}
	}
	return count, err
}

// region is a range of addresses of this process.
type region struct{ start, end uintptr }

// startRegions finds where the kernel put the arguments and the environment when the process started.
func startRegions() ([]region, error) {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return nil, fmt.Errorf("cannot find the process's arguments: %w", err)
	}
	return parseStartRegions(stat)
}

// parseStartRegions reads arg_start, arg_end, env_start and env_end, the fields 48 to 51 of proc_pid_stat(5).
func parseStartRegions(stat []byte) ([]region, error) {
	// The second field is the command in parentheses, which may hold anything.
	end := bytes.LastIndexByte(stat, ')')
	fields := strings.Fields(string(stat[end+1:]))
	const first = 48 - 3
	if end < 0 || len(fields) < first+4 {
		return nil, fmt.Errorf("cannot find the process's arguments: /proc/self/stat has %d fields", len(fields)+2)
	}
	var at [4]uintptr
	for i := range at {
		value, err := strconv.ParseUint(fields[first+i], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("cannot find the process's arguments: %w", err)
		}
		at[i] = uintptr(value)
	}
	var regions []region
	for _, r := range []region{{at[0], at[1]}, {at[2], at[3]}} {
		if r.start != 0 && r.start < r.end {
			regions = append(regions, r)
		}
	}
	return regions, nil
}
