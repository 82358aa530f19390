package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/runtime/internal/leak"
)

type change = Change[int, int]

// loaded is a mock with a load of that.
func loaded(load float64) (*mock, Service[int, int]) {
	m := &mock{}
	return m, ConstantLoad[int, int](m, load)
}

// Of two services, the one with less load is always taken, and of several never
// the one with most.
func TestBalanceTakesTheLessLoaded(t *testing.T) {
	light, a := loaded(1)
	heavy, b := loaded(2)
	two := Balance(List(a, b))
	for i := range 100 {
		_, err := Do(t.Context(), two, i)
		wantErr(t, "Do", err, nil)
	}
	want(t, "calls of the light one", light.called(), 100)
	want(t, "calls of the heavy one", heavy.called(), 0)
	want(t, "services", two.Len(), 2)

	var mocks []*mock
	var services []Service[int, int]
	for i := range 5 {
		m, s := loaded(float64(i))
		mocks, services = append(mocks, m), append(services, s)
	}
	many := Balance(List(services...))
	const calls = 5000
	for i := range calls {
		_, _ = Do(t.Context(), many, i)
	}
	// Service i is taken when it meets one of the 4-i heavier ones: of the 10
	// pairs, so many are its own.
	for i, m := range mocks {
		expected := calls * (4 - i) / 10
		if n := m.called(); n < expected*8/10 || n > expected*12/10 {
			t.Errorf("service %d of %d was called %d times, want about %d", i, len(mocks), n, expected)
		}
	}
}

// Services with the same load get about the same.
func TestBalanceTies(t *testing.T) {
	first, a := loaded(1)
	second, b := loaded(1)
	s := Balance(List(a, b))
	for i := range 2000 {
		_, _ = Do(t.Context(), s, i)
	}
	if n := first.called(); n < 800 || n > 1200 || n+second.called() != 2000 {
		t.Errorf("%d calls of one and %d of the other", n, second.called())
	}
}

// By default the load is what is pending, so that a slow service gets less.
func TestBalancePending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quick, slow := &mock{call: sleeping(time.Millisecond)}, &mock{call: sleeping(100 * time.Millisecond)}
		s := Balance(List[int, int](quick, slow))
		var all sync.WaitGroup
		for i := range 500 {
			time.Sleep(time.Millisecond)
			all.Go(func() { _, _ = Do(t.Context(), s, i) })
		}
		all.Wait()
		if n := slow.called(); n > 20 || n == 0 {
			t.Errorf("the slow one was called %d times of 500", n)
		}
	})
}

// A service that is not ready is passed over, however light, and no place of a
// service that was looked at is kept.
func TestBalancePassesOverTheUnready(t *testing.T) {
	for range 50 {
		busy := SharedConcurrencyLimit(&mock{}, NewSemaphore(1))
		ctx, release := Reserve(t.Context())
		wantErr(t, "Ready", busy.Ready(ctx), nil)
		var services []Service[int, int]
		var places []*Semaphore
		for i := range 4 {
			places = append(places, NewSemaphore(1))
			services = append(services, ConstantLoad(SharedConcurrencyLimit(&mock{}, places[i]), float64(i)))
		}
		s := Balance(List(append(services, ConstantLoad(busy, -1))...))
		var held []func()
		for i := range 4 {
			ctx, release := Reserve(t.Context())
			wantErr(t, "Ready", s.Ready(ctx), nil)
			held = append(held, release)
			taken := 0
			for _, p := range places {
				taken += len(p.taken)
			}
			want(t, "places taken", taken, i+1)
		}
		ok, err := TryReady(t.Context(), s)
		want(t, "ready when all are busy", ok, false)
		wantErr(t, "TryReady", err, nil)
		held[0]()
		ok, _ = TryReady(t.Context(), s)
		want(t, "ready when one is free", ok, true)
		_, err = s.Call(ctx, 1) // chooses by itself
		wantErr(t, "Call", err, nil)
		release()
		for _, release := range held {
			release()
		}
		for _, p := range places {
			want(t, "places taken in the end", len(p.taken), 0)
		}
	}
}

