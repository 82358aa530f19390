package service

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
)

// Balance sends each request to one of the services that d discovers: of two
// that it takes at random, the one with less load ("the power of two choices").
// One that is not ready is passed over for another; if none is, Ready waits for
// the first that is.
//
// The load of a service is that of its method [Load], or else its
// [PendingRequests]. Ready looks whether d has changes. A service whose Ready
// fails is dropped, and comes back if d says so; requests that it is working on
// are left alone.
//
// Ready fails with d when d does, and with [ErrNoEndpoints] when there are no
// services and d has no more to come.
func Balance[Req, Res any](d Discover[Req, Res]) *Balancer[Req, Res] {
	b := &Balancer[Req, Res]{
		discovering: make(chan struct{}, 1),
		discover:    d,
		turn:        make(chan struct{}, 1),
	}
	b.all.Store(newEndpoints[Req, Res](nil))
	b.slot = NewSlot(func(*endpoint[Req, Res]) {})
	return b
}

// A Balancer is the service that [Balance] returns.
type Balancer[Req, Res any] struct {
	discovering chan struct{} // of one: whoever holds it asks discover
	discover    Discover[Req, Res]
	complete    atomic.Bool // no more changes

	changing sync.Mutex // around changes of all
	all      atomic.Pointer[endpoints[Req, Res]]

	turn chan struct{} // of one: whoever holds it waits for endpoints, the others for it
	slot *Slot[*endpoint[Req, Res]]
}

// Endpoints are the services to choose from, until they are changed.
type endpoints[Req, Res any] struct {
	list    []*endpoint[Req, Res]
	changed chan struct{} // closed when these are no longer all
}

func newEndpoints[Req, Res any](list []*endpoint[Req, Res]) *endpoints[Req, Res] {
	return &endpoints[Req, Res]{list: list, changed: make(chan struct{})}
}

// An endpoint is one service to choose from.
type endpoint[Req, Res any] struct {
	Service[Req, Res]
	key  string
	load func() float64
}

// Len returns how many services there are to choose from.
func (b *Balancer[Req, Res]) Len() int { return len(b.all.Load().list) }

// Ready waits until one of the services is ready. In a reservation that one is
// chosen for the next call.
func (b *Balancer[Req, Res]) Ready(ctx context.Context) error {
	if chosen, ok := b.slot.Take(ctx); ok { // is it still ready?
		if e, r := b.take(ctx, chosen); e != nil {
			b.keep(ctx, e, r)
			return nil
		}
	}
	e, r, err := b.choose(ctx)
	if err != nil {
		return err
	}
	b.keep(ctx, e, r)
	return nil
}

