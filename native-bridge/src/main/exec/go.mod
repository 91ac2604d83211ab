module tailnet.dev/exec

go 1.26.6

require golang.org/x/sys v0.47.0
