package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tailscale.com/ipn"
	"tailscale.com/ipn/store"
	"tailscale.com/ipn/store/mem"
	"tailscale.com/tsnet"
	"tailscale.com/types/logger"
)

const stateFile = "tailscaled.state"

// nodeStore is a state store that knows its node: LocalBackend hands it to the extension before it starts.
type nodeStore struct {
	ipn.StateStore
	node *node
}

func openStateFile(logf logger.Logf, path string) (ipn.StateStore, error) {
	return store.NewFileStore(logf, path)
}

// defaultStateDir is where tsnet would keep the state.
func defaultStateDir() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no state directory was set and there is no default: %w", err)
	}
	return filepath.Join(config, "tsnet-"+strings.ToLower(filepath.Base(exe))), nil
}

// logIDFile is where tsnet keeps the identity of its log uploads, which this build has none of.
const logIDFile = "tailscaled.log.conf"

// prepareState decides where the state lives. The store is always ours: it is how the extension finds its node.
func (n *node) prepareState(server *tsnet.Server, opts options) error {
	if opts.memory {
		if opts.dir != "" {
			if err := os.MkdirAll(opts.dir, 0o700); err != nil {
				return fmt.Errorf("cannot make the directory for temporary files: %w", err)
			}
		}
		dir, err := os.MkdirTemp(opts.dir, "libtailscale-")
		if err != nil {
			return fmt.Errorf("cannot make a directory for the node's temporary files: %w", err)
		}
		n.tempDir = dir
		server.Dir = dir
		server.Store = &nodeStore{StateStore: new(mem.Store), node: n}
		return nil
	}
	if server.Dir == "" {
		dir, err := defaultStateDir()
		if err != nil {
			return err
		}
		server.Dir = dir
	}
	if err := os.MkdirAll(server.Dir, 0o700); err != nil {
		return fmt.Errorf("cannot make the state directory: %w", err)
	}
	store, err := openStateFile(n.backendLogf, filepath.Join(server.Dir, stateFile))
	if err != nil {
		return fmt.Errorf("cannot use the state directory %s: %w", server.Dir, err)
	}
	server.Store = &nodeStore{StateStore: store, node: n}
	return nil
}

// removeTempDir tries again for a moment: what has just been told to end may still be writing.
func (n *node) removeTempDir() {
	if n.tempDir == "" {
		return
	}
	for range 50 {
		os.RemoveAll(n.tempDir)
		if _, err := os.Lstat(n.tempDir); err != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
