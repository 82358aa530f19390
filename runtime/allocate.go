package runtime

// Allocate makes p point to a new T. It is for the pointers that are embedded
// in a struct of values, whose fields are read one by one.
func Allocate[T any](p **T) { *p = new(T) }
