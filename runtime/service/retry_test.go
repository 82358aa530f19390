package service

import (
	"context"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// flaky is a call that fails so many times before it succeeds.
func flaky(failures int) func(context.Context, int) (int, error) {
	return func(_ context.Context, req int) (int, error) {
		if failures--; failures >= 0 {
			return 0, errTest
		}
		return req, nil
	}
}

// every is a backoff that is always the same.
func every(d time.Duration) Backoff { return func(int) time.Duration { return d } }

func TestRetry(t *testing.T) {
	tests := map[string]struct {
		policy   *RetryPolicy[int, int]
		failures int
		calls    int
		err      error
		after    time.Duration
	}{
		"success at once":          {&RetryPolicy[int, int]{}, 0, 1, nil, 0},
		"success at last":          {&RetryPolicy[int, int]{Backoff: every(time.Second)}, 2, 3, nil, 2 * time.Second},
		"three attempts":           {&RetryPolicy[int, int]{Backoff: every(time.Second)}, 9, 3, errTest, 2 * time.Second},
		"five attempts":            {&RetryPolicy[int, int]{Backoff: every(time.Second), Attempts: 5}, 9, 5, errTest, 4 * time.Second},
		"one attempt":              {&RetryPolicy[int, int]{Attempts: 1}, 9, 1, errTest, 0},
		"no budget":                {&RetryPolicy[int, int]{Budget: NewBudget(time.Second, 0, 0)}, 9, 1, errTest, 0},
		"budget of one":            {&RetryPolicy[int, int]{Budget: NewBudget(time.Second, 1, 0), Backoff: every(0)}, 9, 2, errTest, 0},
		"no clone":                 {&RetryPolicy[int, int]{Clone: func(int) (int, bool) { return 0, false }}, 9, 1, errTest, 0},
		"not when":                 {&RetryPolicy[int, int]{When: func(int, error) bool { return false }}, 9, 1, errTest, 0},
		"when a result is no good": {&RetryPolicy[int, int]{When: func(res int, _ error) bool { return res == 1 }, Backoff: every(0)}, 0, 3, nil, 0},
		"growing pauses": {
			&RetryPolicy[int, int]{Backoff: Exponential(time.Second, time.Minute, 0), Attempts: 5},
			9, 5, errTest, (1 + 2 + 4 + 8) * time.Second,
		},
		"as long as the other side wants": {
			&RetryPolicy[int, int]{
				Backoff: every(time.Second),
				After:   func(int, error) (time.Duration, bool) { return 5 * time.Second, true },
			},
			1, 2, nil, 5 * time.Second,
		},
		"but not less than the backoff": {
			&RetryPolicy[int, int]{
				Backoff: every(time.Second),
				After:   func(int, error) (time.Duration, bool) { return time.Millisecond, true },
			},
			1, 2, nil, time.Second,
		},
		"nor that long": {
			&RetryPolicy[int, int]{After: func(int, error) (time.Duration, bool) { return time.Minute, true }},
			1, 1, errTest, 0,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &mock{call: flaky(test.failures)}
				began := time.Now()
				_, err := Do(t.Context(), Retry(m, test.policy), 1)
				wantErr(t, "Do", err, test.err)
				want(t, "calls", m.called(), test.calls)
				want(t, "readies", m.readies, test.calls)
				want(t, "time", time.Since(began), test.after)
			})
		})
	}
}

func TestRetryDefaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{call: flaky(9)}
		began := time.Now()
		_, err := Do(t.Context(), Retry(m, &RetryPolicy[int, int]{}), 1)
		wantErr(t, "Do", err, errTest)
		want(t, "calls", m.called(), 3)
		pause := time.Since(began)
		if low, high := 150*time.Millisecond, 150*time.Millisecond*199/100; pause <= low || pause > high {
			t.Errorf("two pauses of %v together, want between %v and %v", pause, low, high)
		}
	})
}

// A policy of one's own can ask a RetryPolicy.
func TestRetryPolicyAlone(t *testing.T) {
	p := &RetryPolicy[int, int]{Backoff: every(time.Second)}
	wait, again := p.Retry(t.Context(), &Attempt[int, int]{Number: 1, Err: errTest})
	want(t, "again", again, true)
	want(t, "wait", wait, time.Second)
}

