package service

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestReconnect(t *testing.T) {
	var connects int
	var m *mock
	var broken error
	s := Reconnect(func(context.Context) (Service[int, int], error) {
		connects++
		if broken != nil {
			return nil, broken
		}
		m = &mock{}
		return m, nil
	})
	do := func(what string, connected int, wanted error) {
		t.Helper()
		_, err := Do(t.Context(), s, 1)
		wantErr(t, what, err, wanted)
		want(t, what+": connects", connects, connected)
	}
	want(t, "connects before the first call", connects, 0)
	do("the first call", 1, nil)
	do("the second", 1, nil)

	// When readiness fails, a new connection is made.
	m.ready = func(context.Context) error { return errTest }
	do("after a failure", 2, nil)

	// If that fails too, the call fails, not Ready; and the next tries again.
	m.ready = func(context.Context) error { return errTest }
	broken = errors.New("no route")
	ctx, release := Reserve(t.Context())
	defer release()
	wantErr(t, "Ready", s.Ready(ctx), nil)
	want(t, "connects", connects, 3)
	_, err := s.Call(ctx, 1)
	wantErr(t, "Call", err, broken)
	want(t, "connects", connects, 3)
	do("while there is no route", 4, broken)
	wantErr(t, "Ready outside a reservation", s.Ready(t.Context()), nil)
	_, err = s.Call(t.Context(), 1)
	wantErr(t, "Call without Ready", err, broken)
	want(t, "connects", connects, 6)
	broken = nil
	do("when there is one", 7, nil)
	_, err = s.Call(t.Context(), 1)
	wantErr(t, "Call without Ready", err, nil)
	want(t, "connects", connects, 7)
}

// An error that was kept for a call is not for the one after another Ready.
func TestReconnectForgetsTheError(t *testing.T) {
	broken := errTest
	s := Reconnect(func(context.Context) (Service[int, int], error) { return &mock{}, broken })
	ctx, release := Reserve(t.Context())
	defer release()
	wantErr(t, "Ready", s.Ready(ctx), nil)
	broken = nil
	wantErr(t, "Ready", s.Ready(ctx), nil)
	_, err := s.Call(ctx, 1)
	wantErr(t, "Call", err, nil)
}

// A connection that is not ready from the beginning is as good as none, and not
// made again and again.
func TestReconnectFreshFailure(t *testing.T) {
	connects := 0
	s := Reconnect(func(context.Context) (Service[int, int], error) {
		connects++
		return &mock{ready: func(context.Context) error { return errTest }}, nil
	})
	_, err := Do(t.Context(), s, 1)
	wantErr(t, "Do", err, errTest)
	want(t, "connects", connects, 1)
}

// One connection is made for all who wait, and for those who come later when
// they have gone.
func TestReconnectOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connects := 0
		s := Reconnect(func(ctx context.Context) (Service[int, int], error) {
			connects++
			select {
			case <-time.After(time.Minute):
				return &mock{}, nil
			case <-ctx.Done():
				return nil, context.Cause(ctx)
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := Do(ctx, s, 1)
		wantErr(t, "an impatient caller", err, context.DeadlineExceeded)
		_, err = Do(t.Context(), LoadShed(s), 1)
		wantErr(t, "while connecting", err, ErrOverloaded)
		_, err = s.Call(ctx, 1)
		wantErr(t, "a call that is too late", err, context.DeadlineExceeded)
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() {
				_, err := Do(t.Context(), s, i)
				wantErr(t, "Do", err, nil)
			})
		}
		all.Wait()
		want(t, "connects", connects, 1)
		_, err = Do(t.Context(), LoadShed(s), 1)
		wantErr(t, "when connected", err, nil)
	})
}

func TestReconnectPanics(t *testing.T) {
	s := Reconnect(func(context.Context) (Service[int, int], error) { panic(errTest) })
	_, err := Do(t.Context(), s, 1)
	wantErr(t, "Do", err, errTest)
}

// That a connection is not ready now says nothing against it.
func TestReconnectNotReadyNow(t *testing.T) {
	connects := 0
	m := &mock{}
	s := Reconnect(func(context.Context) (Service[int, int], error) { connects++; return m, nil })
	wantErr(t, "Ready", s.Ready(t.Context()), nil)
	m.ready = never
	ok, err := TryReady(t.Context(), s)
	want(t, "ready", ok, false)
	wantErr(t, "TryReady", err, nil)
	m.ready = nil
	wantErr(t, "Ready", s.Ready(t.Context()), nil)
	want(t, "connects", connects, 1)
}
