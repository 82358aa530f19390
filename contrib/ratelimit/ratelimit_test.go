package ratelimit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/contrib/ratelimit"
	"github.com/handlergen/handlergen/runtime"
)

var hello = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })

// get serves a request with header lines "Name: value".
func get(h http.Handler, peer string, lines ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = peer
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func fields(header http.Header) string {
	return fmt.Sprint(header.Get("RateLimit-Limit"), " ", header.Get("RateLimit-Remaining"), " ", header.Get("RateLimit-Reset"),
		" ", header.Get("Retry-After"))
}

func TestOverHTTP(t *testing.T) {
	router := runtime.NewRouter()
	router.Handle("GET /{$}", hello)
	layer := ratelimit.New(ratelimit.Config{Rate: ratelimit.Rate{Requests: 2, Per: time.Hour}})
	s := httptest.NewServer(layer(router))
	t.Cleanup(s.Close)
	for i, want := range []struct {
		status int
		fields string
	}{
		{200, "2 1 1800 "},
		{200, "2 0 3600 "},
		{429, "2 0 3600 1800"},
	} {
		response, err := s.Client().Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != want.status || fields(response.Header) != want.fields {
			t.Errorf("request %d: %d %s, want %d %s", i, response.StatusCode, fields(response.Header), want.status, want.fields)
		}
		if response.StatusCode == 200 {
			continue
		}
		var problem struct {
			Title, Detail string
			Status        int
		}
		if err := json.Unmarshal(body, &problem); err != nil || problem.Status != 429 || problem.Title != "Too Many Requests" ||
			!strings.HasPrefix(problem.Detail, "too many requests: try again in 1") {
			t.Errorf("problem: %s", body)
		}
		if got := response.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("Content-Type = %s", got)
		}
	}
}

func TestFieldsAreRoundedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := ratelimit.New(ratelimit.Config{Rate: ratelimit.Rate{Requests: 10, Per: 15 * time.Second}})(hello)
		if got := fields(get(h, "192.0.2.1:1").Header()); got != "10 9 2 " { // 1.5 s
			t.Errorf("first: %s", got)
		}
		for range 9 {
			get(h, "192.0.2.1:1")
		}
		if w := get(h, "192.0.2.1:1"); w.Code != 429 || fields(w.Header()) != "10 0 15 2" {
			t.Errorf("eleventh: %d %s", w.Code, fields(w.Header()))
		}
		time.Sleep(2 * time.Second)
		if w := get(h, "192.0.2.1:1"); w.Code != 200 {
			t.Errorf("after Retry-After: %d", w.Code)
		}
		if got := ratelimit.New(ratelimit.Config{Rate: ratelimit.Rate{Requests: 1000, Per: time.Second, Burst: 1}})(hello); get(got, "").Code != 200 {
			t.Error("first request refused")
		} else if w := get(got, ""); w.Code != 429 || fields(w.Header()) != "1 0 1 1" || !strings.Contains(w.Body.String(), "in 1 second\"") {
			t.Errorf("a millisecond: %d %s %s", w.Code, fields(w.Header()), w.Body)
		}
	})
}

func TestErrorsAreThoseOfTheRouter(t *testing.T) {
	var got error
	router := runtime.NewRouter()
	layer := ratelimit.New(ratelimit.Config{Rate: ratelimit.Rate{Requests: 1, Per: time.Hour}})
	router.Handle("GET /{$}", layer(hello))
	router.RenderErrors(func(w http.ResponseWriter, _ *http.Request, err error) {
		got = err
		runtime.SetErrorHeader(w, err)
		w.WriteHeader(runtime.StatusOf(err))
	})
	get(router, "192.0.2.1:1")
	w := get(router, "192.0.2.1:1")
	exceeded, ok := errors.AsType[*ratelimit.Exceeded](got)
	if !ok || exceeded.Decision.Limit != 1 || exceeded.Decision.Retry <= 59*time.Minute {
		t.Errorf("error = %#v", got)
	}
	if w.Code != 429 || w.Header().Get("Retry-After") != "3600" {
		t.Errorf("%d, Retry-After %s", w.Code, w.Header().Get("Retry-After"))
	}
}

func TestTheTighterOfTwoIsTold(t *testing.T) {
	limit := func(n int) func(http.Handler) http.Handler {
		return ratelimit.New(ratelimit.Config{Rate: ratelimit.Rate{Requests: n, Per: time.Hour}})
	}
	for _, h := range []http.Handler{limit(100)(limit(3)(hello)), limit(3)(limit(100)(hello))} {
		if got := fields(get(h, "192.0.2.1:1").Header()); got != "3 2 1200 " {
			t.Errorf("told %s, want what is left of 3", got)
		}
		get(h, "192.0.2.1:1")
		get(h, "192.0.2.1:1")
		if w := get(h, "192.0.2.1:1"); w.Code != 429 || !strings.HasPrefix(fields(w.Header()), "3 0 ") {
			t.Errorf("%d %s", w.Code, fields(w.Header()))
		}
	}
}

