// Package leak finds goroutines that tests have left behind.
package leak

import (
	"runtime"
	"testing"
	"time"
)

// Patience is how long tests wait for what has to happen some time.
const Patience = 30 * time.Second

// Check fails the test if more goroutines run after it than before. What it
// began has to be ended by then: call Check first, since cleanups run in the
// opposite order. Tests in a bubble of [testing/synctest] need no such check.
func Check(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for end := time.Now().Add(Patience); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				stacks := make([]byte, 1<<20)
				t.Fatalf("goroutines are left:\n%s", stacks[:runtime.Stack(stacks, true)])
			}
		}
	})
}
