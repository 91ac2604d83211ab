package main

import "sync"

// bufferSize is what one read of a relay takes at most.
const bufferSize = 64 << 10

// buffer is on loan from the pool only while it holds bytes: an idle tunnel has none.
type buffer [bufferSize]byte

var buffers = sync.Pool{New: func() any { return new(buffer) }}

func takeBuffer() *buffer { return buffers.Get().(*buffer) }

func giveBuffer(b *buffer) { buffers.Put(b) }
