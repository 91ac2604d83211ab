package main

import (
	"reflect"
	"unsafe"
)

// Some of what this library needs of the packages it builds on lies in fields that have no accessor. They are found by name and
// type; with another layout what they are needed for is done without them, less well, which a test tells.

// reach finds a field by the names of the fields on the way to it, exported or not. It must have exactly this type.
func reach[F any](in any, path ...string) (*F, bool) {
	from := reflect.ValueOf(in)
	for _, name := range path {
		for from.Kind() == reflect.Pointer || from.Kind() == reflect.Interface {
			from = from.Elem()
		}
		if from.Kind() != reflect.Struct {
			return nil, false
		}
		from = from.FieldByName(name)
	}
	if !from.CanAddr() || from.Type() != reflect.TypeFor[F]() {
		return nil, false
	}
	return (*F)(unsafe.Pointer(from.UnsafeAddr())), true
}
