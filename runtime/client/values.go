package client

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/handlergen/handlergen/runtime"
)

// FormatText returns the text that UnmarshalText is to read: that of
// MarshalText, the string that a value is, or that of its String method.
func FormatText[T any](v T) runtime.FormText {
	if text, ok := either[encoding.TextMarshaler](&v); ok {
		return runtime.FormatText(text)
	}
	of := reflect.ValueOf(v)
	if of.Kind() == reflect.String {
		return runtime.FormatString(of.String())
	}
	if text, ok := either[fmt.Stringer](&v); ok {
		return runtime.FormatString(text.String())
	}
	switch {
	case of.CanInt():
		return runtime.FormatInt(of.Int())
	case of.CanUint():
		return runtime.FormatUint(of.Uint())
	case of.CanFloat():
		return runtime.FormatFloat(of.Float())
	case of.Kind() == reflect.Bool:
		return runtime.FormatBool(of.Bool())
	}
	return runtime.FormatText(unwritable{fmt.Sprintf("%T", v)})
}

// either returns a value, or its address, as an interface that it implements.
func either[I, T any](v *T) (I, bool) {
	if i, ok := any(*v).(I); ok {
		return i, true
	}
	i, ok := any(v).(I)
	return i, ok
}

type unwritable struct{ typ string }

func (u unwritable) MarshalText() ([]byte, error) {
	return nil, fmt.Errorf("%s has no method MarshalText or String", u.typ)
}

// NonZero returns the text of a value, or none of the zero value.
func NonZero[T any](v T, format func(T) runtime.FormText) []runtime.FormText {
	if reflect.ValueOf(&v).Elem().IsZero() {
		return nil
	}
	return []runtime.FormText{format(v)}
}

// Pointed returns the text of what a pointer points to, or none.
func Pointed[T any](v *T, format func(T) runtime.FormText) []runtime.FormText {
	if v == nil {
		return nil
	}
	return []runtime.FormText{format(*v)}
}

// Present returns the text of what an Optional holds, or none.
func Present[T any](v runtime.Optional[T], format func(T) runtime.FormText) []runtime.FormText {
	if !v.Present {
		return nil
	}
	return []runtime.FormText{format(v.Value)}
}

// Each returns the texts of the elements of a slice.
func Each[S ~[]T, T any](list S, format func(T) runtime.FormText) []runtime.FormText {
	var texts []runtime.FormText
	for _, v := range list {
		texts = append(texts, format(v))
	}
	return texts
}

// EachPointed returns the texts of what the elements of a slice point to. Those
// that are nil are left out.
func EachPointed[S ~[]*T, T any](list S, format func(T) runtime.FormText) []runtime.FormText {
	var texts []runtime.FormText
	for _, v := range list {
		texts = append(texts, Pointed(v, format)...)
	}
	return texts
}

// Dict adds the values of a map, in the order of its keys: as name[key], or as
// key if there is no name.
func Dict[M ~map[K]V, K ~string, V any](
	add func(string, ...runtime.FormText), name string, values M, format func(V) runtime.FormText,
) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		add(keyed(name, string(key)), format(values[key]))
	}
}

// DictOfLists is Dict for a map of slices.
func DictOfLists[M ~map[K]S, K ~string, S ~[]V, V any](
	add func(string, ...runtime.FormText), name string, values M, format func(V) runtime.FormText,
) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		add(keyed(name, string(key)), Each(values[key], format)...)
	}
}

func keyed(name, key string) string {
	if name == "" {
		return key
	}
	return name + "[" + key + "]"
}
