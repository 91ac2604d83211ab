package main

import (
	"io"
	"net"
	"sync"
)

// relay carries bytes between a program's connection and its tunnel until both directions have ended. The listener hears what
// the program is told.
func relay(program *net.TCPConn, through *tunnel, listener io.Writer) {
	defer func() { _ = program.Close() }()
	defer func() { _ = through.conn.Close() }()
	var directions sync.WaitGroup
	directions.Go(func() {
		if _, err := io.Copy(through.conn, program); err != nil {
			_ = through.conn.Close() // a reset of one is one of the other
			return
		}
		_ = through.conn.CloseWrite()
	})
	directions.Go(func() {
		if _, err := io.Copy(program, io.TeeReader(through.conn, listener)); err != nil {
			_ = program.SetLinger(0)
			_ = program.Close()
			return
		}
		_ = program.CloseWrite()
	})
	directions.Wait()
}
