package client

import (
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

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

// checkAbsent reports a [runtime.Optional] that is absent and would be null.
func checkAbsent(v any) error { return absentIn(reflect.ValueOf(v), 0) }

// maxDepth is where looking for absent values ends: encoding/json has something
// to say about cycles.
const maxDepth = 1000

func absentIn(v reflect.Value, depth int) error {
	if !v.IsValid() || depth > maxDepth {
		return nil
	}
	if optional := isOptional(v.Type()); !optional && v.Type().Implements(marshaler) {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return absentIn(v.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		if elem := v.Type().Elem().Kind(); elem <= reflect.Complex128 || elem == reflect.String {
			return nil
		}
		for i := range v.Len() {
			if err := absentIn(v.Index(i), depth+1); err != nil {
				return err
			}
		}
	case reflect.Map:
		for entry := v.MapRange(); entry.Next(); {
			if err := absentIn(entry.Value(), depth+1); err != nil {
				return err
			}
		}
	case reflect.Struct:
		return absentField(v, depth)
	default:
	}
	return nil
}

func absentField(v reflect.Value, depth int) error {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		tag := field.Tag.Get("json")
		_, options, _ := strings.Cut(tag, ",")
		if !field.IsExported() && !field.Anonymous || tag == "-" {
			continue
		}
		zeroOmitted := slices.Contains(strings.Split(options, ","), "omitzero")
		if isOptional(field.Type) && v.Field(i).IsZero() && !zeroOmitted {
			return fmt.Errorf("%s.%s is absent but would be sent as null: its tag needs omitzero, as in `json:\",omitzero\"`",
				v.Type(), field.Name)
		}
		if err := absentIn(v.Field(i), depth+1); err != nil {
			return err
		}
	}
	return nil
}

var (
	marshaler    = reflect.TypeFor[json.Marshaler]()
	optionalPath = reflect.TypeFor[runtime.Optional[int]]().PkgPath()
)

func isOptional(t reflect.Type) bool {
	return t.PkgPath() == optionalPath && strings.HasPrefix(t.Name(), "Optional[")
}
