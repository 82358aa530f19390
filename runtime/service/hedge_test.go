package service

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// warm returns a hedge for which every latency so far was 10 milliseconds.
func warm(inner Service[int, int], config HedgeConfig[int]) Service[int, int] {
	if config.Period == 0 {
		config.Period = time.Minute
	}
	s := Hedge(inner, config).(*hedge[int, int])
	for range 20 {
		s.latencies.add(10 * time.Millisecond)
	}
	time.Sleep(config.Period)
	return s
}

// late is how late a request is after a percentile of that, by the histogram.
func late(d time.Duration) time.Duration { return time.Duration(upperEnd(bucketOf(uint64(d)))) }

func TestHedge(t *testing.T) {
	quick, slow := sleeping(5*time.Millisecond), sleeping(time.Second)
	tests := map[string]struct {
		first, second func(context.Context, int) (int, error)
		config        HedgeConfig[int]
		calls         int
		after         time.Duration
		err           error
	}{
		"the first is in time":   {quick, nil, HedgeConfig[int]{}, 1, 5 * time.Millisecond, nil},
		"the second is quicker":  {slow, quick, HedgeConfig[int]{}, 2, late(10*time.Millisecond) + 5*time.Millisecond, nil},
		"the first is quicker":   {sleeping(20 * time.Millisecond), slow, HedgeConfig[int]{}, 2, 20 * time.Millisecond, nil},
		"the first fails":        {failing(20*time.Millisecond, errTest), slow, HedgeConfig[int]{}, 2, 20 * time.Millisecond, errTest},
		"the second fails":       {slow, failing(0, errTest), HedgeConfig[int]{}, 2, late(10 * time.Millisecond), errTest},
		"fails before it is due": {failing(0, errTest), nil, HedgeConfig[int]{}, 1, 0, errTest},
		"too few samples":        {slow, nil, HedgeConfig[int]{MinSamples: 21}, 1, time.Second, nil},
		"enough samples":         {slow, quick, HedgeConfig[int]{MinSamples: 20}, 2, late(10*time.Millisecond) + 5*time.Millisecond, nil},
		"not to be cloned": {
			slow, nil,
			HedgeConfig[int]{Clone: func(int) (int, bool) { return 0, false }},
			1, time.Second, nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &mock{}
				m.call = func(ctx context.Context, req int) (int, error) {
					if m.called() == 1 {
						return test.first(ctx, req)
					}
					return test.second(ctx, req)
				}
				s := warm(m, test.config)
				began := time.Now()
				_, err := Do(t.Context(), s, 1)
				wantErr(t, "Do", err, test.err)
				want(t, "time", time.Since(began), test.after)
				synctest.Wait()
				want(t, "calls", m.called(), test.calls)
				want(t, "calls that go on", m.goingOn(), 0)
			})
		})
	}
}

// Latencies count in the period after that in which they were gathered.
func TestHedgePeriods(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{call: sleeping(time.Second)}
		s := Hedge(m, HedgeConfig[int]{MinSamples: 1, Period: time.Minute, Clone: func(int) (int, bool) {
			t.Log("late")
			return 0, false
		}}).(*hedge[int, int])
		known := func(what string, ok bool) {
			t.Helper()
			_, got := s.latencies.percentile(50, 1)
			want(t, what, got, ok)
		}
		_, _ = Do(t.Context(), s, 1)
		known("in the same period", false)
		time.Sleep(time.Minute)
		known("in the next", true)
		time.Sleep(time.Minute)
		known("in the one after", false)
		_, _ = Do(t.Context(), s, 1)
		time.Sleep(3 * time.Minute)
		known("long after", false)

		m.call = failing(time.Second, errTest)
		_, _ = Do(t.Context(), s, 1)
		time.Sleep(time.Minute)
		known("of a failure", false)
	})
}

