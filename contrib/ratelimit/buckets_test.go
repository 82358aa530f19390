package ratelimit_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/contrib/ratelimit"
)

func allow(t *testing.T, limiter ratelimit.Limiter, key string) ratelimit.Decision {
	t.Helper()
	d, err := limiter.Allow(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestBucketIsEmptiedAndFilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := ratelimit.NewBuckets(ratelimit.Rate{Requests: 3, Per: 30 * time.Second}, 0)
		for i, want := range []ratelimit.Decision{
			{Allowed: true, Limit: 3, Remaining: 2, Reset: 10 * time.Second},
			{Allowed: true, Limit: 3, Remaining: 1, Reset: 20 * time.Second},
			{Allowed: true, Limit: 3, Remaining: 0, Reset: 30 * time.Second},
			{Allowed: false, Limit: 3, Remaining: 0, Reset: 30 * time.Second, Retry: 10 * time.Second},
			{Allowed: false, Limit: 3, Remaining: 0, Reset: 30 * time.Second, Retry: 10 * time.Second},
		} {
			if got := allow(t, b, "a"); got != want {
				t.Errorf("request %d: %+v, want %+v", i, got, want)
			}
		}
		if got := allow(t, b, "b"); !got.Allowed || got.Remaining != 2 {
			t.Errorf("another key: %+v", got)
		}

		time.Sleep(10*time.Second - 1)
		if got := allow(t, b, "a"); got.Allowed || got.Retry > 2 {
			t.Errorf("a nanosecond too early: %+v", got)
		}
		time.Sleep(time.Nanosecond)
		if got := allow(t, b, "a"); !got.Allowed || got.Remaining != 0 {
			t.Errorf("after the delay: %+v", got)
		}
		time.Sleep(20 * time.Second)
		if got := allow(t, b, "a"); !got.Allowed || got.Remaining != 1 || got.Reset != 20*time.Second {
			t.Errorf("after two more: %+v", got)
		}
		time.Sleep(24 * time.Hour)
		if got := allow(t, b, "a"); !got.Allowed || got.Remaining != 2 {
			t.Errorf("a day later: %+v, more than fits in", got)
		}
	})
}

func TestBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := ratelimit.NewBuckets(ratelimit.Rate{Requests: 60, Per: time.Minute, Burst: 2}, 0)
		passed := 0
		for range 10 * 60 { // for a minute, ten times as fast as allowed
			if allow(t, b, "a").Allowed {
				passed++
			}
			time.Sleep(100 * time.Millisecond)
		}
		if passed != 2+59 {
			t.Errorf("%d requests passed, want 2 at once and 59 since", passed)
		}
	})
}

// Whatever clients do, no more passes than the bucket and what fills it; and who
// waits as long as he is told passes.
func TestRateHolds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		limit := ratelimit.Rate{Requests: 1 + random.IntN(1000), Per: time.Duration(1 + random.Int64N(int64(time.Hour))), Burst: random.IntN(20)}
		burst := limit.Burst
		if burst == 0 {
			burst = limit.Requests
		}
		interval := limit.Per / time.Duration(limit.Requests)
		synctest.Test(t, func(t *testing.T) {
			b := ratelimit.NewBuckets(limit, 0)
			start, passed := time.Now(), 0
			for range 2000 {
				d := allow(t, b, "a")
				if d.Allowed {
					passed++
				} else if random.IntN(2) == 0 {
					time.Sleep(d.Retry)
					if after := allow(t, b, "a"); !after.Allowed {
						t.Fatalf("%+v: told to wait for %v, and refused after it: %+v", limit, d.Retry, after)
					}
					passed++
				}
				time.Sleep(time.Duration(random.Int64N(int64(interval) + 1)))
			}
			most := float64(burst) + time.Since(start).Seconds()*float64(limit.Requests)/limit.Per.Seconds()
			if float64(passed) > most+1e-3 {
				t.Errorf("%+v: %d passed, want at most %f", limit, passed, most)
			}
		})
	}
}

func TestFullBucketsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := ratelimit.NewBuckets(ratelimit.Rate{Requests: 2, Per: time.Minute}, 50)
		for i := range 40 {
			allow(t, b, fmt.Sprint(i))
		}
		if b.Len() != 40 {
			t.Errorf("%d buckets, want 40", b.Len())
		}
		time.Sleep(time.Minute)
		for range 40 {
			allow(t, b, "only one")
		}
		if b.Len() != 1 {
			t.Errorf("%d buckets after all but one are full again", b.Len())
		}
		if allow(t, b, "only one").Allowed {
			t.Error("the one in use was forgotten")
		}
	})
}

func TestNoMoreBucketsThanAllowed(t *testing.T) {
	for _, most := range []int{1, 2, 63, 64, 100, 1000} {
		b := ratelimit.NewBuckets(ratelimit.Rate{Requests: 1, Per: time.Hour}, most)
		for i := range 3 * most {
			allow(t, b, strings.Repeat("k", 1000)+fmt.Sprint(i))
			if b.Len() > most {
				t.Fatalf("%d buckets, want at most %d", b.Len(), most)
			}
		}
		if b.Len() < most*9/10 {
			t.Errorf("only %d of %d buckets", b.Len(), most)
		}
	}
}

func TestTheOldestBucketGoesFirst(t *testing.T) {
	b := ratelimit.NewBuckets(ratelimit.Rate{Requests: 1, Per: time.Hour}, 3)
	for _, key := range []string{"a", "b", "c"} {
		if !allow(t, b, key).Allowed {
			t.Fatalf("%s is new and refused", key)
		}
	}
	allow(t, b, "a") // refused, but asked for
	allow(t, b, "d") // in place of b
	for key, want := range map[string]bool{"a": false, "c": false, "d": false} {
		if got := allow(t, b, key).Allowed; got != want {
			t.Errorf("%s: allowed %v, want %v", key, got, want)
		}
	}
	if !allow(t, b, "b").Allowed {
		t.Error("b was remembered, in place of another one")
	}
}

func TestLongKeysAreDifferent(t *testing.T) {
	b := ratelimit.NewBuckets(ratelimit.Rate{Requests: 1, Per: time.Hour}, 0)
	long := strings.Repeat("x", 10_000)
	if !allow(t, b, long+"1").Allowed || !allow(t, b, long+"2").Allowed || allow(t, b, long+"1").Allowed {
		t.Error("long keys are mistaken for each other")
	}
}

func TestManyAtOnce(t *testing.T) {
	b := ratelimit.NewBuckets(ratelimit.Rate{Requests: 100, Per: time.Hour}, 500)
	var passed [10]atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range 1000 {
				if allow(t, b, fmt.Sprint(i%10)).Allowed {
					passed[i%10].Add(1)
				}
			}
		})
	}
	group.Wait()
	for key := range passed {
		if n := passed[key].Load(); n != 100 {
			t.Errorf("%d requests of key %d passed, want 100", n, key)
		}
	}
}

func TestNewBucketsPanics(t *testing.T) {
	second := ratelimit.Rate{Requests: 1, Per: time.Second}
	for want, test := range map[string]struct {
		rate ratelimit.Rate
		keys int
	}{
		"ratelimit: 0 requests per 0s is not a rate":  {},
		"ratelimit: 1 requests per 0s is not a rate":  {rate: ratelimit.Rate{Requests: 1}},
		"ratelimit: -1 requests per 1s is not a rate": {rate: ratelimit.Rate{Requests: -1, Per: time.Second}},
		"ratelimit: 1 requests per -1s is not a rate": {rate: ratelimit.Rate{Requests: 1, Per: -time.Second}},
		"ratelimit: Burst is negative: -1":            {rate: ratelimit.Rate{Requests: 1, Per: 1, Burst: -1}},
		"ratelimit: MaxKeys is negative: -2":          {rate: second, keys: -2},
	} {
		wantPanic(t, want, func() { ratelimit.NewBuckets(test.rate, test.keys) })
	}
}

func wantPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		if got := recover(); got != want {
			t.Errorf("panic(%v), want %q", got, want)
		}
	}()
	f()
}