// A policy may change the request and the result.
func TestRetryChangesTheAttempt(t *testing.T) {
	m := &mock{call: func(_ context.Context, req int) (int, error) { return 0, errTest }}
	s := Retry(m, policy(func(_ context.Context, a *Attempt[int, int]) (time.Duration, bool) {
		if a.Number == 3 {
			a.Response, a.Err = 42, nil
			return 0, false
		}
		a.Request++
		return 0, true
	}))
	res, err := Do(t.Context(), s, 1)
	wantErr(t, "Do", err, nil)
	want(t, "result", res, 42)
	for i, req := range []int{1, 2, 3} {
		want(t, "request", m.calls[i], req)
	}
}

type policy func(context.Context, *Attempt[int, int]) (time.Duration, bool)

func (p policy) Retry(ctx context.Context, a *Attempt[int, int]) (time.Duration, bool) {
	return p(ctx, a)
}

// Each try waits until the service is ready, and a place is free while nobody
// tries.
func TestRetryWaitsForReadiness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		places := NewSemaphore(1)
		s := Retry(SharedConcurrencyLimit(&mock{call: flaky(1)}, places), &RetryPolicy[int, int]{
			Backoff: every(time.Second),
			When: func(_ int, err error) bool {
				want(t, "places taken between tries", len(places.taken), 0)
				time.AfterFunc(time.Second/2, func() { _ = places.Acquire(context.Background()) })
				time.AfterFunc(time.Minute, places.Release)
				return err != nil
			},
		})
		began := time.Now()
		_, err := Do(t.Context(), s, 1)
		wantErr(t, "Do", err, nil)
		want(t, "time", time.Since(began), time.Minute)
		synctest.Wait()
		time.Sleep(time.Hour)
	})
}

// When there is no time for another try, the result at hand is the result.
func TestRetryHeedsTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{call: flaky(9)}
		s := Retry(m, &RetryPolicy[int, int]{Backoff: every(time.Minute)})
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := Do(ctx, s, 1)
		wantErr(t, "with a deadline before the retry", err, errTest)
		want(t, "time", time.Since(began), 0)
		want(t, "calls", m.called(), 1)

		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err = Do(ctx, s, 1)
		wantErr(t, "when the context ends", err, errTest)
		want(t, "time", time.Since(began), time.Second)
		want(t, "calls", m.called(), 2)

		_, err = Do(ctx, s, 1)
		wantErr(t, "when it has ended", err, errTest)
		want(t, "calls", m.called(), 3)

		// A result that is whole counts more than the context.
		res, err := Do(ctx, Retry(&mock{}, &RetryPolicy[int, int]{}), 7)
		wantErr(t, "a result when it has ended", err, nil)
		want(t, "result", res, 7)

		// A timeout outside is known inside.
		_, err = Do(t.Context(), Timeout(s, time.Second), 1)
		wantErr(t, "with a timeout before the retry", err, errTest)
		want(t, "time", time.Since(began), time.Second)
	})
}

// A timeout for each try is an error like others.
func TestRetryOfTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{}
		m.call = func(ctx context.Context, req int) (int, error) {
			if m.called() < 3 {
				return sleeping(time.Hour)(ctx, req)
			}
			return req, nil
		}
		res, err := Do(t.Context(), Retry(Timeout(m, time.Second), &RetryPolicy[int, int]{}), 1)
		want(t, "result", res, 1)
		wantErr(t, "Do", err, nil)
	})
}

// Many failing requests are retried no more than the budget allows.
func TestRetryBudgetIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &RetryPolicy[int, int]{Budget: NewBudget(10*time.Second, 0, 0.5), Backoff: every(0)}
		m := &mock{call: flaky(math.MaxInt)}
		a, b := Retry(m, p), Retry(m, p)
		for range 50 {
			_, _ = Do(t.Context(), a, 1)
			_, _ = Do(t.Context(), b, 1)
		}
		want(t, "calls", m.called(), 150)
	})
}

func TestRetryRefusesNonsense(t *testing.T) {
	mustPanic(t, func() { Retry(&mock{}, &RetryPolicy[int, int]{Attempts: -1}) })
	mustPanic(t, func() { Retry(&mock{}, &RetryPolicy[int, int]{MaxAfter: -1}) })
	mustPanic(t, func() { Retry[int, int](&mock{}, nil) })
}

