package wire

import "strings"

// SplitHost cuts the host off a pattern.
func SplitHost(pattern string) (host, path string) {
	i := strings.IndexByte(pattern, '/')
	return pattern[:i], pattern[i:]
}

// Wildcards lists the names of the wildcards of a pattern.
func Wildcards(pattern string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(pattern, "{")
		if !ok {
			return names
		}
		name, after, _ := strings.Cut(rest, "}")
		if name != "$" {
			names = append(names, strings.TrimSuffix(name, "..."))
		}
		pattern = after
	}
}
