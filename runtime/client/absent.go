package client

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/runtime"
)

// checkAbsent reports a [runtime.Optional] that is absent and would be null.
func checkAbsent(v any) error { return absentIn(reflect.ValueOf(v), 0) }

// maxDepth is where looking for absent values ends: encoding/json has something
// to say about cycles.
const maxDepth = 1000

func absentIn(v reflect.Value, depth int) error {
	if !v.IsValid() || depth > maxDepth {
		return nil
	}
	if !isOptional(v.Type()) && v.Type().Implements(marshaler) {
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
		return absentInStruct(v, depth)
	}
	return nil
}

func absentInStruct(v reflect.Value, depth int) error {
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
