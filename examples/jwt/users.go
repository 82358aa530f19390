package jwt

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
)

// A User is somebody who can log in.
type User struct {
	Name, Role string
	salt, hash []byte
}

// Users keeps users in memory, and of their passwords what it takes to know them
// again.
type Users struct {
	mu     sync.RWMutex
	byName map[string]User
}

// NewUsers returns an empty store.
func NewUsers() *Users { return &Users{byName: map[string]User{}} }

// Add adds a user, or replaces one of that name.
func (u *Users) Add(name, role, password string) error {
	salt := make([]byte, 16)
	rand.Read(salt)
	hash, err := hashPassword(password, salt)
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.byName[name] = User{Name: name, Role: role, salt: salt, hash: hash}
	return nil
}

// Find returns the user of that name.
func (u *Users) Find(name string) (User, bool) {
	u.mu.RLock()
	defer u.mu.RUnlock()
	user, ok := u.byName[name]
	return user, ok
}

// Names returns the names of all users in order.
func (u *Users) Names() []string {
	u.mu.RLock()
	defer u.mu.RUnlock()
	return slices.Sorted(maps.Keys(u.byName))
}

// Check returns the user of that name, if the password is right. It takes as
// long if there is no such user.
func (u *Users) Check(name, password string) (User, error) {
	user, ok := u.Find(name)
	hash, err := hashPassword(password, user.salt)
	if err != nil {
		return User{}, err
	}
	if subtle.ConstantTimeCompare(hash, user.hash) != 1 || !ok {
		return User{}, &LoginError{}
	}
	return user, nil
}

// hashPassword takes as much time as OWASP recommends.
func hashPassword(password string, salt []byte) ([]byte, error) {
	hash, err := pbkdf2.Key(sha256.New, password, salt, 600_000, 32)
	if err != nil {
		return nil, fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// LoginError is the error of a login with a wrong name or password. It does not
// say which.
type LoginError struct{}

func (*LoginError) Error() string { return "the name or the password is wrong" }

// Status makes the answer 401.
func (*LoginError) Status() int { return http.StatusUnauthorized }

// ErrorHeader says what would be accepted, as a 401 has to.
func (*LoginError) ErrorHeader() http.Header {
	return http.Header{"Www-Authenticate": {"Bearer"}}
}