// When the lighter of two is not ready, the other is compared with a third.
func TestBalanceComparesAgain(t *testing.T) {
	unready, light, heavy := &mock{ready: never}, &mock{}, &mock{}
	s := Balance(List(
		ConstantLoad[int, int](unready, -1), ConstantLoad[int, int](light, 1), ConstantLoad[int, int](heavy, 2),
	))
	for i := range 100 {
		_, err := Do(t.Context(), s, i)
		wantErr(t, "Do", err, nil)
	}
	want(t, "calls of the light one", light.called(), 100)
}

// Whoever does not wait asks each service once, and starts nothing.
func TestBalanceTryReady(t *testing.T) {
	leak.Check(t)
	m := &mock{ready: never}
	s := Balance(List[int, int](m, m, m))
	for i := range 20 {
		ok, err := TryReady(t.Context(), s)
		want(t, "ready", ok, false)
		wantErr(t, "TryReady", err, nil)
		want(t, "readies", m.readies, 3*(i+1))
	}
}

// If none is ready, the first that is serves.
func TestBalanceWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var places []*Semaphore
		var services []Service[int, int]
		m := &mock{call: sleeping(time.Second)}
		for range 3 {
			places = append(places, NewSemaphore(1))
			services = append(services, SharedConcurrencyLimit(m, places[len(places)-1]))
		}
		s := Balance(List(services...))
		began := time.Now()
		var all sync.WaitGroup
		for i := range 9 {
			all.Go(func() {
				_, err := Do(t.Context(), s, i)
				wantErr(t, "Do", err, nil)
			})
			time.Sleep(time.Millisecond)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		wantErr(t, "Ready", s.Ready(ctx), context.DeadlineExceeded)
		_, err := Do(ctx, s, 99)
		wantErr(t, "Do", err, context.DeadlineExceeded)
		all.Wait()
		want(t, "time", time.Since(began).Round(100*time.Millisecond), 3*time.Second)
		want(t, "most at a time", m.most, 3)
		for _, p := range places {
			want(t, "places taken in the end", len(p.taken), 0)
		}
	})
}

// What Ready waited for is kept for the call.
func TestBalanceKeepsWhatItWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		places := NewSemaphore(1)
		s := Balance(List(SharedConcurrencyLimit(&mock{}, places)))
		_ = places.Acquire(t.Context())
		time.AfterFunc(time.Second, places.Release)
		ctx, release := Reserve(t.Context())
		defer release()
		wantErr(t, "Ready", s.Ready(ctx), nil)
		want(t, "places taken", len(places.taken), 1)
		wantErr(t, "Ready again", s.Ready(ctx), nil)
		want(t, "places taken after Ready again", len(places.taken), 1)
		_, err := s.Call(ctx, 1)
		wantErr(t, "Call", err, nil)
		want(t, "places taken in the end", len(places.taken), 0)
		wantErr(t, "Ready", s.Ready(ctx), nil)
		release()
		want(t, "places taken after release", len(places.taken), 0)

		_ = places.Acquire(t.Context())
		time.AfterFunc(time.Second, places.Release)
		wantErr(t, "Ready without reservation", s.Ready(t.Context()), nil)
		want(t, "places taken", len(places.taken), 0)
		_ = places.Acquire(t.Context())
		time.AfterFunc(time.Second, places.Release)
		_, err = s.Call(t.Context(), 1)
		wantErr(t, "Call without Ready", err, nil)
		want(t, "places taken in the end", len(places.taken), 0)
	})
}

func TestBalanceChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		changes := make(chan change, 10)
		s := Balance(Changes(changes))
		ok, err := TryReady(t.Context(), s)
		want(t, "ready without services", ok, false)
		wantErr(t, "TryReady", err, nil)

		a, b, c := &mock{}, &mock{}, &mock{}
		time.AfterFunc(time.Second, func() { changes <- change{"a", a} })
		began := time.Now()
		_, err = Do(t.Context(), s, 1)
		wantErr(t, "Do", err, nil)
		want(t, "time", time.Since(began), time.Second)
		want(t, "calls of a", a.called(), 1)
		synctest.Wait() // or whoever waited might be told of the next change

		changes <- change{"a", b} // in its place
		_, _ = Do(t.Context(), s, 2)
		want(t, "services", s.Len(), 1)
		want(t, "calls of a", a.called(), 1)
		want(t, "calls of b", b.called(), 1)

		changes <- change{"c", ConstantLoad[int, int](c, -1)}
		changes <- change{"unknown", nil}
		_, _ = Do(t.Context(), s, 3)
		want(t, "services", s.Len(), 2)
		want(t, "calls of c", c.called(), 1)

		changes <- change{"c", nil}
		_, _ = Do(t.Context(), s, 4)
		want(t, "services", s.Len(), 1)
		want(t, "calls of b", b.called(), 2)

		// The end of the changes is not that of the services, until there are
		// none.
		changes <- change{"c", c}
		close(changes)
		_, err = Do(t.Context(), s, 5)
		wantErr(t, "Do", err, nil)
		want(t, "services", s.Len(), 2)
		b.ready = func(context.Context) error { return errTest }
		c.ready = b.ready
		_, err = Do(t.Context(), s, 6)
		wantErr(t, "Do without services", err, ErrNoEndpoints)
		want(t, "services", s.Len(), 0)
		want(t, "status", statusOf(ErrNoEndpoints), http.StatusServiceUnavailable)
		_, err = s.Call(t.Context(), 6)
		wantErr(t, "Call without services", err, ErrNoEndpoints)
	})
}

// A change while everybody waits is noticed: a service comes, or the last fails.
func TestBalanceChangesWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fail := make(chan struct{})
		broken := &mock{ready: func(ctx context.Context) error {
			select {
			case <-fail:
				return errTest
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}}
		changes := make(chan change, 1)
		s := Balance(Changes(changes))
		errs := make(chan error)
		for i := range 5 {
			go func() {
				_, err := Do(t.Context(), s, i)
				errs <- err
			}()
		}
		changes <- change{"broken", broken}
		synctest.Wait()
		close(fail)
		synctest.Wait()
		want(t, "services after the failure", s.Len(), 0)
		m := &mock{}
		changes <- change{"good", m}
		for range 5 {
			wantErr(t, "Do", <-errs, nil)
		}
		want(t, "calls", m.called(), 5)

		changes <- change{"good", nil}
		go func() {
			_, err := Do(t.Context(), s, 1)
			errs <- err
		}()
		synctest.Wait()
		close(changes)
		wantErr(t, "Do after the last change", <-errs, ErrNoEndpoints)
	})
}

// Whoever waits hears of a change that somebody else was told of, and of the end
// of the changes.
func TestBalanceChangesOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		changes := make(chan change, 1)
		s := Balance(Changes(changes))
		do := func() chan error {
			done := make(chan error)
			go func() {
				_, err := Do(t.Context(), s, 1)
				done <- err
			}()
			synctest.Wait()
			return done
		}
		s.discovering <- struct{}{} // we ask, and nobody else
		done := do()
		s.change(change{"a", &mock{}})
		wantErr(t, "Do", <-done, nil)

		s.change(change{"a", nil})
		done = do()
		close(changes)
		_ = s.next(t.Context())
		wantErr(t, "Do", <-done, ErrNoEndpoints)
	})
}

