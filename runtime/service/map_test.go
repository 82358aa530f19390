package service

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
)

func TestFilter(t *testing.T) {
	m := &mock{}
	even := Filter(m, func(_ context.Context, text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err == nil && n%2 != 0 {
			err = errTest
		}
		return n, err
	})
	res, err := Do(t.Context(), even, "42")
	want(t, "result", res, 42)
	wantErr(t, "Do", err, nil)
	_, err = Do(t.Context(), even, "43")
	wantErr(t, "refused", err, errTest)
	want(t, "calls", m.called(), 1)
}

func TestFilterPassesReadinessOn(t *testing.T) {
	m := &mock{ready: func(context.Context) error { return errTest }}
	same := func(n int) int { return n }
	for name, s := range map[string]Service[int, int]{
		"MapRequest":  MapRequest(m, same),
		"MapResponse": MapResponse(m, same),
	} {
		wantErr(t, name, s.Ready(t.Context()), errTest)
	}
}

func TestMaps(t *testing.T) {
	m := &mock{call: func(_ context.Context, n int) (int, error) {
		if n < 0 {
			return n, errTest
		}
		return n * n, nil
	}}
	text := func(_ context.Context, n int) (string, error) { return strconv.Itoa(n), nil }
	describe := func(_ context.Context, n int, err error) (string, error) { return fmt.Sprint(n, err), nil }
	tests := map[string]struct {
		s    Service[int, string]
		req  int
		want string
		err  error
	}{
		"MapResponse":            {MapResponse(m, strconv.Itoa), 3, "9", nil},
		"MapResponse of failure": {MapResponse(m, strconv.Itoa), -3, "", errTest},
		"AndThen":                {AndThen(m, text), 3, "9", nil},
		"AndThen of failure":     {AndThen(m, text), -3, "", errTest},
		"Then":                   {Then(m, describe), 3, "9 <nil>", nil},
		"Then of failure":        {Then(m, describe), -3, "-3 test", nil},
		"MapRequest": {
			MapResponse(MapRequest(m, func(n int) int { return n + 1 }), strconv.Itoa), 3, "16", nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			res, err := Do(t.Context(), test.s, test.req)
			want(t, "result", res, test.want)
			wantErr(t, "Do", err, test.err)
		})
	}
}

func TestMapErr(t *testing.T) {
	m := &mock{}
	other := errors.New("other")
	s := MapErr(m, func(err error) error { return fmt.Errorf("%w: %w", other, err) })
	_, err := Do(t.Context(), s, 1)
	wantErr(t, "without an error", err, nil)

	m.call = failing(0, errTest)
	_, err = Do(t.Context(), s, 1)
	wantErr(t, "of Call", err, other)
	wantErr(t, "of Call", err, errTest)

	m.ready = func(context.Context) error { return errTest }
	wantErr(t, "of Ready", s.Ready(t.Context()), other)

	// That a service is not ready now is not an error of it.
	m.ready = never
	ok, err := TryReady(t.Context(), MapErr(m, func(error) error { return other }))
	want(t, "ready", ok, false)
	wantErr(t, "TryReady", err, nil)

	m.call, m.ready = failing(0, errTest), nil
	_, err = Do(t.Context(), MapErr(m, func(error) error { return nil }), 1)
	wantErr(t, "mended", err, nil)
}
