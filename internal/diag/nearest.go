package diag

import "strings"

// Nearest finds the one of several words that a misspelled word was meant to
// be: the one with the fewest edits, letter case aside, if they are few enough
// for its length.
func Nearest(word string, among []string) (string, bool) {
	best, bestEdits := "", 3
	for _, candidate := range among {
		edits := distance(strings.ToLower(word), strings.ToLower(candidate))
		if edits < bestEdits && edits*2 < len(candidate) {
			best, bestEdits = candidate, edits
		}
	}
	return best, best != ""
}

// distance counts the bytes to insert, remove, replace or swap with their
// neighbour to get from a to b.
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
