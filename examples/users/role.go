package users

import (
	"fmt"
	"slices"
)

// A Role says what a user may do: member or editor.
//
//handlergen:schema string values=member,editor
type Role string

// UnmarshalText reads a role from a query or a JSON body.
func (r *Role) UnmarshalText(text []byte) error {
	switch role := Role(text); role {
	case "member", "editor":
		*r = role
		return nil
	}
	return fmt.Errorf("there is no role %q, only member and editor", text)
}

func (r Role) in(roles []Role) bool { return slices.Contains(roles, r) }