// Call calls the service that Ready has chosen, or chooses one.
func (b *Balancer[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	if e, ok := b.slot.Take(ctx); ok {
		return e.Call(ctx, req)
	}
	e, r, err := b.choose(ctx)
	if err != nil {
		var none Res
		return none, err
	}
	defer r.end()
	r.seal()
	return e.Call(r, req)
}

// keep keeps a choice, and what the chosen service has kept, for the next call.
func (b *Balancer[Req, Res]) keep(ctx context.Context, e *endpoint[Req, Res], r *reservation) {
	defer r.end()
	if b.slot.Keep(ctx, e) {
		reservationOf(ctx).adopt(r)
	}
}

// choose returns a service that is ready, and a reservation within ctx that has
// what it keeps.
func (b *Balancer[Req, Res]) choose(ctx context.Context) (*endpoint[Req, Res], *reservation, error) {
	if e, r, err := b.look(ctx); e != nil || err != nil {
		return e, r, err
	}
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
	defer func() { <-b.turn }()
	for {
		if e, r, err := b.look(ctx); e != nil || err != nil {
			return e, r, err
		}
		if e, r, err := b.wait(ctx); e != nil || err != nil {
			return e, r, err
		}
	}
}

// look chooses without waiting, and returns nothing if no service is ready.
func (b *Balancer[Req, Res]) look(ctx context.Context) (*endpoint[Req, Res], *reservation, error) {
	if err := b.update(); err != nil {
		return nil, nil, err
	}
	e, r := b.chooseNow(ctx)
	if e == nil && b.hopeless() {
		return nil, nil, ErrNoEndpoints
	}
	return e, r, nil
}

// hopeless reports whether there is nothing to choose from, and never will be.
func (b *Balancer[Req, Res]) hopeless() bool { return b.complete.Load() && b.Len() == 0 }

// chooseNow returns a service that is ready now, or nil. It compares the loads
// of two at random; if the one with less is not ready, the other is compared
// with a third, and so on.
func (b *Balancer[Req, Res]) chooseNow(ctx context.Context) (*endpoint[Req, Res], *reservation) {
	all := b.all.Load().list
	n := len(all)
	if n == 0 {
		return nil, nil
	}
	first := rand.IntN(n)
	if n == 1 {
		return b.take(ctx, all[first])
	}
	second := (first + 1 + rand.IntN(n-1)) % n
	if all[second].load() < all[first].load() {
		first, second = second, first
	}
	if e, r := b.take(ctx, all[first]); e != nil {
		return e, r
	}
	best := all[second]
	for _, i := range rand.Perm(n) {
		if i == first || i == second {
			continue
		}
		other := all[i]
		if other.load() < best.load() {
			best, other = other, best
		}
		if e, r := b.take(ctx, best); e != nil {
			return e, r
		}
		best = other
	}
	return b.take(ctx, best)
}

// take returns e if it is ready now, and drops it if it never will be.
func (b *Balancer[Req, Res]) take(ctx context.Context, e *endpoint[Req, Res]) (*endpoint[Req, Res], *reservation) {
	r, err := try(ctx, e.Service)
	if err != nil {
		b.drop(e, err)
	}
	if r == nil {
		return nil, nil
	}
	return e, r
}

// update makes the changes that have been discovered. It does not wait: neither
// for them nor for another goroutine that does.
func (b *Balancer[Req, Res]) update() error {
	if b.complete.Load() {
		return nil
	}
	select {
	case b.discovering <- struct{}{}:
	default:
		return nil
	}
	defer func() { <-b.discovering }()
	for !b.complete.Load() {
		if err := b.next(pollContext); err != nil {
			if isNotNow(err) {
				return nil
			}
			return err
		}
	}
	return nil
}

var pollContext = atOnce{context.Background()}

// next makes one change.
func (b *Balancer[Req, Res]) next(ctx context.Context) error {
	change, err := b.discover.Next(ctx)
	switch {
	case err == nil:
		b.change(change)
		return nil
	case errors.Is(err, io.EOF):
		b.complete.Store(true)
		b.edit(func(all []*endpoint[Req, Res]) []*endpoint[Req, Res] { return all }) // for those who wait
		return nil
	case ended(ctx, err):
		return err
	}
	return unavailable("load balancer discovery error", err)
}

func (b *Balancer[Req, Res]) change(c Change[Req, Res]) {
	b.edit(func(all []*endpoint[Req, Res]) []*endpoint[Req, Res] {
		i := slices.IndexFunc(all, func(e *endpoint[Req, Res]) bool { return e.key == c.Key })
		switch {
		case c.Service != nil && i >= 0:
			all[i] = newEndpoint(c)
		case c.Service != nil:
			all = append(all, newEndpoint(c))
		case i >= 0:
			all = slices.Delete(all, i, i+1)
		}
		return all
	})
}

// drop removes e, unless another has taken its place.
func (b *Balancer[Req, Res]) drop(e *endpoint[Req, Res], why error) {
	slog.Default().Debug("endpoint failed", slog.String("key", e.key), slog.Any("error", why))
	b.edit(func(all []*endpoint[Req, Res]) []*endpoint[Req, Res] {
		return slices.DeleteFunc(all, func(other *endpoint[Req, Res]) bool { return other == e })
	})
}

// edit changes a copy of all, which others are reading, and wakes whoever waits
// for a change.
func (b *Balancer[Req, Res]) edit(f func([]*endpoint[Req, Res]) []*endpoint[Req, Res]) {
	b.changing.Lock()
	defer b.changing.Unlock()
	before := b.all.Load()
	b.all.Store(newEndpoints(f(slices.Clone(before.list))))
	close(before.changed)
}

func newEndpoint[Req, Res any](c Change[Req, Res]) *endpoint[Req, Res] {
	e := &endpoint[Req, Res]{Service: c.Service, key: c.Key}
	load, ok := e.Service.(Load)
	if !ok {
		e.Service = PendingRequests(e.Service)
		load = e.Service.(Load)
	}
	e.load = load.Load
	return e
}

// wait waits until an endpoint is ready and returns it; or until there has been
// a change, and returns nil.
func (b *Balancer[Req, Res]) wait(ctx context.Context) (*endpoint[Req, Res], *reservation, error) {
	all := b.all.Load()
	if b.hopeless() {
		return nil, nil, nil
	}
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	race := &race[Req, Res]{first: make(chan arrival[Req, Res], 1)}
	for _, e := range all.list {
		go b.waitFor(within, e, race)
	}
	if !b.complete.Load() {
		go b.waitForChange(within, race)
	}
	var err error
	select {
	case a := <-race.first:
		return a.result(ctx)
	case <-all.changed:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if race.over.CompareAndSwap(false, true) {
		return nil, nil, err
	}
	return (<-race.first).result(ctx) // at the last moment
}

// waitFor waits for one endpoint.
func (b *Balancer[Req, Res]) waitFor(ctx context.Context, e *endpoint[Req, Res], race *race[Req, Res]) {
	r := &reservation{Context: ctx}
	a := arrival[Req, Res]{endpoint: e, kept: r}
	a.of(func() (struct{}, error) { return struct{}{}, e.Ready(r) })
	if a.err != nil && !ended(ctx, a.err) {
		b.drop(e, a.err)
	}
	if a.err != nil || !race.win(a) {
		r.end()
	}
}

// waitForChange waits for one change, of which edit lets everybody know.
func (b *Balancer[Req, Res]) waitForChange(ctx context.Context, race *race[Req, Res]) {
	var a arrival[Req, Res]
	a.of(func() (struct{}, error) {
		select {
		case b.discovering <- struct{}{}:
		case <-ctx.Done():
			return struct{}{}, context.Cause(ctx)
		}
		defer func() { <-b.discovering }()
		return struct{}{}, b.next(ctx)
	})
	if a.panicked != nil || a.err != nil && !ended(ctx, a.err) {
		race.win(a)
	}
}

// A race is who of those that wait for endpoints comes first.
type race[Req, Res any] struct {
	over  atomic.Bool
	first chan arrival[Req, Res] // of one
}

// An arrival is an endpoint that is ready, or why there will be none.
type arrival[Req, Res any] struct {
	outcome[struct{}]
	endpoint *endpoint[Req, Res]
	kept     *reservation
}

// win reports whether a is first.
func (r *race[Req, Res]) win(a arrival[Req, Res]) bool {
	if !r.over.CompareAndSwap(false, true) {
		return false
	}
	r.first <- a
	return true
}

// result returns what has arrived, with a reservation within ctx.
func (a arrival[Req, Res]) result(ctx context.Context) (*endpoint[Req, Res], *reservation, error) {
	if a.endpoint != nil {
		defer a.kept.end() // what it has not been relieved of
	}
	if _, err := a.outcome.result(); err != nil {
		return nil, nil, err
	}
	r := &reservation{Context: ctx}
	r.adopt(a.kept)
	return a.endpoint, r, nil
}