// One that fails is dropped, and its replacement is not.
func TestBalanceDropsFailures(t *testing.T) {
	good, bad := &mock{}, &mock{ready: func(context.Context) error { return errTest }}
	s := Balance(List(Service[int, int](good), bad, ConstantLoad[int, int](bad, -1)))
	for i := range 10 {
		_, err := Do(t.Context(), s, i)
		wantErr(t, "Do", err, nil)
	}
	for i := 0; s.Len() > 1 && i < 1000; i++ {
		_, _ = Do(t.Context(), s, i)
	}
	want(t, "services", s.Len(), 1)

	e := newEndpoint(change{"a", good})
	s.change(change{"a", good})
	n := s.Len()
	s.drop(e, errTest)
	want(t, "services after an older one of the same key failed", s.Len(), n)
}

// A choice that was made and is no longer good is made again.
func TestBalanceChoosesAgain(t *testing.T) {
	for name, unready := range map[string]func(context.Context) error{
		"not ready any more": never,
		"failed since":       func(context.Context) error { return errTest },
	} {
		first, other := &mock{}, &mock{}
		s := Balance(List(ConstantLoad[int, int](first, 1), ConstantLoad[int, int](other, 2)))
		ctx, release := Reserve(t.Context())
		wantErr(t, name, s.Ready(ctx), nil)
		first.ready = unready
		wantErr(t, name, s.Ready(ctx), nil)
		_, err := s.Call(ctx, 1)
		wantErr(t, name, err, nil)
		want(t, name+": calls of the other", other.called(), 1)
		release()
	}
}

// A choice that was made and is still good stays, and with it its place alone.
func TestBalanceReadyTwice(t *testing.T) {
	for range 20 {
		first, second := NewSemaphore(1), NewSemaphore(1)
		s := Balance(List(SharedConcurrencyLimit(&mock{}, first), SharedConcurrencyLimit(&mock{}, second)))
		ctx, release := Reserve(t.Context())
		for range 5 {
			wantErr(t, "Ready", s.Ready(ctx), nil)
			want(t, "places taken", len(first.taken)+len(second.taken), 1)
		}
		release()
		want(t, "places taken in the end", len(first.taken)+len(second.taken), 0)
	}
}

// Without a reservation, a call gives back what the service that was chosen
// kept and did not use.
func TestBalanceCallGivesBack(t *testing.T) {
	places := NewSemaphore(1)
	refusing := Filter(SharedConcurrencyLimit(&mock{}, places), func(context.Context, int) (int, error) { return 0, errTest })
	_, err := Balance(List(refusing)).Call(t.Context(), 1)
	wantErr(t, "Call", err, errTest)
	want(t, "places taken", len(places.taken), 0)
}

// Where there is nothing to choose from, and nothing to come, nobody waits.
func TestBalanceOfNone(t *testing.T) {
	s := Balance(List[int, int]())
	wantErr(t, "Ready", s.Ready(t.Context()), ErrNoEndpoints)
	_, err := TryReady(t.Context(), s)
	wantErr(t, "TryReady", err, ErrNoEndpoints)
	_, err = s.Call(t.Context(), 1)
	wantErr(t, "Call", err, ErrNoEndpoints)
}

func TestBalanceDiscoveryFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := true
		d := discover(func(ctx context.Context) (change, error) {
			if broken {
				return change{}, errTest
			}
			<-ctx.Done()
			return change{}, context.Cause(ctx)
		})
		s := Balance[int, int](d)
		err := s.Ready(t.Context())
		wantErr(t, "Ready", err, errTest)
		want(t, "text", err.Error(), "load balancer discovery error: test")
		want(t, "status", statusOf(err), http.StatusServiceUnavailable)
		broken = false
		ok, err := TryReady(t.Context(), s)
		want(t, "ready", ok, false)
		wantErr(t, "TryReady", err, nil)
	})
}

type discover func(context.Context) (change, error)

func (d discover) Next(ctx context.Context) (change, error) { return d(ctx) }