func TestExponential(t *testing.T) {
	plain := Exponential(time.Second, 10*time.Second, 0)
	for retry, want := range map[int]time.Duration{
		0: 1, 1: 2, 2: 4, 3: 8, 4: 10, 5: 10, 62: 10, 63: 10, 64: 10, 1 << 40: 10,
	} {
		if got := plain(retry); got != want*time.Second {
			t.Errorf("before retry %d: %v, want %v", retry, got, want*time.Second)
		}
	}
	if got := Exponential(1, 3, 0)(1); got != 2 {
		t.Errorf("just below the maximum: %v", got)
	}
	for _, retry := range []int{0, 5, 63, 64, 1000} {
		if got := Exponential(0, time.Second, 1)(retry); got != 0 {
			t.Errorf("of nothing, before retry %d: %v", retry, got)
		}
	}
	if got := defaultBackoff(62); got != math.MaxInt64 {
		t.Errorf("the default before retry 62: %v", got)
	}
}

// The jitter is more than nothing, not more than it may be, and never leads
// beyond the maximum.
func TestExponentialJitter(t *testing.T) {
	none := 0
	for range 10_000 {
		lowest := time.Duration(rand.Int64N(int64(time.Second))) + 1000
		highest := lowest + time.Duration(rand.Int64N(int64(time.Minute)))
		jitter, retry := rand.Float64()*2, rand.IntN(70)
		base := highest
		if retry < 30 {
			base = min(lowest<<retry, highest)
		}
		got := Exponential(lowest, highest, jitter)(retry)
		if got < base || float64(got-base) > jitter*float64(base) || got > highest {
			t.Fatalf("Exponential(%v, %v, %v)(%d) = %v", lowest, highest, jitter, retry, got)
		}
		if got == base && base < highest && jitter > 0.01 {
			none++ // by less than a nanosecond
		}
	}
	if none > 10 {
		t.Errorf("%d of 10000 without jitter", none)
	}
}

func TestExponentialRefusesNonsense(t *testing.T) {
	tests := map[string]func(){
		"min > max":    func() { Exponential(2, 1, 0) },
		"max = 0":      func() { Exponential(0, 0, 0) },
		"min < 0":      func() { Exponential(-1, 1, 0) },
		"jitter < 0":   func() { Exponential(1, 2, -0.1) },
		"jitter > 100": func() { Exponential(1, 2, 100.1) },
		"NaN":          func() { Exponential(1, 2, math.NaN()) },
		"Inf":          func() { Exponential(1, 2, math.Inf(1)) },
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { mustPanic(t, test) })
	}
	Exponential(1, 1, 100)
}

func withdrawals(b Budget) int {
	n := 0
	for b.Withdraw() {
		n++
	}
	return n
}

func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(time.Second, 0, 1)
		want(t, "of nothing", withdrawals(b), 0)
		b.Deposit()
		time.Sleep(3 * time.Second)
		want(t, "of what is long past", withdrawals(b), 0)

		b = NewBudget(time.Second, 0, 0.5)
		b.Deposit()
		b.Deposit()
		time.Sleep(901 * time.Millisecond)
		want(t, "of two deposits", withdrawals(b), 1)
		time.Sleep(2001 * time.Millisecond)
		b.Deposit()
		time.Sleep(301 * time.Millisecond)
		b.Deposit()
		time.Sleep(801 * time.Millisecond)
		b.Deposit()
		want(t, "of two deposits that still count", withdrawals(b), 1)

		b = NewBudget(time.Second, 5, 1)
		want(t, "of the reserve", withdrawals(b), 5)
		time.Sleep(500 * time.Millisecond)
		want(t, "before it is there again", withdrawals(b), 0)
		time.Sleep(600 * time.Millisecond)
		want(t, "when it is there again", withdrawals(b), 5)
		time.Sleep(time.Hour)
		want(t, "after an hour", withdrawals(b), 5)

		b = NewBudget(10*time.Second, 10, 0.2)
		want(t, "of the default", withdrawals(b), 100)
		for range 5 {
			want(t, "before five requests", b.Withdraw(), false)
			b.Deposit()
		}
		want(t, "after five requests", withdrawals(b), 1)

		b = NewBudget(time.Second, 0, 0.1)
		for range 10 {
			b.Deposit()
		}
		want(t, "of ten tenths", withdrawals(b), 1)
		b = NewBudget(time.Second, 0, 2.5)
		b.Deposit()
		b.Deposit()
		want(t, "of more than one each", withdrawals(b), 5)
		b = NewBudget(time.Second, 0, 0)
		b.Deposit()
		want(t, "without a ratio", withdrawals(b), 0)
	})
}

