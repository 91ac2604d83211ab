package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"tailscale.com/tailcfg"
)

// buildInfo tells what the library was built with.
func buildInfo() string {
	return fmt.Sprintf(`{"tailscale":%q,"go":%q,"cap":%d}`, tailscaleVersion(), runtime.Version(), tailcfg.CurrentCapabilityVersion)
}

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
