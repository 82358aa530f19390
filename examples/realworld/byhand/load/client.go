package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// measure asks a server for one path, on all connections at once.
func (o options) measure(s *server, path, token string) (sample, error) {
	before, err := s.cpu()
	if err != nil {
		return sample{}, err
	}
	var (
		all     []time.Duration
		failure error
		mu      sync.Mutex
		wg      sync.WaitGroup
	)
	began := time.Now()
	for range o.connections {
		wg.Go(func() {
			took, err := ask(s.address, path, token, began.Add(o.time))
			mu.Lock()
			defer mu.Unlock()
			all, failure = append(all, took...), errors.Join(failure, err)
		})
	}
	wg.Wait()
	elapsed := time.Since(began)
	after, err := s.cpu()
	if err = errors.Join(failure, err); err != nil {
		return sample{}, err
	}
	slices.Sort(all)
	return sample{
		perSecond: float64(len(all)) / elapsed.Seconds(),
		p50:       all[len(all)/2],
		p99:       all[len(all)*99/100],
		cpu:       (after - before) / time.Duration(len(all)),
	}, nil
}

// ask asks on one connection until the time is over, and returns how long each
// answer took. It speaks as little HTTP as it can, to leave the processor to the
// server.
func ask(address, path, token string, until time.Time) (took []time.Duration, err error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	request := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Token %s\r\nOrigin: http://localhost:4200\r\nAccept: application/json\r\n\r\n",
		path, address, token)
	reader := bufio.NewReaderSize(conn, 64<<10)
	for now := time.Now(); now.Before(until); {
		if _, err := conn.Write(request); err != nil {
			return nil, err
		}
		if err := readAnswer(reader); err != nil {
			return nil, err
		}
		done := time.Now()
		took, now = append(took, done.Sub(now)), done
	}
	return took, nil
}

var (
	good          = []byte("HTTP/1.1 200 ")
	contentLength = []byte("Content-Length: ")
)

// readAnswer reads one answer, which has to be a 200 with a length.
func readAnswer(r *bufio.Reader) error {
	length := -1
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		switch {
		case err != nil:
			return err
		case first && !bytes.HasPrefix(line, good):
			return fmt.Errorf("the answer is %q", line)
		case len(line) == len("\r\n"):
			if length < 0 {
				return errors.New("the answer has no length")
			}
			_, err := io.CopyN(io.Discard, r, int64(length))
			return err
		case bytes.HasPrefix(line, contentLength):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(contentLength):]))); err != nil {
				return err
			}
		}
	}
}