// Within the time of a budget there are never more retries than its reserve and
// the part of the requests that it allows; and never fewer, when that many are
// asked for.
func TestBudgetIsNeverExceeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ttl, reserve, ratio = 5 * time.Second, 2, 0.25
		b := NewBudget(ttl, reserve, ratio)
		type record struct {
			at    time.Time
			retry bool
		}
		var log []record
		for range 5000 {
			time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
			now := time.Now()
			if rand.IntN(2) == 0 {
				b.Deposit()
				log = append(log, record{now, false})
				continue
			}
			got := b.Withdraw()
			if got {
				log = append(log, record{now, true})
			}
			// What counts for sure, and what may count, since the window moves
			// by steps.
			balance := func(since time.Duration) (requests, retries float64) {
				for _, r := range log {
					switch {
					case now.Sub(r.at) > since:
					case r.retry:
						retries++
					default:
						requests++
					}
				}
				return requests, retries
			}
			requests, _ := balance(ttl)
			_, retries := balance(ttl * 9 / 10)
			if most := reserve*ttl.Seconds() + ratio*requests; got && retries > most {
				t.Fatalf("%v retries, want at most %v", retries, most)
			}
			requests, _ = balance(ttl * 9 / 10)
			_, retries = balance(ttl)
			if least := reserve*ttl.Seconds() + ratio*requests; !got && retries+1 <= least {
				t.Fatalf("no retry after %v, want at least %v", retries, least)
			}
		}
	})
}

func TestBudgetRefusesNonsense(t *testing.T) {
	tests := map[string]func(){
		"ttl too short": func() { NewBudget(time.Second-1, 1, 1) },
		"ttl too long":  func() { NewBudget(time.Minute+1, 1, 1) },
		"min negative":  func() { NewBudget(time.Second, -1, 1) },
		"min too large": func() { NewBudget(time.Second, math.MaxInt32+1, 1) },
		"ratio < 0":     func() { NewBudget(time.Second, 1, -0.1) },
		"ratio > 1000":  func() { NewBudget(time.Second, 1, 1000.1) },
		"NaN":           func() { NewBudget(time.Second, 1, math.NaN()) },
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { mustPanic(t, test) })
	}
	NewBudget(time.Minute, math.MaxInt32, 1000)
}

func TestUnlimited(t *testing.T) {
	Unlimited.Deposit()
	for range 1000 {
		want(t, "Withdraw", Unlimited.Withdraw(), true)
	}
}

func TestCloneRequest(t *testing.T) {
	request := func(method string, body io.Reader, header ...string) *http.Request {
		r, err := http.NewRequest(method, "http://example.com/", body)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return r
	}
	tests := map[string]struct {
		r    *http.Request
		want bool
	}{
		"GET":                      {request("GET", nil), true},
		"HEAD":                     {request("HEAD", nil), true},
		"OPTIONS":                  {request("OPTIONS", nil), true},
		"QUERY":                    {request("QUERY", strings.NewReader("body")), true},
		"DELETE":                   {request("DELETE", nil), true},
		"PUT":                      {request("PUT", strings.NewReader("body")), true},
		"PUT of a stream":          {request("PUT", io.NopCloser(strings.NewReader("body"))), false},
		"POST":                     {request("POST", nil), false},
		"PATCH":                    {request("PATCH", nil), false},
		"POST with a key":          {request("POST", strings.NewReader("body"), "Idempotency-Key", "1"), true},
		"POST with an older key":   {request("POST", nil, "X-Idempotency-Key", "1"), true},
		"no method, which is GET":  {&http.Request{}, true},
		"a body that fails to get": {&http.Request{Body: io.NopCloser(nil), GetBody: func() (io.ReadCloser, error) { return nil, errTest }}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			clone, ok := CloneRequest(test.r)
			if want(t, "cloned", ok, test.want); !ok {
				return
			}
			if clone == test.r {
				t.Error("the clone is the request itself")
			}
			if test.r.Body == nil {
				return
			}
			io.ReadAll(test.r.Body)
			test.r.Header.Set("X-Changed", "yes")
			body, _ := io.ReadAll(clone.Body)
			want(t, "body of the clone", string(body), "body")
			want(t, "header of the clone", clone.Header.Get("X-Changed"), "")
		})
	}
}

