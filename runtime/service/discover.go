package service

import (
	"context"
	"io"
	"iter"
	"strconv"
)

// A Discover tells a [Balance] which services there are, as one change after the
// other.
type Discover[Req, Res any] interface {
	// Next waits for the next change, and returns the cause of the end of ctx
	// if that comes first. As Ready of a service does, it looks at ctx only
	// when it has to wait. After the last change the error is [io.EOF]; any
	// other says that the changes cannot be told. It is called by one goroutine
	// at a time.
	Next(ctx context.Context) (Change[Req, Res], error)
}

// A Change is a service that has come, in place of an earlier one with the same
// key, or one that has gone.
type Change[Req, Res any] struct {
	Key     string            // "10.0.0.1:8080"
	Service Service[Req, Res] // nil: the one with that key has gone
}

// List discovers those services, and no others.
func List[Req, Res any](services ...Service[Req, Res]) Discover[Req, Res] {
	return &list[Req, Res]{services: services}
}

type list[Req, Res any] struct {
	services []Service[Req, Res]
	told     int
}

func (l *list[Req, Res]) Next(context.Context) (Change[Req, Res], error) {
	if l.told == len(l.services) {
		return Change[Req, Res]{}, io.EOF
	}
	l.told++
	return Change[Req, Res]{Key: strconv.Itoa(l.told - 1), Service: l.services[l.told-1]}, nil
}

// Changes discovers what comes out of a channel. When the channel is closed,
// the services are as they are.
func Changes[Req, Res any](changes <-chan Change[Req, Res]) Discover[Req, Res] {
	return changesOf[Req, Res](changes)
}

type changesOf[Req, Res any] <-chan Change[Req, Res]

func (c changesOf[Req, Res]) Next(ctx context.Context) (Change[Req, Res], error) {
	select {
	case change, ok := <-c:
		return told(change, ok)
	default:
	}
	select {
	case change, ok := <-c:
		return told(change, ok)
	case <-ctx.Done():
		return Change[Req, Res]{}, context.Cause(ctx)
	}
}

func told[Req, Res any](change Change[Req, Res], ok bool) (Change[Req, Res], error) {
	if !ok {
		return change, io.EOF
	}
	return change, nil
}

// Watch discovers what an iterator yields: changes, or errors that say why
// there are none now. A goroutine goes through the iterator until ctx ends;
// after that the services are as they are. An iterator that waits must itself
// heed ctx.
func Watch[Req, Res any](ctx context.Context, changes iter.Seq2[Change[Req, Res], error]) Discover[Req, Res] {
	w := &watch[Req, Res]{events: make(chan event[Req, Res])}
	go func() {
		defer close(w.events)
		for change, err := range changes {
			select {
			case w.events <- event[Req, Res]{change, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return w
}

type watch[Req, Res any] struct {
	events chan event[Req, Res]
}

type event[Req, Res any] struct {
	Change[Req, Res]
	err error
}

func (w *watch[Req, Res]) Next(ctx context.Context) (Change[Req, Res], error) {
	select {
	case e, ok := <-w.events:
		return e.told(ok)
	default:
	}
	select {
	case e, ok := <-w.events:
		return e.told(ok)
	case <-ctx.Done():
		return Change[Req, Res]{}, context.Cause(ctx)
	}
}

func (e event[Req, Res]) told(ok bool) (Change[Req, Res], error) {
	if ok && e.err != nil {
		return e.Change, e.err
	}
	return told(e.Change, ok)
}

// Each puts a layer around every service that is discovered, such as a limit
// that each has for itself, or a [Load].
func Each[Req, Res any](d Discover[Req, Res], layer Layer[Req, Res]) Discover[Req, Res] {
	return &each[Req, Res]{d, layer}
}

type each[Req, Res any] struct {
	Discover[Req, Res]
	layer Layer[Req, Res]
}

func (e *each[Req, Res]) Next(ctx context.Context) (Change[Req, Res], error) {
	change, err := e.Discover.Next(ctx)
	if err == nil && change.Service != nil {
		change.Service = e.layer(change.Service)
	}
	return change, err
}
