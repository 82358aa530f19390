package users

import "github.com/handlergen/handlergen/runtime"

// Admins holds the names of the administrators by their tokens.
type Admins map[string]string

// An Admin is the administrator who makes a request.
type Admin struct{ Name string }

// Authenticate makes Admin a parameter that any handler can ask for. Without a
// bearer token the answer is 401 before it is called.
//
//handlergen:extractor
func Authenticate(token runtime.Bearer, admins runtime.State[Admins]) (Admin, error) {
	name, ok := admins.Value[string(token)]
	if !ok {
		return Admin{}, runtime.Errorf(403, "this token is not an administrator's")
	}
	return Admin{Name: name}, nil
}
