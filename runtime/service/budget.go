package service

import (
	"math"
	"sync"
	"time"
)

// A Budget limits the retries of many requests together, so that a service that
// fails is not also overrun. Each request deposits, each retry withdraws.
type Budget interface {
	Deposit()
	Withdraw() bool // false: no retry
}

// Unlimited is a budget that never runs out.
var Unlimited Budget = unlimited{}

type unlimited struct{}

func (unlimited) Deposit()       {}
func (unlimited) Withdraw() bool { return true }

// NewBudget returns a budget of retries within ttl, counted in a window that
// slides in ten steps: minPerSecond of them for each second, and besides them
// ratio for each request. With a ratio of 0.1 one request in ten may be sent
// again, with 2 each of them twice.
//
// It panics if ttl is not between a second and a minute, minPerSecond is
// negative or more than an int32 holds, or ratio is not between 0 and 1000.
func NewBudget(ttl time.Duration, minPerSecond int, ratio float64) Budget {
	switch {
	case ttl < time.Second || ttl > time.Minute:
		panic("service: the time of a retry budget must be between a second and a minute")
	case minPerSecond < 0 || minPerSecond > math.MaxInt32:
		panic("service: the retries per second of a retry budget must be from 0 to 2147483647")
	case !(0 <= ratio && ratio <= 1000): // nor NaN
		panic("service: the ratio of a retry budget must be between 0 and 1000")
	}
	return &budget{
		step:    ttl / budgetSteps,
		reserve: int64(minPerSecond) * int64(ttl/time.Second) * oneRetry,
		deposit: int64(math.Round(ratio * oneRetry)),
		began:   time.Now(),
	}
}

const (
	budgetSteps = 10
	oneRetry    = 1_000_000 // so that a deposit can be a fraction of it
)

type budget struct {
	step    time.Duration
	reserve int64
	deposit int64
	began   time.Time

	mu    sync.Mutex
	now   int64              // the number of the current step
	steps [budgetSteps]int64 // what was deposited less what was withdrawn; step n is at n modulo 10
}

func (b *budget) Deposit() {
	b.mu.Lock()
	defer b.mu.Unlock()
	*b.current() += b.deposit
}

func (b *budget) Withdraw() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	current := b.current()
	balance := b.reserve
	for _, amount := range b.steps {
		balance += amount
	}
	if balance < oneRetry {
		return false
	}
	*current -= oneRetry
	return true
}

// current forgets the steps that are over and returns the current one.
func (b *budget) current() *int64 {
	now := int64(time.Since(b.began) / b.step)
	if now-b.now >= budgetSteps {
		b.steps = [budgetSteps]int64{}
		b.now = now
	}
	for b.now < now {
		b.now++
		b.steps[b.now%budgetSteps] = 0
	}
	return &b.steps[b.now%budgetSteps]
}