// A panic while others wait is that of the caller who waits.
func TestBalancePanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := make(chan struct{})
		s := Balance(List(Service[int, int](&mock{ready: func(ctx context.Context) error {
			select {
			case <-now:
				panic(errTest)
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}})))
		time.AfterFunc(time.Second, func() { close(now) })
		reason := mustPanic(t, func() { _, _ = Do(t.Context(), s, 1) })
		if err, ok := reason.(error); !ok || !errors.Is(err, errTest) {
			t.Errorf("panic of %v", reason)
		}
	})
}

// Many callers, few places, services that come and go: nothing is lost and
// nothing is left.
func TestBalanceUnderStress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		changes := make(chan change)
		s := Balance(Changes(changes))
		m := &mock{call: sleeping(10 * time.Millisecond)}
		places := map[string]*Semaphore{}
		go func() {
			defer close(changes)
			for i := range 200 {
				key := fmt.Sprint(i % 7)
				if i%5 == 4 {
					changes <- change{key, nil}
					continue
				}
				if places[key] == nil {
					places[key] = NewSemaphore(2)
				}
				changes <- change{key, SharedConcurrencyLimit(m, places[key])}
				time.Sleep(time.Millisecond)
			}
		}()
		var all sync.WaitGroup
		for i := range 300 {
			all.Go(func() {
				time.Sleep(time.Duration(i/10) * 10 * time.Millisecond)
				_, err := Do(t.Context(), s, i)
				wantErr(t, "Do", err, nil)
			})
		}
		all.Wait()
		for !s.complete.Load() { // whoever changes is waiting to be asked
			_, _ = TryReady(t.Context(), s)
			time.Sleep(time.Millisecond)
		}
		want(t, "calls", m.called(), 300)
		if m.most > 14 {
			t.Errorf("%d calls at a time with 14 places", m.most)
		}
		for _, p := range places {
			want(t, "places taken in the end", len(p.taken), 0)
		}
	})
}

func all(t *testing.T, d Discover[int, int]) (keys []string, err error) {
	for {
		c, err := d.Next(t.Context())
		if err == io.EOF {
			return keys, nil
		}
		if err != nil {
			return keys, err
		}
		keys = append(keys, c.Key)
	}
}

func TestDiscover(t *testing.T) {
	leak.Check(t)
	m := &mock{}
	channel := make(chan change, 2)
	channel <- change{"a", m}
	channel <- change{"b", nil}
	close(channel)
	seq := func(yield func(change, error) bool) {
		_ = yield(change{"a", m}, nil) && yield(change{"b", nil}, nil)
	}
	tests := map[string]struct {
		d    Discover[int, int]
		want string
	}{
		"List":        {List[int, int](m, m, m), "0 1 2"},
		"empty List":  {List[int, int](), ""},
		"Changes":     {Changes(channel), "a b"},
		"Watch":       {Watch(t.Context(), seq), "a b"},
		"Each":        {Each(List[int, int](m, m), PendingRequests[int, int]), "0 1"},
		"Each of nil": {Each(Watch(t.Context(), seq), PendingRequests[int, int]), "a b"},
	}
	for name, test := range tests {
		keys, err := all(t, test.d)
		if got := strings.Join(keys, " "); got != test.want || err != nil {
			t.Errorf("%s: %q, %v; want %q", name, got, err, test.want)
		}
		if _, err := test.d.Next(t.Context()); err != io.EOF {
			t.Errorf("%s: %v after the end", name, err)
		}
	}
}

func TestDiscoverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		endless := func(ctx context.Context) iter.Seq2[change, error] {
			return func(yield func(change, error) bool) {
				<-ctx.Done()
				_ = yield(change{"late", nil}, nil) && yield(change{}, nil)
			}
		}
		watching, stop := context.WithCancel(t.Context())
		for name, d := range map[string]Discover[int, int]{
			"Changes": Changes(make(chan change)),
			"Watch":   Watch(watching, endless(watching)),
		} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			began := time.Now()
			_, err := d.Next(ctx)
			cancel()
			wantErr(t, name, err, context.DeadlineExceeded)
			want(t, name, time.Since(began), time.Second)
			_, err = d.Next(pollContext)
			want(t, name, isNotNow(err), true)
		}
		stop() // which ends the goroutine, or the bubble would complain
	})
}

