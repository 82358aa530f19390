package store

import (
	"context"
	"strings"
)

// A User has an account.
type User struct {
	ID         int64
	Username   string
	Email      string
	Password   string // hashed
	Bio, Image *string
}

// A TakenError says which of a user's names another user has.
type TakenError struct{ Username, Email bool }

func (e *TakenError) Error() string { return "store: taken: " + strings.Join(e.Fields(), " and ") }

// Fields returns the names of the fields: "username", "email".
func (e *TakenError) Fields() []string {
	var fields []string
	if e.Username {
		fields = append(fields, "username")
	}
	if e.Email {
		fields = append(fields, "email")
	}
	return fields
}

const userColumns = `id, username, email, password, bio, image`

func (u *User) columns() []any {
	return []any{&u.ID, &u.Username, &u.Email, &u.Password, &u.Bio, &u.Image}
}

var (
	userByID    = sqlText(`SELECT ` + userColumns + ` FROM users WHERE id = ?`)
	userByEmail = sqlText(`SELECT ` + userColumns + ` FROM users WHERE email = ?`)
	insertUser  = sqlText(`INSERT INTO users (username, email, password, bio, image) VALUES (?, ?, ?, ?, ?) RETURNING id`)
	updateUser  = sqlText(`UPDATE users SET username = ?, email = ?, password = ?, bio = ?, image = ? WHERE id = ?`)
	takenNames  = sqlText(`SELECT
		EXISTS (SELECT 1 FROM users WHERE username = ? AND id <> ?),
		EXISTS (SELECT 1 FROM users WHERE email = ? AND id <> ?)`)
)

// User returns the user with that id.
func (s *Store) User(ctx context.Context, id int64) (u User, err error) {
	err = s.alone().one(ctx, userByID, u.columns(), id)
	return u, err
}

// UserByEmail returns the user with that e-mail address.
func (s *Store) UserByEmail(ctx context.Context, email string) (u User, err error) {
	err = s.alone().one(ctx, userByEmail, u.columns(), email)
	return u, err
}

// AddUser adds a user, and returns it with its id. The error may be a
// [*TakenError].
func (s *Store) AddUser(ctx context.Context, u User) (User, error) {
	err := s.inTx(ctx, func(tx session) error {
		if err := tx.mayBeNamed(ctx, u); err != nil {
			return err
		}
		return tx.one(ctx, insertUser, []any{&u.ID}, u.Username, u.Email, u.Password, u.Bio, u.Image)
	})
	return u, err
}

// ChangeUser lets change change a user, and returns it as it is then. The error
// may be a [*TakenError].
func (s *Store) ChangeUser(ctx context.Context, id int64, change func(*User)) (u User, err error) {
	err = s.inTx(ctx, func(tx session) error {
		if err := tx.one(ctx, userByID, u.columns(), id); err != nil {
			return err
		}
		change(&u)
		if err := tx.mayBeNamed(ctx, u); err != nil {
			return err
		}
		return tx.exec(ctx, updateUser, u.Username, u.Email, u.Password, u.Bio, u.Image, id)
	})
	return u, err
}

// mayBeNamed returns a [*TakenError] if others have a name of the user. In a
// transaction that writes, it stays true until the end.
func (s session) mayBeNamed(ctx context.Context, u User) error {
	var taken TakenError
	err := s.one(ctx, takenNames, []any{&taken.Username, &taken.Email}, u.Username, u.ID, u.Email, u.ID)
	if err != nil {
		return err
	}
	if taken != (TakenError{}) {
		return &taken
	}
	return nil
}
