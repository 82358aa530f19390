package runtime

// Validate calls the Validate method of a value that was read from p. What it
// returns becomes the detail of a problem, so it is shown to the client.
func (in *Input) Validate(p Param, v interface{ Validate() error }) {
	if err := v.Validate(); err != nil {
		in.fail(p.in, p.name, err)
	}
}

// ValidateAll is [Input.Validate] for a struct whose fields were read from one
// part of the request: its problem has no name.
func (in *Input) ValidateAll(source In, v interface{ Validate() error }) {
	if err := v.Validate(); err != nil {
		in.fail(source, "", err)
	}
}

// ValidateAt is [Input.Validate] for a value that stands at a place in the JSON
// body.
func (in *Input) ValidateAt(at *Pointer, v interface{ Validate() error }) {
	if err := v.Validate(); err != nil {
		in.fail(InBody, at.String(), err)
	}
}

// fail gathers a problem whose detail is the text of err.
func (in *Input) fail(source In, name string, err error) {
	if in.cause == nil {
		in.cause = err
	}
	in.add(source, name, "", err.Error())
}
