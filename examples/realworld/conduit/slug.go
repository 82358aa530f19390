package conduit

import (
	"crypto/rand"
	"strings"
)

// newSlug returns a name for an article that no other has: "how-to-train-3f9k2m7q"
// for "How to train!".
func newSlug(title string) string {
	const longest = 60
	words := strings.FieldsFunc(strings.ToLower(title), func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9')
	})
	slug := ""
	for _, word := range words {
		if len(slug)+len(word) > longest {
			break
		}
		slug += word + "-"
	}
	return slug + strings.ToLower(rand.Text()[:10])
}
