// Package stack makes room on the stacks of goroutines that run handlers.
package stack

// size is what handlers usually need.
const size = 6 << 10

// Grow grows the stack of a new goroutine to the size that handlers need, while
// there is next to nothing on it to move. That is a third of what a small answer
// costs on a goroutine of its own.
//
//go:noinline
func Grow() {
	var frame [size]byte
	keep(&frame)
}

//go:noinline
func keep(*[size]byte) {}
