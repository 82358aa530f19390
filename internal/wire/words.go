package wire

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words are the parts of a text that are letters and digits: "users" and "id" of
// "/users/{id}".
func Words(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}

// Upper makes the first letter of a name a capital.
func Upper(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + name[size:]
}

// Lower makes a name begin as an unexported one does: "userID" of "UserID", "id"
// of "ID", "urlPath" of "URLPath", "ids" of "IDs".
func Lower(name string) string {
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsUpper(r) || i > 0 && beginsWord(runes[i+1:]) {
			break
		}
		runes[i] = unicode.ToLower(r)
	}
	return string(runes)
}

// beginsWord reports whether what follows a capital makes it the first letter of
// a word. The s of a plural does not.
func beginsWord(rest []rune) bool {
	plural := len(rest) > 0 && rest[0] == 's' && (len(rest) == 1 || unicode.IsUpper(rest[1]))
	return len(rest) > 0 && unicode.IsLower(rest[0]) && !plural
}

// MethodWord is a method as a part of a name: "Post", and "Any" for none.
func MethodWord(method string) string {
	if method == "" {
		return "Any"
	}
	return Upper(strings.ToLower(method))
}

// A Scope holds the names that are used.
type Scope map[string]bool

// Pick uses the first name that is free. If none is, it numbers the first one.
func (s Scope) Pick(names ...string) string {
	first := names[0]
	for i := 2; ; i++ {
		for _, name := range names {
			if !s[name] {
				s[name] = true
				return name
			}
		}
		names = []string{first + strconv.Itoa(i)}
	}
}
