package conduit

import (
	"context"
	"errors"
	"net/http"

	"github.com/handlergen/handlergen/examples/realworld/store"
	"github.com/handlergen/handlergen/runtime"
)

// UserBody is the envelope of users.
type UserBody[T any] struct {
	User T `json:"user" validate:"required"`
}

// A User is somebody with an account, as they see themselves.
type User struct {
	Email    string  `json:"email" example:"jake@jake.jake"`
	Token    string  `json:"token"` // to be sent as Authorization: Token …
	Username string  `json:"username" example:"jake"`
	Bio      *string `json:"bio" example:"I work at statefarm"`
	Image    *string `json:"image" example:"https://i.stack.imgur.com/xHWG8.jpg"`
}

// session answers with a user, and a token that is good from now on.
func (a *App) session(u store.User) (UserBody[User], error) {
	token, err := a.tokens.sign(u.ID)
	return UserBody[User]{User{Email: u.Email, Token: token, Username: u.Username, Bio: u.Bio, Image: u.Image}}, err
}

// A Registration is what it takes to become a user.
type Registration struct {
	Username string `json:"username" validate:"notblank" example:"jake"`
	Email    string `json:"email" validate:"notblank" example:"jake@jake.jake"`
	Password string `json:"password" validate:"notblank" example:"jakejake"`
}

// CreateUser registers a user.
//
//handlergen:route POST /users status=201 tags=User
//handlergen:response 409 "the name or the e-mail address is taken"
func (a *App) CreateUser(ctx context.Context, body runtime.JSON[UserBody[Registration]]) (UserBody[User], error) {
	registration := body.Value.User
	user, err := a.store.AddUser(ctx, store.User{
		Username: registration.Username,
		Email:    registration.Email,
		Password: a.passwords.Hash(registration.Password),
	})
	if err != nil {
		return UserBody[User]{}, worded(err, "user")
	}
	return a.session(user)
}

// Credentials are what a user logs in with.
type Credentials struct {
	Email    string `json:"email" validate:"notblank" example:"jake@jake.jake"`
	Password string `json:"password" validate:"notblank" example:"jakejake"`
}

// Login logs a user in.
//
//handlergen:route POST /users/login tags=User
//handlergen:response 401 "the e-mail address or the password is wrong"
func (a *App) Login(ctx context.Context, body runtime.JSON[UserBody[Credentials]]) (UserBody[User], error) {
	credentials := body.Value.User
	user, err := a.store.UserByEmail(ctx, credentials.Email)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return UserBody[User]{}, err
	}
	if !a.passwords.Check(credentials.Password, user.Password) { // as slow if there is no such user
		return UserBody[User]{}, fail(http.StatusUnauthorized, "invalid", "credentials")
	}
	return a.session(user)
}

// GetCurrentUser answers with the user who asks.
//
//handlergen:route GET /user tags=User
func (a *App) GetCurrentUser(member Member) (UserBody[User], error) {
	return a.session(member.User)
}

// A UserUpdate changes what it has of a user. A bio or an image that is null or
// empty is taken away.
type UserUpdate struct {
	Email    runtime.Optional[string]                   `json:"email,omitzero" validate:"notblank"`
	Username runtime.Optional[string]                   `json:"username,omitzero" validate:"notblank"`
	Password runtime.Optional[string]                   `json:"password,omitzero" validate:"notblank,min=8"`
	Bio      runtime.Optional[runtime.Nullable[string]] `json:"bio,omitzero"`
	Image    runtime.Optional[runtime.Nullable[string]] `json:"image,omitzero"`
}

// UpdateCurrentUser changes the user who asks.
//
//handlergen:route PUT /user tags=User
//handlergen:response 409 "the name or the e-mail address is taken"
func (a *App) UpdateCurrentUser(ctx context.Context, member Member, body runtime.JSON[UserBody[UserUpdate]]) (UserBody[User], error) {
	update := body.Value.User
	var hash string
	if update.Password.Present {
		hash = a.passwords.Hash(update.Password.Value)
	}
	user, err := a.store.ChangeUser(ctx, member.ID, func(u *store.User) {
		set(&u.Email, update.Email)
		set(&u.Username, update.Username)
		setOrClear(&u.Bio, update.Bio)
		setOrClear(&u.Image, update.Image)
		if hash != "" {
			u.Password = hash
		}
	})
	if err != nil {
		return UserBody[User]{}, worded(err, "user")
	}
	return a.session(user)
}

// set changes a field if there is a value for it.
func set[T any](field *T, to runtime.Optional[T]) {
	if to.Present {
		*field = to.Value
	}
}

// setOrClear is set for a field that null and an empty text make nil.
func setOrClear(field **string, to runtime.Optional[runtime.Nullable[string]]) {
	if !to.Present {
		return
	}
	*field = nil
	if to.Value.Value != "" {
		*field = &to.Value.Value
	}
}
