package service

import (
	"context"
	"slices"
	"testing"
	"time"
)

func TestFunc(t *testing.T) {
	double := Func(func(_ context.Context, n int) (int, error) { return 2 * n, nil })
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	wantErr(t, "Ready", double.Ready(ended), nil)
	res, err := Do(t.Context(), double, 21)
	want(t, "result", res, 42)
	wantErr(t, "Do", err, nil)
}

// note returns a layer that notes when requests and results come by.
func note(log *[]string, name string) Layer[int, int] {
	return func(s Service[int, int]) Service[int, int] {
		return Func(func(ctx context.Context, req int) (int, error) {
			*log = append(*log, name+" request")
			defer func() { *log = append(*log, name+" result") }()
			return s.Call(ctx, req)
		})
	}
}

func TestStackOrder(t *testing.T) {
	want := []string{"a request", "b request", "c request", "c result", "b result", "a result"}
	var log []string
	a, b, c := note(&log, "a"), note(&log, "b"), note(&log, "c")
	stacks := map[string]Service[int, int]{
		"Stack":           Stack(a, b, c)(&mock{}),
		"stack of stacks": Stack(Stack(a), Stack[int, int](), Stack(b, c))(&mock{}),
		"Builder":         NewBuilder[int, int]().Layer(a).Layer(b, c).Service(&mock{}),
		"Builder.Stack":   NewBuilder[int, int]().Layer(a, NewBuilder[int, int]().Layer(b, c).Stack()).Service(&mock{}),
	}
	for name, s := range stacks {
		log = nil
		if _, err := Do(t.Context(), s, 1); err != nil || !slices.Equal(log, want) {
			t.Errorf("%s: %v, %v; want %v", name, log, err, want)
		}
	}
}

func TestStackOfNone(t *testing.T) {
	m := &mock{}
	want(t, "Stack()", Stack[int, int]()(m), Service[int, int](m))
	want(t, "NewBuilder().Service", NewBuilder[int, int]().Service(m), Service[int, int](m))
}

// A builder is a value: two that go on from one do not disturb each other.
func TestBuilderIsAValue(t *testing.T) {
	var log []string
	base := NewBuilder[int, int]().Layer(note(&log, "a"), note(&log, "b"), note(&log, "c"))
	first, second := base.Layer(note(&log, "first")), base.Layer(note(&log, "second"))
	_, _ = Do(t.Context(), first.Service(&mock{}), 1)
	if !slices.Contains(log, "first request") || slices.Contains(log, "second request") {
		t.Errorf("the first builder: %v", log)
	}
	log = nil
	_, _ = Do(t.Context(), second.Service(&mock{}), 1)
	if slices.Contains(log, "first request") || !slices.Contains(log, "second request") {
		t.Errorf("the second builder: %v", log)
	}
}

// Every method adds the layer of its name, with its arguments.
func TestBuilderMethods(t *testing.T) {
	b := NewBuilder[int, int]()
	same := func(n int) int { return n }
	tests := map[string]struct {
		builder Builder[int, int]
		want    func(Service[int, int]) bool
	}{
		"Timeout":   {b.Timeout(time.Hour), isA[*timeout[int, int]]},
		"RateLimit": {b.RateLimit(1, time.Hour), isA[*rateLimit[int, int]]},
		"ConcurrencyLimit": {b.ConcurrencyLimit(7), func(s Service[int, int]) bool {
			return cap(s.(*concurrencyLimit[int, int]).places.taken) == 7
		}},
		"SharedConcurrencyLimit": {b.SharedConcurrencyLimit(NewSemaphore(1)), isA[*concurrencyLimit[int, int]]},
		"LoadShed":               {b.LoadShed(), isA[*loadShed[int, int]]},
		"Buffer":                 {b.Buffer(1), isA[*buffer[int, int]]},
		"Retry":                  {b.Retry(&RetryPolicy[int, int]{}), isA[*retry[int, int]]},
		"Hedge":                  {b.Hedge(HedgeConfig[int]{}), isA[*hedge[int, int]]},
		"Detach":                 {b.Detach(), isA[*detach[int, int]]},
		"Filter": {
			b.Filter(func(_ context.Context, n int) (int, error) { return n, nil }),
			isA[*filter[int, int, int]],
		},
		"MapRequest":  {b.MapRequest(same), isA[*filter[int, int, int]]},
		"MapResponse": {b.MapResponse(same), isA[*then[int, int, int]]},
		"MapErr":      {b.MapErr(func(err error) error { return err }), isA[*mapErr[int, int]]},
		"AndThen": {
			b.AndThen(func(_ context.Context, n int) (int, error) { return n, nil }),
			isA[*then[int, int, int]],
		},
		"Then": {
			b.Then(func(_ context.Context, n int, err error) (int, error) { return n, err }),
			isA[*then[int, int, int]],
		},
	}
	for name, test := range tests {
		s := test.builder.Func(func(_ context.Context, n int) (int, error) { return n + 1, nil })
		if !test.want(s) {
			t.Errorf("%s made a %T", name, s)
		}
		if res, err := Do(t.Context(), s, 1); res != 2 || err != nil {
			t.Errorf("%s: result %d, %v", name, res, err)
		}
	}
}

func isA[T any](s Service[int, int]) bool { _, ok := s.(T); return ok }

// Each service that a builder makes has limits of its own.
func TestBuilderMakesLimitsAnew(t *testing.T) {
	b := NewBuilder[int, int]().LoadShed().ConcurrencyLimit(1)
	blocked := make(chan struct{})
	first := b.Func(func(context.Context, int) (int, error) { <-blocked; return 0, nil })
	second := b.Service(&mock{})
	done := make(chan struct{})
	go func() { _, _ = Do(context.Background(), first, 1); close(done) }()
	_, err := Do(t.Context(), second, 1)
	wantErr(t, "the second service", err, nil)
	close(blocked)
	<-done
}
