package parse

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// orList joins words with commas and an or.
func orList(words []string) string { return join(words, "or") }

// andList joins words with commas and an and.
func andList(words []string) string { return join(words, "and") }

func join(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return fmt.Sprintf("%s %s %s", strings.Join(words[:n], ", "), last, words[n])
}

// upperFirst is a name with its first letter in upper case.
func upperFirst(name string) string {
	if name == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

// lowerFirst is a name with its first letter in lower case: what a field is
// called on the wire when no tag names it.
func lowerFirst(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}
