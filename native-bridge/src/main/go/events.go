package main

import (
	"encoding/binary"
	"math"
	"net"
	"sync"
	"time"
)

// Types of frames: enum tailnet_frame of tailnet_bridge.h.
const (
	frameStarted  = 1
	frameStopped  = 2
	frameNotify   = 3
	frameLog      = 4
	frameDialed   = 5
	frameClosed   = 6
	frameResolved = 7
	frameAnswered = 8
	frameChanged  = 9
	frameExitNode = 10
	frameAccepted = 20
	frameRejected = 21
	frameEnded    = 22
	frameAsked    = 23
)

const frameHeader = 16

// Log lines are dropped, least important first, while a reader lags behind by this much. Nothing else ever is.
const (
	dropDebugAbove = 256 << 10
	dropLogsAbove  = 4 << 20
)

// flushTimeout bounds how long a closed stream waits for a reader that does not read.
const flushTimeout = 2 * time.Second

// appendFrame adds the header of a frame whose payload has the given length.
func appendFrame(b []byte, kind, c uint8, id uint64, payload int) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(frameHeader-4+payload))
	b = append(b, kind, c, 0, 0)
	return binary.BigEndian.AppendUint64(b, id)
}

// stream writes frames to the socket that the caller reads. Producers only append to a buffer; one goroutine writes
// whatever has gathered in one go.
type stream struct {
	conn net.Conn
	done chan struct{} // closed when the writer has ended

	mu      sync.Mutex
	pending []byte
	spare   []byte
	dropped int
	ending  bool
	broken  bool
	wake    chan struct{}
}

func newStream(conn net.Conn) *stream {
	s := &stream{conn: conn, done: make(chan struct{}), wake: make(chan struct{}, 1)}
	go s.run()
	return s
}

func (s *stream) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *stream) send(kind, c uint8, id uint64, payload ...[]byte) {
	s.offer(math.MaxInt, kind, c, id, payload...)
}

// offer is send unless more than limit bytes wait for the reader. It returns whether the frame will be sent.
func (s *stream) offer(limit int, kind, c uint8, id uint64, payload ...[]byte) bool {
	if s == nil {
		return false
	}
	total := 0
	for _, part := range payload {
		total += len(part)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending || s.broken || len(s.pending) > limit {
		return false
	}
	s.pending = appendFrame(s.pending, kind, c, id, total)
	for _, part := range payload {
		s.pending = append(s.pending, part...)
	}
	s.signal()
	return true
}

func (s *stream) started(c code, text string) { s.send(frameStarted, uint8(c), 0, []byte(text)) }
func (s *stream) stopped(c code, text string) { s.send(frameStopped, uint8(c), 0, []byte(text)) }
func (s *stream) notify(json []byte)          { s.send(frameNotify, 0, 0, json) }
func (s *stream) dialed(id uint64, c code, text string) {
	s.send(frameDialed, uint8(c), id, []byte(text))
}

func (s *stream) closed(id uint64, c code, up, down uint64, text string) {
	s.send(frameClosed, uint8(c), id, byteCounts(up, down), []byte(text))
}

func (s *stream) resolved(id uint64, found answer, err error) {
	addrs := found.addrs[:min(len(found.addrs), 255)]
	words := found.servers
	if err != nil {
		addrs, words = nil, err.Error()
	}
	payload := []byte{found.source}
	payload = binary.BigEndian.AppendUint32(payload, found.ttl)
	payload = append(payload, uint8(len(addrs)))
	for _, addr := range addrs {
		raw := addr.AsSlice()
		payload = append(payload, uint8(len(raw)))
		payload = append(payload, raw...)
	}
	names := found.alsoCalled[:min(len(found.alsoCalled), 255)]
	if err != nil {
		names = nil
	}
	payload = append(payload, uint8(len(names)))
	for _, name := range names {
		payload = append(payload, uint8(len(name)))
		payload = append(payload, name...)
	}
	s.send(frameResolved, uint8(classify(err)), id, payload, []byte(words))
}

func (s *stream) answered(id uint64, got reply, err error) {
	if err == nil && len(got.raw) < dnsHeader {
		err = failf(codeResolveFailed, "the DNS server answers with less than a message")
	}
	if err != nil {
		s.send(frameAnswered, uint8(classify(err)), id, []byte(err.Error()))
		return
	}
	servers := got.servers[:min(len(got.servers), 255)]
	s.send(frameAnswered, uint8(codeOK), id, []byte{got.source, uint8(len(servers))}, []byte(servers), got.raw)
}

func (s *stream) changed() { s.send(frameChanged, 0, 0) }

// exitNode tells that the wanted exit node is in use, or what keeps it from being.
func (s *stream) exitNode(wanted, problem string) {
	s.send(frameExitNode, 0, 0, []byte(wanted+"\n"+problem))
}

func (s *stream) asked(f *inboundFlow) { s.send(frameAsked, 0, f.id, f.encode()) }

func (s *stream) accepted(f *inboundFlow) { s.send(frameAccepted, 0, f.id, f.encode()) }

func (s *stream) rejected(f *inboundFlow, c code, text string) {
	s.send(frameRejected, uint8(c), f.id, f.encode(), []byte(text))
}

func (s *stream) ended(id uint64, c code, up, down uint64, text string) {
	s.send(frameEnded, uint8(c), id, byteCounts(up, down), []byte(text))
}

func byteCounts(up, down uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(make([]byte, 0, 16), up), down)
}

// log sends a line unless the reader is far behind.
func (s *stream) log(level logLevel, line string) {
	if s == nil {
		return
	}
	limit := dropLogsAbove
	if level == logDebug {
		limit = dropDebugAbove
	}
	if !s.offer(limit, frameLog, uint8(level), 0, []byte(line)) {
		s.mu.Lock()
		s.dropped++
		s.mu.Unlock()
	}
}

// close flushes what is pending and ends the stream.
func (s *stream) close() {
	if s == nil {
		return
	}
	s.mu.Lock()
	s.ending = true
	s.signal()
	s.mu.Unlock()
	s.conn.SetWriteDeadline(time.Now().Add(flushTimeout))
}

func (s *stream) run() {
	defer close(s.done)
	defer s.conn.Close()
	for range s.wake {
		for {
			batch, ending := s.take()
			if len(batch) == 0 {
				if ending {
					return
				}
				break
			}
			if _, err := s.conn.Write(batch); err != nil {
				s.mu.Lock()
				s.broken, s.pending, s.spare = true, nil, nil
				s.mu.Unlock()
				return
			}
			s.recycle(batch)
		}
	}
}

// take hands the pending frames to the writer.
func (s *stream) take() (batch []byte, ending bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dropped > 0 && len(s.pending) < dropDebugAbove {
		line := droppedLine(s.dropped)
		s.pending = appendFrame(s.pending, frameLog, uint8(logWarning), 0, len(line))
		s.pending = append(s.pending, line...)
		s.dropped = 0
	}
	batch, s.pending = s.pending, s.spare
	s.spare = nil
	return batch, s.ending
}

// recycle keeps a written buffer for the next batch, unless a burst made it large.
func (s *stream) recycle(batch []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spare == nil && cap(batch) <= 64<<10 {
		s.spare = batch[:0]
	}
}
