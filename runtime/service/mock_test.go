package service

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"
)

// A mock is a service whose readiness and results a test commands.
type mock struct {
	ready   func(ctx context.Context) error
	call    func(ctx context.Context, req int) (int, error)
	mu      sync.Mutex
	readies int
	calls   []int
	running int
	most    int // that ran at a time
}

func (m *mock) Ready(ctx context.Context) error {
	m.mu.Lock()
	m.readies++
	m.mu.Unlock()
	if m.ready != nil {
		return m.ready(ctx)
	}
	return nil
}

func (m *mock) Call(ctx context.Context, req int) (int, error) {
	m.mu.Lock()
	m.calls = append(m.calls, req)
	m.running++
	m.most = max(m.most, m.running)
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		m.running--
		m.mu.Unlock()
	}()
	if m.call != nil {
		return m.call(ctx, req)
	}
	return req, nil
}

func (m *mock) called() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.calls)
}

// goingOn returns how many calls have not ended.
func (m *mock) goingOn() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.running
}

// sleeping is a call that takes that long, unless its context ends.
func sleeping(d time.Duration) func(context.Context, int) (int, error) {
	return func(ctx context.Context, req int) (int, error) {
		select {
		case <-time.After(d):
			return req, nil
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
}

// never is the Ready of a service that is not ready.
func never(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

var errTest = errors.New("test")

// mustPanic fails the test unless f panics, and returns what with.
func mustPanic(t *testing.T, f func()) (reason any) {
	t.Helper()
	defer func() {
		if reason = recover(); reason == nil {
			t.Error("no panic")
		}
	}()
	f()
	return nil
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}

func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// statusOf returns the status that an error says by itself.
func statusOf(err error) int {
	if s, ok := errors.AsType[interface {
		error
		Status() int
	}](err); ok {
		return s.Status()
	}
	return http.StatusInternalServerError
}
