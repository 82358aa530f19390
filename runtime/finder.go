package runtime

type finder struct{}

// Has reports whether the JSON body has a member at that place, and it is not
// null. Names are compared as encoding/json compares them.
func (in *Input) Has(at *Pointer) bool { return false }