// The second call waits until the service is ready for it, and nobody waits for
// it when the first returns.
func TestHedgeWaitsForReadiness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		places := NewSemaphore(1)
		m := &mock{call: sleeping(time.Second)}
		s := warm(SharedConcurrencyLimit(m, places), HedgeConfig[int]{})
		began := time.Now()
		_, err := Do(t.Context(), s, 1)
		wantErr(t, "Do", err, nil)
		want(t, "time", time.Since(began), time.Second)
		synctest.Wait()
		want(t, "most at a time", m.most, 1)
		want(t, "places taken in the end", len(places.taken), 0)
	})
}

// Of two responses, the loser's is closed and the winner's context lasts.
func TestHedgeOfResponses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var bodies []*slowBody
		s := Hedge(Func(func(ctx context.Context, req int) (*http.Response, error) {
			body := &slowBody{ctx: ctx}
			mu.Lock()
			bodies = append(bodies, body)
			n := len(bodies)
			mu.Unlock()
			if n == 12 {
				time.Sleep(time.Second) // deaf
			} else {
				time.Sleep(10 * time.Millisecond)
			}
			return &http.Response{StatusCode: 200, Body: body}, nil
		}), HedgeConfig[int]{Period: time.Minute})
		for range 11 {
			res, _ := Do(t.Context(), s, 1)
			res.Body.Close()
		}
		time.Sleep(time.Minute)
		res, err := Do(t.Context(), s, 1)
		wantErr(t, "Do", err, nil)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		loser, winner := bodies[11], bodies[12]
		want(t, "loser closed", loser.closed, 1)
		wantErr(t, "loser's context", loser.ctx.Err(), context.Canceled)
		want(t, "winner closed", winner.closed, 0)
		wantErr(t, "winner's context", winner.ctx.Err(), nil)
		res.Body.Close()
		want(t, "winner closed", winner.closed, 1)
		wantErr(t, "winner's context after that", winner.ctx.Err(), context.Canceled)
	})
}

func TestHedgePanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := warm(&mock{call: func(context.Context, int) (int, error) { panic(errTest) }}, HedgeConfig[int]{})
		reason := mustPanic(t, func() { _, _ = Do(t.Context(), s, 1) })
		if p, ok := reason.(*PanicError); !ok || p.Value != any(errTest) {
			t.Errorf("panic of %v, want a PanicError of %v", reason, errTest)
		}
	})
}

func TestHedgeRefusesNonsense(t *testing.T) {
	for _, config := range []HedgeConfig[int]{
		{Percentile: -1}, {Percentile: 101}, {MinSamples: -1}, {Period: -1},
	} {
		mustPanic(t, func() { Hedge(&mock{}, config) })
	}
	Hedge(&mock{}, HedgeConfig[int]{Percentile: 100}) // the slowest
}

// Percentiles of the histogram are those of the durations, but for one part in
// 64, and never too low.
func TestHistogram(t *testing.T) {
	var h histogram
	var all []time.Duration
	for range 5000 {
		d := time.Duration(rand.Int64N(1 << rand.IntN(63)))
		all = append(all, d)
		h.add(d)
	}
	slices.Sort(all)
	for _, permille := range []int{1, 10, 100, 333, 500, 900, 950, 990, 999, 1000} {
		exact := all[(permille*len(all)+999)/1000-1]
		got := h.percentile(float64(permille) / 10)
		if got < exact || float64(got-exact) > float64(exact)/64+1 {
			t.Errorf("percentile %v: %v, want %v", float64(permille)/10, got, exact)
		}
	}
	h.clear()
	want(t, "total after clear", h.total, 0)
	h.add(-time.Second)
	want(t, "percentile of less than nothing", h.percentile(100), 0)
}

func TestHistogramBuckets(t *testing.T) {
	var h histogram
	next := uint64(0)
	for bucket := range h.counts {
		end := upperEnd(bucket)
		if bucketOf(next) != bucket || bucketOf(end) != bucket {
			t.Fatalf("bucket %d from %d to %d: %d, %d", bucket, next, end, bucketOf(next), bucketOf(end))
		}
		next = end + 1
	}
	want(t, "the last end", next, 1<<63)
}
