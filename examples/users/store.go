package users

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A Store keeps users in memory.
type Store struct {
	mu    sync.Mutex
	last  int64
	users map[int64]User
}

// NewStore returns an empty store.
func NewStore() *Store { return &Store{users: map[int64]User{}} }

// A StoreError says why the store refused. Its status and text are the answer.
type StoreError struct {
	Code   int
	Reason string
}

func (e *StoreError) Error() string { return e.Reason }

// Status makes a StoreError choose its own answer.
func (e *StoreError) Status() int { return e.Code }

func noUser(id int64) error {
	return &StoreError{http.StatusNotFound, fmt.Sprintf("there is no user %d", id)}
}

func (s *Store) find(wanted func(User) bool) []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []User{}
	for _, id := range slices.Sorted(maps.Keys(s.users)) {
		if user := s.users[id]; wanted(user) {
			found = append(found, user)
		}
	}
	return found
}

func (s *Store) user(id int64) (User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, ok := s.users[id]
	if !ok {
		return User{}, noUser(id)
	}
	return user, nil
}

func (s *Store) add(user User) (User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range s.users {
		if other.Email == user.Email {
			return User{}, &StoreError{http.StatusConflict, "the e-mail address is taken"}
		}
	}
	s.last++
	user.ID, user.Created = s.last, time.Now().UTC()
	s.users[user.ID] = user
	return user, nil
}

func (s *Store) change(id int64, change func(*User)) (User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, ok := s.users[id]
	if !ok {
		return User{}, noUser(id)
	}
	change(&user)
	s.users[id] = user
	return user, nil
}

func (s *Store) remove(id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.users[id]; !ok {
		return noUser(id)
	}
	delete(s.users, id)
	return nil
}