func TestWatchErrors(t *testing.T) {
	d := Watch(t.Context(), func(yield func(change, error) bool) {
		_ = yield(change{}, errTest) && yield(change{"a", nil}, nil)
	})
	_, err := d.Next(t.Context())
	wantErr(t, "first", err, errTest)
	keys, err := all(t, d)
	wantErr(t, "rest", err, nil)
	if !slices.Equal(keys, []string{"a"}) {
		t.Errorf("keys %v", keys)
	}
}

func TestEachPutsALayerAround(t *testing.T) {
	d := Each(List[int, int](&mock{}), func(s Service[int, int]) Service[int, int] { return ConstantLoad(s, 7) })
	c, _ := d.Next(t.Context())
	want(t, "load", c.Service.(Load).Load(), 7)
}

func TestPendingRequests(t *testing.T) {
	load := func(s Service[int, *http.Response]) float64 { return s.(Load).Load() }
	var s Service[int, *http.Response]
	s = PendingRequests(Func(func(_ context.Context, n int) (*http.Response, error) {
		want(t, "during the call", load(s), 1)
		switch n {
		case 0:
			return nil, errTest
		case 1:
			panic(errTest)
		}
		return &http.Response{Body: io.NopCloser(strings.NewReader("body"))}, nil
	}))
	_, _ = Do(t.Context(), s, 0)
	want(t, "after an error", load(s), 0)
	mustPanic(t, func() { _, _ = Do(t.Context(), s, 1) })
	want(t, "after a panic", load(s), 0)
	res, _ := Do(t.Context(), s, 2)
	want(t, "while the body is open", load(s), 1)
	res.Body.Close()
	res.Body.Close()
	want(t, "after the body", load(s), 0)
}

func TestPeakEWMA(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{}
		s := PeakEWMA[int, int](m, EWMAConfig{Initial: time.Millisecond, Decay: time.Second})
		load := s.(Load).Load
		want(t, "at first", load(), 0.001)
		m.call = sleeping(500 * time.Millisecond)
		_, _ = Do(t.Context(), s, 1)
		want(t, "after a peak", load(), 0.5)
		time.Sleep(time.Second)
		if got := load(); got < 0.183 || got > 0.185 { // 0.5/e
			t.Errorf("a second after a peak: %v", got)
		}
		time.Sleep(time.Minute)
		if got := load(); got > 1e-9 {
			t.Errorf("a minute after a peak: %v", got)
		}

		_, _ = Do(t.Context(), s, 1)
		m.call = sleeping(100 * time.Millisecond)
		before := load()
		for range 50 {
			_, _ = Do(t.Context(), s, 1)
		}
		if got := load(); got < 0.1 || got > 0.11 || before != 0.5 {
			t.Errorf("from %v in five seconds of a tenth to %v", before, got)
		}

		go func() { _, _ = Do(t.Context(), s, 1) }()
		go func() { _, _ = Do(t.Context(), s, 1) }()
		synctest.Wait()
		if got := load(); got < 0.3 || got > 0.33 {
			t.Errorf("with two pending: %v", got)
		}
	})
	m := &mock{}
	want(t, "default", PeakEWMA[int, int](m, EWMAConfig{}).(*peakEWMA[int, int]).estimate, float64(time.Second))
	mustPanic(t, func() { PeakEWMA[int, int](m, EWMAConfig{Initial: -1}) })
	mustPanic(t, func() { PeakEWMA[int, int](m, EWMAConfig{Decay: -1}) })
}
