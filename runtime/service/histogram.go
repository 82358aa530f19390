package service

import (
	"math"
	"math/bits"
	"sync"
	"time"
)

// Latencies are those of one period, to be read, and those of the next, being
// gathered.
type latencies struct {
	mu      sync.Mutex
	period  time.Duration
	began   time.Time // the period of writing
	reading *histogram
	writing *histogram
}

func newLatencies(period time.Duration) *latencies {
	return &latencies{period: period, began: time.Now(), reading: new(histogram), writing: new(histogram)}
}

func (l *latencies) add(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rotate()
	l.writing.add(d)
}

// percentile returns how long that part of the calls took at most, if there
// were at least so many calls.
func (l *latencies) percentile(p float64, samples int) (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rotate()
	if l.reading.total < uint64(samples) {
		return 0, false
	}
	return l.reading.percentile(p), true
}

// rotate begins a new period when it is time.
func (l *latencies) rotate() {
	periods := time.Since(l.began) / l.period
	switch {
	case periods == 0:
		return
	case periods == 1:
		l.reading, l.writing = l.writing, l.reading
	default: // nothing was gathered in the last
		l.reading.clear()
	}
	l.writing.clear()
	l.began = l.began.Add(periods * l.period)
}

// A histogram counts durations, exact to one part in 64.
type histogram struct {
	total  uint64
	counts [(64 - histogramBits) << histogramBits]uint32
}

const histogramBits = 6

func (h *histogram) clear() {
	if h.total > 0 {
		*h = histogram{}
	}
}

func (h *histogram) add(d time.Duration) {
	h.total++
	h.counts[bucketOf(uint64(max(d, 0)))]++
}

// percentile returns the upper end of the bucket in which that part of the
// durations is complete.
func (h *histogram) percentile(p float64) time.Duration {
	wanted := uint64(math.Ceil(p/100*float64(h.total) - 1e-6)) // 99.9 of 1000 are 999
	var seen uint64
	for i, n := range h.counts {
		if seen += uint64(n); seen >= wanted {
			return time.Duration(upperEnd(i))
		}
	}
	return math.MaxInt64
}

// bucketOf returns the bucket of v. Below 64 each number has its own; above,
// the 64 that begin with the same bits after the first share one.
func bucketOf(v uint64) int {
	if v < 1<<histogramBits {
		return int(v)
	}
	shift := bits.Len64(v) - 1 - histogramBits
	return shift<<histogramBits + int(v>>shift)
}

// upperEnd returns the largest number of a bucket.
func upperEnd(bucket int) uint64 {
	if bucket < 1<<histogramBits {
		return uint64(bucket)
	}
	shift := bucket>>histogramBits - 1
	first := uint64(bucket - shift<<histogramBits)
	return (first+1)<<shift - 1
}
