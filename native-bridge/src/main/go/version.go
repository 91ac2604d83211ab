package main

import (
	"runtime/debug"
	"strings"
)

// tailscaleVersion is the version of the module tailscale.com that is linked in.
func tailscaleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, dep := range info.Deps {
		if dep.Path == "tailscale.com" {
			return strings.TrimPrefix(dep.Version, "v")
		}
	}
	return "unknown"
}
