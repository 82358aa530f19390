package ratelimit

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash/maphash"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Rate is how many requests pass in how much time.
type Rate struct {
	Requests int
	Per      time.Duration

	// Burst is how many of them may come at once. The default is all of them.
	Burst int
}

// DefaultMaxKeys is the number of buckets that there are at once, unless
// something else is said. They take about 13 MB.
const DefaultMaxKeys = 1 << 16

// Buckets are token buckets in memory, one for each key (golang.org/x/time/rate).
// They are a [Limiter] that never fails.
//
// A bucket that is full again is forgotten, since a new one is the same. When
// there are too many, the one that has not been asked for the longest time is
// forgotten, too, which its owner will not mind: so memory is bounded however
// many keys there are. There is no goroutine behind it.
type Buckets struct {
	rate   rate.Limit
	burst  int
	seed   maphash.Seed
	shards []shard
}

// minShard is how many buckets a shard has at least, unless it is the only one.
const minShard = 64

// NewBuckets returns buckets of that rate, at most maxKeys at once, or
// [DefaultMaxKeys] if that is zero. It panics if the rate is not positive, or a
// number is negative.
func NewBuckets(limit Rate, maxKeys int) *Buckets {
	switch {
	case limit.Requests <= 0 || limit.Per <= 0:
		panic(fmt.Sprintf("ratelimit: %d requests per %v is not a rate", limit.Requests, limit.Per))
	case limit.Burst < 0:
		panic(fmt.Sprintf("ratelimit: Burst is negative: %d", limit.Burst))
	case maxKeys < 0:
		panic(fmt.Sprintf("ratelimit: MaxKeys is negative: %d", maxKeys))
	case maxKeys == 0:
		maxKeys = DefaultMaxKeys
	}
	if limit.Burst == 0 {
		limit.Burst = limit.Requests
	}
	b := &Buckets{
		rate:   rate.Limit(float64(limit.Requests) / limit.Per.Seconds()),
		burst:  limit.Burst,
		seed:   maphash.MakeSeed(),
		shards: make([]shard, min(64, max(1, maxKeys/minShard))),
	}
	for i := range b.shards {
		b.shards[i].init(maxKeys / len(b.shards))
	}
	return b
}

// Allow takes a token out of the bucket of key, if there is one.
func (b *Buckets) Allow(_ context.Context, key string) (Decision, error) {
	if len(key) > sha256.Size { // a key takes no more memory than that
		sum := sha256.Sum256([]byte(key))
		key = string(sum[:])
	}
	now := time.Now()
	s := &b.shards[maphash.String(b.seed, key)%uint64(len(b.shards))]
	allowed, tokens := s.take(b, key, now)
	d := Decision{
		Allowed:   allowed,
		Limit:     b.burst,
		Remaining: int(tokens + tolerance),
		Reset:     b.timeFor(float64(b.burst) - tokens),
	}
	if !allowed {
		d.Retry = b.timeFor(1 - tokens)
	}
	return d, nil
}

// tolerance is what a bucket may lack of a whole token, as floating-point numbers
// are. The bucket itself takes what comes within a nanosecond for there.
const tolerance = 1e-6

// timeFor returns how long it takes for that many tokens to come.
func (b *Buckets) timeFor(tokens float64) time.Duration {
	seconds := max(0, tokens) / float64(b.rate)
	if seconds > math.MaxInt64/1e9 {
		return math.MaxInt64
	}
	return time.Duration(math.Ceil(seconds * 1e9))
}

// Len returns how many buckets there are.
func (b *Buckets) Len() int {
	n := 0
	for i := range b.shards {
		n += b.shards[i].len()
	}
	return n
}

// A shard is some of the buckets, so that requests do not wait for each other.
type shard struct {
	mu      sync.Mutex
	buckets map[string]*bucket
	max     int
	ends    bucket // of the ring: next was asked for last, prev the longest time ago
}

// A bucket is one of a ring.
type bucket struct {
	key        string
	tokens     *rate.Limiter
	prev, next *bucket
}

func (s *shard) init(maxBuckets int) {
	s.buckets = make(map[string]*bucket)
	s.max = maxBuckets
	s.ends.prev, s.ends.next = &s.ends, &s.ends
}

// take takes a token, if there is one, and returns how many are left.
func (s *shard) take(b *Buckets, key string, now time.Time) (allowed bool, left float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.buckets[key]
	if ok {
		found.leave()
	} else {
		found = &bucket{key: key, tokens: rate.NewLimiter(b.rate, b.burst)}
		s.buckets[key] = found
	}
	found.follow(&s.ends)
	s.forget(b.burst, now)
	return found.tokens.AllowN(now, 1), found.tokens.TokensAt(now)
}

// forget forgets the oldest bucket if there are too many. One that is full goes
// anyway, and with it the one before, so that they become fewer.
func (s *shard) forget(burst int, now time.Time) {
	for range 2 {
		oldest := s.ends.prev
		if len(s.buckets) <= s.max && oldest.tokens.TokensAt(now) < float64(burst) {
			return
		}
		if oldest == s.ends.next { // the one that was just asked for
			return
		}
		oldest.leave()
		delete(s.buckets, oldest.key)
	}
}

func (s *shard) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.buckets)
}

// leave takes the bucket out of its ring.
func (b *bucket) leave() { b.prev.next, b.next.prev = b.next, b.prev }

// follow puts the bucket into a ring, behind other.
func (b *bucket) follow(other *bucket) {
	b.prev, b.next = other, other.next
	b.prev.next, b.next.prev = b, b
}
