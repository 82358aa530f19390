package runtime

import (
	"bytes"
	"context"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime/internal/leak"
)

// patience is how long tests wait for what has to happen some time.
const patience = leak.Patience

// eventually waits until ok, and says why not if that does not come.
func eventually(t *testing.T, ok func() bool, why func() string) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(why())
		}
	}
}

// A site is a server for one handler, with a client of its own. What it logs is
// kept.
type site struct {
	*httptest.Server
	log *syncBuffer
}

// serveSite starts a server that ends, with all that it began, with the test.
func serveSite(t *testing.T, h http.HandlerFunc, configure ...func(*httptest.Server)) *site {
	t.Helper()
	leak.Check(t)
	before := slog.Default()
	s := &site{Server: httptest.NewUnstartedServer(h), log: &syncBuffer{}}
	slog.SetDefault(slog.New(slog.NewTextHandler(s.log, nil)))
	for _, f := range configure {
		f(s.Server)
	}
	if s.EnableHTTP2 {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(func() {
		s.Close()
		s.Client().CloseIdleConnections()
		slog.SetDefault(before)
	})
	return s
}

// http2 makes a site speak HTTP/2.
func http2(s *httptest.Server) { s.EnableHTTP2 = true }

// get sends a request that ends with the test.
func (s *site) get(t *testing.T, method string, header ...string) *http.Response {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, method, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

// A syncBuffer is a buffer that a server can log to while a test reads it.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// longAgo is a time that has passed.
var longAgo = time.Unix(0, 0)

// discardLog is for servers whose handlers panic on purpose.
var discardLog = log.New(io.Discard, "", 0)
