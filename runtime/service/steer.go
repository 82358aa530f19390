package service

import (
	"context"
	"fmt"
)

// Steer sends each request to the service whose index pick returns. It is ready
// when all of them are, since it does not know what will come; so a service
// that keeps others waiting has a [Buffer] or a [LoadShed] of its own. What the
// others have kept is given back as soon as one is picked.
//
// Steer panics if there are no services, and a call does if pick returns what is
// not an index of one.
func Steer[Req, Res any](pick func(req Req) int, services ...Service[Req, Res]) Service[Req, Res] {
	if len(services) == 0 {
		panic("service: nothing to steer to")
	}
	s := &steer[Req, Res]{pick: pick, services: services}
	s.slot = NewSlot(endAll)
	return s
}

type steer[Req, Res any] struct {
	pick     func(Req) int
	services []Service[Req, Res]
	slot     *Slot[[]*reservation] // one for each service
}

func (s *steer[Req, Res]) Ready(ctx context.Context) error {
	if s.slot.Kept(ctx) {
		return nil
	}
	kept := make([]*reservation, len(s.services))
	ready := false
	defer func() {
		if !ready {
			endAll(kept)
		}
	}()
	for i, service := range s.services {
		kept[i] = &reservation{Context: ctx}
		if err := service.Ready(kept[i]); err != nil {
			return err
		}
	}
	ready = true
	s.slot.Keep(ctx, kept)
	return nil
}

func (s *steer[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	kept, ok := s.slot.Take(ctx)
	defer endAll(kept)
	i := s.pick(req)
	if i < 0 || i >= len(s.services) {
		panic(fmt.Sprintf("service: steered to %d of %d services", i, len(s.services)))
	}
	if !ok {
		return Do(ctx, s.services[i], req)
	}
	r := &reservation{Context: ctx}
	defer r.end()
	r.adopt(kept[i])
	endAll(kept)
	r.seal()
	return s.services[i].Call(r, req)
}

// endAll ends reservations, of which some may be nil or over.
func endAll(reservations []*reservation) {
	for _, r := range reservations {
		if r != nil {
			r.end()
		}
	}
}