func TestByAddress(t *testing.T) {
	one := netip.MustParsePrefix("10.0.0.1/32")
	net6 := netip.MustParsePrefix("2001:db8:ffff::/48")
	for _, test := range []struct {
		name      string
		proxies   []netip.Prefix
		peer      string
		forwarded []string
		want      string
	}{
		{"the peer", nil, "192.0.2.1:1234", nil, "192.0.2.1"},
		{"without port", nil, "192.0.2.1", nil, "192.0.2.1"},
		{"IPv6", nil, "[2001:db8:1:2:3:4:5:6]:80", nil, "2001:db8:1:2::/64"},
		{"IPv6 with a zone", nil, "[fe80::1%eth0]:80", nil, "fe80::/64"},
		{"IPv4 in IPv6", nil, "[::ffff:192.0.2.1]:80", nil, "192.0.2.1"},
		{"no address", nil, "@", nil, ""},
		{"nothing", nil, "", nil, ""},
		{"whatever the header says", nil, "192.0.2.1:1234", []string{"198.51.100.7"}, "192.0.2.1"},
		{"a proxy that nobody named", []netip.Prefix{one}, "192.0.2.1:1234", []string{"198.51.100.7"}, "192.0.2.1"},

		{"behind a proxy", []netip.Prefix{one}, "10.0.0.1:80", []string{"198.51.100.7"}, "198.51.100.7"},
		{"with a port", []netip.Prefix{one}, "10.0.0.1:80", []string{"198.51.100.7:4711"}, "198.51.100.7"},
		{"IPv6 behind a proxy", []netip.Prefix{one}, "10.0.0.1:80", []string{"[2001:db8::1]:4711"}, "2001:db8::/64"},
		{"bare IPv6 behind a proxy", []netip.Prefix{one}, "10.0.0.1:80", []string{"2001:db8::1"}, "2001:db8::/64"},
		{"made up by the client", []netip.Prefix{one}, "10.0.0.1:80", []string{"1.2.3.4, 5.6.7.8,198.51.100.7"}, "198.51.100.7"},
		{"made up, on a line of its own", []netip.Prefix{one}, "10.0.0.1:80", []string{"1.2.3.4", "198.51.100.7"}, "198.51.100.7"},
		{"made up to look like a proxy", []netip.Prefix{one}, "10.0.0.1:80", []string{"1.2.3.4, 10.0.0.1, 198.51.100.7"}, "198.51.100.7"},
		{"behind two proxies", []netip.Prefix{one, net6}, "[2001:db8:ffff::5]:80", []string{"1.2.3.4, 198.51.100.7, 10.0.0.1"}, "198.51.100.7"},
		{"a proxy on its own behalf", []netip.Prefix{one}, "10.0.0.1:80", nil, "10.0.0.1"},
		{"only proxies", []netip.Prefix{one, net6}, "[2001:db8:ffff::5]:80", []string{"10.0.0.1"}, "10.0.0.1"},
		{"not an address", []netip.Prefix{one}, "10.0.0.1:80", []string{"198.51.100.7, unknown"}, "10.0.0.1"},
		{"not an address, further on", []netip.Prefix{one, net6}, "[2001:db8:ffff::5]:80", []string{"_hidden, 10.0.0.1"}, "10.0.0.1"},
		{"through a socket", []netip.Prefix{one}, "@", []string{"198.51.100.7"}, "198.51.100.7"},
		{"through a socket that nobody named", nil, "@", []string{"198.51.100.7"}, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.peer
		for _, line := range test.forwarded {
			r.Header.Add("X-Forwarded-For", line)
		}
		if got, err := ratelimit.ByAddress(test.proxies...)(r); err != nil || got != test.want {
			t.Errorf("%s: key %q, %v, want %q", test.name, got, err, test.want)
		}
	}
	wantPanic(t, "ratelimit: a proxy is not a valid prefix", func() { ratelimit.ByAddress(netip.Prefix{}) })
	wantPanic(t, "ratelimit: no proxy has an address in ::ffff:10.0.0.0/104: write a prefix of IPv4", func() {
		ratelimit.ByAddress(netip.MustParsePrefix("::ffff:10.0.0.0/104"))
	})
}

func TestByHeader(t *testing.T) {
	h := ratelimit.New(ratelimit.Config{
		Rate: ratelimit.Rate{Requests: 1, Per: time.Hour},
		Key:  ratelimit.ByHeader("x-api-key"),
	})(hello)
	for i, test := range []struct {
		lines  []string
		status int
	}{
		{[]string{"X-Api-Key: a"}, 200},
		{[]string{"X-Api-Key: b"}, 200},
		{[]string{"X-Api-Key: a"}, 429},
		{nil, 200},
		{nil, 429},
		{[]string{"X-Api-Key: "}, 429},
	} {
		if got := get(h, "192.0.2.1:1", test.lines...).Code; got != test.status {
			t.Errorf("request %d: %d, want %d", i, got, test.status)
		}
	}
}

type user struct{ name string }

func TestByExtension(t *testing.T) {
	h := ratelimit.New(ratelimit.Config{
		Rate: ratelimit.Rate{Requests: 1, Per: time.Hour},
		Key:  ratelimit.ByExtension(func(u user) string { return u.name }),
	})(hello)
	as := func(name string) int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, runtime.WithExtension(httptest.NewRequest("GET", "/", nil), user{name}))
		return w.Code
	}
	if as("ada") != 200 || as("bob") != 200 || as("ada") != 429 {
		t.Error("users share a limit, or have none")
	}
	log := captureLog(t)
	if w := get(h, "192.0.2.1:1"); w.Code != 500 || strings.Contains(w.Body.String(), "user") || !strings.Contains(log.String(), "ratelimit_test.user") {
		t.Errorf("nobody put a user there: %d %s, log %s", w.Code, w.Body, log)
	}
}