func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // which begins at midnight, 2000-01-01
		tests := map[string]struct {
			value string
			want  time.Duration
			ok    bool
		}{
			"seconds":   {"120", 2 * time.Minute, true},
			"none":      {"0", 0, true},
			"a date":    {"Sat, 01 Jan 2000 00:01:00 GMT", time.Minute, true},
			"the past":  {"Fri, 31 Dec 1999 23:59:59 GMT", 0, true},
			"negative":  {"-1", 0, false},
			"absurd":    {"99999999999999999999", 0, false},
			"fractions": {"1.5", 0, false},
			"absent":    {"", 0, false},
		}
		for name, test := range tests {
			got, ok := retryAfter(&http.Response{Header: http.Header{"Retry-After": {test.value}}}, nil)
			if got != test.want || ok != test.ok {
				t.Errorf("%s: %v, %v; want %v, %v", name, got, ok, test.want, test.ok)
			}
		}
		if _, ok := retryAfter(1, nil); ok {
			t.Error("a number has no header")
		}
		if _, ok := retryAfter((*http.Response)(nil), errTest); ok {
			t.Error("no response has no header")
		}
	})
}

// Of HTTP responses, those that say that another time might be better are
// retried, and closed.
func TestRetryOfResponses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for status, retried := range map[int]bool{
			200: false, 304: false, 400: false, 401: false, 404: false, 409: false, 500: false, 501: false,
			408: true, 425: true, 429: true, 502: true, 503: true, 504: true,
		} {
			var bodies []*slowBody
			s := Retry(Func(func(ctx context.Context, r *http.Request) (*http.Response, error) {
				bodies = append(bodies, &slowBody{ctx: ctx})
				return &http.Response{StatusCode: status, Body: bodies[len(bodies)-1]}, nil
			}), &RetryPolicy[*http.Request, *http.Response]{Backoff: every(0)})
			res, err := Do(t.Context(), s, &http.Request{})
			wantErr(t, "Do", err, nil)
			want(t, "status", res.StatusCode, status)
			want(t, "retried", len(bodies) > 1, retried)
			for i, body := range bodies[:len(bodies)-1] {
				if body.closed != 1 {
					t.Errorf("body %d of status %d closed %d times", i, status, body.closed)
				}
			}
			want(t, "last body closed", bodies[len(bodies)-1].closed, 0)
		}
	})
}

// A response whose context has ended cannot be read, and is not returned.
func TestRetryOfResponseAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		body := &slowBody{ctx: ctx}
		s := Retry(Func(func(context.Context, int) (*http.Response, error) {
			return &http.Response{StatusCode: 503, Body: body}, nil
		}), &RetryPolicy[int, *http.Response]{Backoff: every(time.Hour)})
		time.AfterFunc(time.Second, func() { cancel(errTest) })
		res, err := Do(ctx, s, 1)
		wantErr(t, "Do", err, errTest)
		if res != nil {
			t.Error("a response beside the error")
		}
		want(t, "closed", body.closed, 1)
	})
}

// A request whose turn does not come is closed.
func TestRetryClosesWhatItDoesNotSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, test := range map[string]struct {
			policy *RetryPolicy[*http.Request, int]
			ready  func(context.Context) error
		}{
			"no budget":        {policy: &RetryPolicy[*http.Request, int]{Budget: NewBudget(time.Second, 0, 0)}},
			"no time":          {policy: &RetryPolicy[*http.Request, int]{Backoff: every(time.Hour)}},
			"no longer ready":  {policy: &RetryPolicy[*http.Request, int]{}, ready: func(context.Context) error { return errTest }},
			"sent, and closed": {policy: &RetryPolicy[*http.Request, int]{}},
		} {
			var opened []*slowBody
			r := &http.Request{Method: "PUT", Body: io.NopCloser(nil)}
			r.GetBody = func() (io.ReadCloser, error) {
				opened = append(opened, &slowBody{})
				return opened[len(opened)-1], nil
			}
			first := true
			s := Retry(&httpMock{func(ctx context.Context) error {
				if test.ready != nil && !first {
					return test.ready(ctx)
				}
				return nil
			}, func(context.Context, *http.Request) (int, error) { first = false; return 0, errTest }}, test.policy)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			_, err := Do(ctx, s, r)
			wantErr(t, name, err, errTest)
			cancel()
			for _, body := range opened {
				if body.closed == 0 {
					t.Errorf("%s: a body was left open", name)
				}
			}
			if len(opened) == 0 {
				t.Errorf("%s: no body was opened", name)
			}
		}
	})
}

type httpMock struct {
	ready func(context.Context) error
	call  func(context.Context, *http.Request) (int, error)
}

func (m *httpMock) Ready(ctx context.Context) error { return m.ready(ctx) }

func (m *httpMock) Call(ctx context.Context, r *http.Request) (int, error) { return m.call(ctx, r) }
