// Package users is a small HTTP API: create, read, update, list and delete
// users of an in-memory store. It shows how a handler's signature says what it
// needs and what it answers; handlers_gen.go is what handlergen makes of it, and
// openapi.yaml describes it to others.
//
//handlergen:openapi openapi.yaml title=Users version=1.0.0
package users

//go:generate go tool handlergen
//go:generate go tool handlergen client --lang go -o usersclient .
//go:generate go tool handlergen client --lang ts -o usersclient .

import (
	"fmt"
	"net/http"
	"time"

	"github.com/handlergen/handlergen/runtime"
)

// App is what the handlers share.
//
//handlergen:state
type App struct {
	Users  *Store
	Admins Admins
}

// A User is somebody with an account.
type User struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`
	Email   string    `json:"email"`
	Role    Role      `json:"role"`
	Bio     *string   `json:"bio"`
	Created time.Time `json:"created"`
}

// A ListQuery says which users to list.
type ListQuery struct {
	Page  int        `query:"page" default:"1" validate:"min=1,max=1000000"`
	Limit int        `query:"limit" default:"20" validate:"min=1,max=100"`
	Role  []Role     `query:"role"`
	Since *time.Time `query:"since"`
}

// A Page is one page of a list of users.
type Page struct {
	Users []User `json:"users"`
	Total int    `json:"total"`
}

// List lists users, oldest first.
//
//handlergen:route GET /users
func (s *Store) List(query runtime.Query[ListQuery]) Page {
	q := query.Value
	found := s.find(func(u User) bool {
		return (len(q.Role) == 0 || u.Role.in(q.Role)) && (q.Since == nil || !u.Created.Before(*q.Since))
	})
	first := min((q.Page-1)*q.Limit, len(found))
	last := min(first+q.Limit, len(found))
	return Page{Users: found[first:last], Total: len(found)}
}

// Get answers with one user.
//
//handlergen:route GET /users/{id}
func (s *Store) Get(id int64) (User, error) {
	return s.user(id)
}

// A NewUser is a user to be.
type NewUser struct {
	Name  string  `json:"name" validate:"required,min=1,max=80"`
	Email string  `json:"email" validate:"required,email"`
	Role  Role    `json:"role" validate:"required"`
	Bio   *string `json:"bio" validate:"max=500"`
}

// Create adds a user. Only admins may.
//
//handlergen:route POST /users status=201 limit=64KiB
func Create(_ Admin, users runtime.State[*Store], body runtime.JSON[NewUser]) (http.Header, User, error) {
	user, err := users.Value.add(User{
		Name: body.Value.Name, Email: body.Value.Email, Role: body.Value.Role, Bio: body.Value.Bio,
	})
	if err != nil {
		return nil, User{}, err
	}
	return http.Header{"Location": {fmt.Sprintf("/users/%d", user.ID)}}, user, nil
}

// A Patch changes some members of a user: one that is absent stays as it is,
// and null takes the bio away.
type Patch struct {
	Name runtime.Optional[string]                   `json:"name,omitzero" validate:"min=1,max=80"`
	Role runtime.Optional[Role]                     `json:"role,omitzero"`
	Bio  runtime.Optional[runtime.Nullable[string]] `json:"bio,omitzero" validate:"max=500"`
}

// Update changes a user. Only admins may.
//
//handlergen:route PATCH /users/{id}
func Update(_ Admin, users runtime.State[*Store], id int64, body runtime.JSON[Patch]) (User, error) {
	patch := body.Value
	return users.Value.change(id, func(u *User) {
		if patch.Name.Present {
			u.Name = patch.Name.Value
		}
		if patch.Role.Present {
			u.Role = patch.Role.Value
		}
		if bio := patch.Bio.Value; patch.Bio.Present {
			u.Bio = nil
			if bio.Valid {
				u.Bio = &bio.Value
			}
		}
	})
}

// Delete removes a user. Only admins may.
//
//handlergen:route DELETE /users/{id} status=204
func Delete(_ Admin, users runtime.State[*Store], id int64) error {
	return users.Value.remove(id)
}