func TestKeyRefuses(t *testing.T) {
	h := ratelimit.New(ratelimit.Config{
		Rate: ratelimit.Rate{Requests: 1, Per: time.Hour},
		Key:  func(*http.Request) (string, error) { return "", runtime.Errorf(400, "who are you?") },
	})(hello)
	if w := get(h, "192.0.2.1:1"); w.Code != 400 || !strings.Contains(w.Body.String(), "who are you?") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// A store is a limiter somewhere else.
type store struct {
	decision ratelimit.Decision
	err      error
	keys     []string
}

func (s *store) Allow(_ context.Context, key string) (ratelimit.Decision, error) {
	s.keys = append(s.keys, key)
	return s.decision, s.err
}

func captureLog(t *testing.T) *bytes.Buffer {
	log := new(bytes.Buffer)
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return log
}

func TestLimiterOfOnesOwn(t *testing.T) {
	s := &store{decision: ratelimit.Decision{Allowed: true, Limit: 7, Remaining: 3, Reset: time.Minute}}
	h := ratelimit.New(ratelimit.Config{Limiter: s})(hello)
	if w := get(h, "192.0.2.1:1"); w.Code != 200 || fields(w.Header()) != "7 3 60 " {
		t.Errorf("%d %s", w.Code, fields(w.Header()))
	}
	s.decision = ratelimit.Decision{Retry: 90 * time.Second}
	if w := get(h, "192.0.2.1:1"); w.Code != 429 || fields(w.Header()) != "   90" {
		t.Errorf("a limiter that tells nothing but when: %d %s", w.Code, fields(w.Header()))
	}
	if fmt.Sprint(s.keys) != "[192.0.2.1 192.0.2.1]" {
		t.Errorf("asked for %q", s.keys)
	}
}

func TestLimiterFails(t *testing.T) {
	log := captureLog(t)
	s := &store{err: fmt.Errorf("redis: secret host: %w", runtime.Errorf(418, "secret, too"))}
	if w := get(ratelimit.New(ratelimit.Config{Limiter: s})(hello), "192.0.2.1:1"); w.Code != 200 || w.Body.String() != "hello" {
		t.Errorf("open: %d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "secret host") {
		t.Errorf("the failure is not in the log: %s", log)
	}
	log.Reset()
	w := get(ratelimit.New(ratelimit.Config{Limiter: s, FailClosed: true})(hello), "192.0.2.1:1")
	if w.Code != 503 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("closed: %d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "secret host") {
		t.Errorf("the failure is not in the log: %s", log)
	}
}

func TestLimiterFailsAsTheClientGoes(t *testing.T) {
	log := captureLog(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := ratelimit.New(ratelimit.Config{Limiter: &store{err: fmt.Errorf("redis: %w", context.Canceled)}})(hello)
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/", nil))
	if log.Len() > 0 {
		t.Errorf("logged: %s", log)
	}
}

func TestNewPanics(t *testing.T) {
	wantPanic(t, "ratelimit: 0 requests per 0s is not a rate", func() { ratelimit.New(ratelimit.Config{}) })
	wantPanic(t, "ratelimit: Rate and MaxKeys say nothing to a Limiter of your own", func() {
		ratelimit.New(ratelimit.Config{Limiter: &store{}, MaxKeys: 5})
	})
}
