package deadline_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/runtime/internal/deadline"
)

type key struct{}

// begin returns a context with a deadline in an hour, and one that somebody made
// of its child.
func begin(around context.Context) (c *deadline.Context, derived context.Context, cancel context.CancelFunc) {
	c = new(deadline.Context)
	c.Init(around, time.Now().Add(time.Hour))
	child, end := c.Child()
	derived, stop := context.WithCancel(context.WithValue(child, key{}, "derived"))
	return c, derived, func() { end(); stop() }
}

// TestEnd sees that all that is derived ends at once and for the same reason, and
// that no goroutine waits for it: the bubble would wait for one.
func TestEnd(t *testing.T) {
	for _, err := range []error{context.DeadlineExceeded, context.Canceled} {
		synctest.Test(t, func(t *testing.T) {
			c, derived, _ := begin(t.Context())
			if derived.Err() != nil || c.Err() != nil {
				t.Fatal("it has ended before")
			}
			c.End(err)
			c.End(errors.New("another"))
			select {
			case <-derived.Done():
			default:
				t.Error("what is derived goes on")
			}
			if got := derived.Err(); !errors.Is(got, err) || !errors.Is(context.Cause(derived), err) {
				t.Errorf("ended with %v because of %v, want %v", got, context.Cause(derived), err)
			}
		})
	}
}

// TestCancel ends the child by itself, and the context afterwards.
func TestCancel(t *testing.T) {
	c, derived, cancel := begin(t.Context())
	cancel()
	c.End(context.DeadlineExceeded)
	if err := derived.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		soon := time.Now().Add(time.Minute)
		earlier, cancel := context.WithDeadline(context.WithValue(t.Context(), key{}, "around"), soon)
		defer cancel()
		inner, derived, end := begin(earlier)
		defer end()
		if at, ok := derived.Deadline(); !ok || !at.Equal(soon) {
			t.Errorf("inside of an earlier one the deadline is %v, %t", at, ok)
		}
		if inner.Value(key{}) != "around" || derived.Value(key{}) != "derived" {
			t.Errorf("the values are %v and %v", inner.Value(key{}), derived.Value(key{}))
		}

		c, derived, end := begin(t.Context())
		defer end()
		if at, ok := derived.Deadline(); !ok || !at.Equal(c.At()) {
			t.Errorf("the deadline is %v, %t, want %v", at, ok, c.At())
		}
		c.Lift()
		if at, ok := derived.Deadline(); ok || derived.Err() != nil {
			t.Errorf("when it is lifted, the deadline is %v, and the error %v", at, derived.Err())
		}
	})
}
