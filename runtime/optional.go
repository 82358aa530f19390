package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
)

// Optional is a value that may be absent. As a parameter it is absent when the
// request has no such value; a value that is there but wrong is still an error.
// As a field of a struct that JSON is decoded into it is absent when the object
// has no such member.
//
// A member that is null is an error unless a T is there to hold null, as a
// pointer or a [Nullable] is; a list or map that is null is none.
// Optional[Nullable[T]] keeps absent, null and value apart.
//
// With the tag `json:",omitzero"` an absent value is left out when it is
// encoded; without it an absent value is encoded as null.
type Optional[T any] struct {
	Value   T
	Present bool
}

// IsZero reports whether the value is absent: it is what makes omitzero work.
func (o Optional[T]) IsZero() bool { return !o.Present }

// MarshalJSON encodes the value, or null when it is absent.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if !o.Present {
		return []byte("null"), nil
	}
	return json.Marshal(&o.Value)
}

// UnmarshalJSON decodes the value and marks it as present. It fails for null
// when T cannot hold it.
func (o *Optional[T]) UnmarshalJSON(data []byte) error {
	var value T
	if err := json.Unmarshal(data, &value); err != nil {
		return &memberError{err}
	}
	if isNull(data) && !holdsNull(&value) {
		return &memberError{errNull}
	}
	o.Value, o.Present = value, true
	return nil
}

// Nullable is a value that may be null in JSON. Valid says that it is not.
type Nullable[T any] struct {
	Value T
	Valid bool
}

// MarshalJSON encodes the value, or null when it is not valid.
func (n Nullable[T]) MarshalJSON() ([]byte, error) {
	if !n.Valid {
		return []byte("null"), nil
	}
	return json.Marshal(&n.Value)
}

// UnmarshalJSON decodes the value, which null makes the zero value that is not
// valid.
func (n *Nullable[T]) UnmarshalJSON(data []byte) error {
	var value T
	if isNull(data) {
		n.Value, n.Valid = value, false
		return nil
	}
	if err := json.Unmarshal(data, &value); err != nil {
		return &memberError{err}
	}
	n.Value, n.Valid = value, true
	return nil
}

var errNull = errors.New("unexpected null")

func isNull(data []byte) bool {
	return string(bytes.TrimSpace(data)) == "null"
}

// holdsNull reports whether a value that null was decoded into is encoded as
// null again. A number, which null leaves as it is, is not. A nil list is, but
// whoever ranges over it does not see the difference to an empty one.
func holdsNull(v any) bool {
	switch value := reflect.ValueOf(v).Elem(); value.Kind() {
	case reflect.Slice, reflect.Map:
		if value.IsNil() {
			return false
		}
	}
	encoded, err := json.Marshal(v)
	return err == nil && string(encoded) == "null"
}

// A memberError wraps what encoding/json says about a part of a body that was
// decoded on its own: any offset in it counts from the start of that part.
type memberError struct{ err error }

func (e *memberError) Error() string { return e.err.Error() }
func (e *memberError) Unwrap() error { return e.err }
