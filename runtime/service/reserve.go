package service

import (
	"context"
	"slices"
	"sync"
)

// Do waits until s is ready and calls it once, in a reservation of its own: what
// Ready keeps is there for the call, and given back if the call does not use
// it, whichever way Do ends.
func Do[Req, Res any](ctx context.Context, s Service[Req, Res], req Req) (Res, error) {
	r := &reservation{Context: ctx}
	defer r.end()
	if err := s.Ready(r); err != nil {
		var none Res
		return none, err
	}
	r.seal()
	return s.Call(r, req)
}

// Reserve returns a context in which Ready keeps what the next Call with that
// context needs, for those who do something between the two. Release gives back
// what no call has taken; so does the end of ctx. After that the context is as
// any other. Whoever reserves must release:
//
//	ctx, release := service.Reserve(ctx)
//	defer release()
//	if err := s.Ready(ctx); err != nil {
//		return err
//	}
//	req := next() // taken from a queue only now that there is room for it
//	res, err := s.Call(ctx, req)
//
// A reservation may be used for one call after the other. Calls at the same
// time want one each: of two goroutines that share one, one gets what Ready
// kept and the other waits for its own.
func Reserve(ctx context.Context) (reserved context.Context, release func()) {
	r := &reservation{Context: ctx}
	stop := context.AfterFunc(ctx, r.end)
	return r, func() {
		stop()
		r.end()
	}
}

// TryReady reports whether s is ready now. It does not wait. In a reservation,
// what a ready service keeps is kept, and of one that is not ready nothing. The
// error is that of a service that never will be ready.
func TryReady[Req, Res any](ctx context.Context, s Service[Req, Res]) (bool, error) {
	r, err := try(ctx, s)
	if r == nil {
		return false, err
	}
	reservationOf(ctx).adopt(r)
	return true, nil
}

// try asks s whether it is ready now. If so, what it keeps is in a reservation
// of its own within ctx; else there is none.
func try[Req, Res any](ctx context.Context, s Service[Req, Res]) (*reservation, error) {
	r := &reservation{Context: ctx}
	ready := false
	defer func() {
		if !ready {
			r.end()
		}
	}()
	err := s.Ready(atOnce{r})
	if ready = err == nil; ready {
		return r, nil
	}
	if isNotNow(err) || ended(ctx, err) {
		err = nil
	}
	return nil, err
}

// A Slot is how a layer keeps something between Ready and Call: a permit, a
// place in a queue, a connection. A layer has one slot, made by [NewSlot], for
// each thing that it keeps; in every reservation there is one of that thing.
//
// Ready gets the thing unless it is Kept already, and Keeps it. Call Takes it,
// or gets it if it is not there, and gives it back in the end. The example is a
// layer that does so.
type Slot[T any] struct {
	back func(T)
}

// NewSlot returns a slot for things that giveBack gives back. It is called by
// whoever ends the reservation, perhaps in a goroutine of its own.
func NewSlot[T any](giveBack func(T)) *Slot[T] { return &Slot[T]{back: giveBack} }

// Keep keeps a thing for the next call in the reservation of ctx. Where there
// is none, or it has one already, Keep gives the thing back and returns false.
// To a layer that is no failure: the service was ready, and Call will see to
// itself.
func (s *Slot[T]) Keep(ctx context.Context, thing T) bool {
	if r := reservationOf(ctx); r != nil && r.keep(s, thing) {
		return true
	}
	s.back(thing)
	return false
}

// Kept reports whether the reservation of ctx, or one around it, has the thing.
func (s *Slot[T]) Kept(ctx context.Context) bool {
	for r := reservationOf(ctx); r != nil; r = reservationOf(r.Context) {
		if r.has(s) {
			return true
		}
	}
	return false
}

// Take takes the thing out of the reservation of ctx, or of one around it.
// From now on it is for the caller to give back.
func (s *Slot[T]) Take(ctx context.Context) (thing T, ok bool) {
	for r := reservationOf(ctx); r != nil; r = reservationOf(r.Context) {
		if kept, ok := r.take(s); ok {
			thing, _ = kept.(T) // not ok for a nil interface
			return thing, true
		}
	}
	return thing, false
}

func (s *Slot[T]) giveBack(kept any) {
	thing, _ := kept.(T)
	s.back(thing)
}

// A reservation is a context that has what Ready kept for a Call.
type reservation struct {
	context.Context

	mu    sync.Mutex
	state reservationState
	kept  []keepsake
	room  [2]keepsake // of kept, mostly
}

type reservationState int

const (
	open   reservationState = iota
	sealed                  // Call has begun: what is kept may be taken, nothing more is kept
	over
)

// A keepsake is what one slot has in a reservation.
type keepsake struct {
	slot  slot
	thing any
}

// A slot is a Slot of any type.
type slot interface{ giveBack(thing any) }

type reservationKey struct{}

// Value returns the reservation itself for its key.
func (r *reservation) Value(key any) any {
	if key == (reservationKey{}) {
		return r
	}
	return r.Context.Value(key)
}

// reservationOf returns the innermost reservation of ctx, or nil.
func reservationOf(ctx context.Context) *reservation {
	if r, ok := ctx.(*reservation); ok {
		return r
	}
	r, _ := ctx.Value(reservationKey{}).(*reservation)
	return r
}

func (r *reservation) keep(s slot, thing any) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state != open || r.find(s) >= 0 {
		return false
	}
	if r.kept == nil {
		r.kept = r.room[:0]
	}
	r.kept = append(r.kept, keepsake{s, thing})
	return true
}

func (r *reservation) has(s slot) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.find(s) >= 0
}

func (r *reservation) take(s slot) (thing any, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := r.find(s)
	if i < 0 {
		return nil, false
	}
	thing = r.kept[i].thing
	last := len(r.kept) - 1
	copy(r.kept[i:], r.kept[i+1:])
	r.kept[last] = keepsake{}
	r.kept = r.kept[:last]
	return thing, true
}

func (r *reservation) find(s slot) int {
	for i := range r.kept {
		if r.kept[i].slot == s {
			return i
		}
	}
	return -1
}

// seal lets nothing more in. A service that is called from within the call has
// no business with this reservation.
func (r *reservation) seal() {
	r.mu.Lock()
	if r.state == open {
		r.state = sealed
	}
	r.mu.Unlock()
}

// end gives back what has not been taken, the last first.
func (r *reservation) end() {
	r.mu.Lock()
	kept := r.kept
	r.kept, r.state = nil, over
	r.mu.Unlock()
	for _, k := range slices.Backward(kept) {
		k.slot.giveBack(k.thing)
	}
}

// adopt moves what other has kept to r, and ends other. What r has no use for
// is given back.
func (r *reservation) adopt(other *reservation) {
	defer other.end()
	if r == nil {
		return
	}
	other.mu.Lock()
	defer other.mu.Unlock()
	var left []keepsake
	for _, k := range other.kept {
		if !r.keep(k.slot, k.thing) {
			left = append(left, k)
		}
	}
	other.kept = left
}
