// Package diag holds what handlergen has to say about user code: positioned
// diagnostics with stable codes, related places and hints. It knows nothing of
// handlers.
package diag

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
)

// A Diagnostic is one thing that the user has to change.
type Diagnostic struct {
	Code    Code
	Pos     token.Position // the narrowest thing to change
	End     token.Position // just after it; the zero Position if unknown
	Message string         // a fact in the user's own names, lower case, no full stop
	Related []Related
	Hint    string // what to type instead; may have several lines
}

// Related is another place that a diagnostic is about.
type Related struct {
	Pos     token.Position
	Message string
}

// Code identifies a kind of diagnostic for good: numbers are never reused.
type Code int

// String returns the code as users see it, "HG007".
func (c Code) String() string { return fmt.Sprintf("HG%03d", int(c)) }

// A List is a set of diagnostics.
type List []Diagnostic

// Sort orders a list by file, line, column and code, and drops repetitions.
func (l *List) Sort() {
	slices.SortStableFunc(*l, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Pos.Filename, b.Pos.Filename),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message),
		)
	})
	*l = slices.CompactFunc(*l, func(a, b Diagnostic) bool {
		return a.Code == b.Code && a.Pos == b.Pos && a.Message == b.Message
	})
}
