package model

import "go/token"

// A Document is an OpenAPI document that a directive names. It covers the
// package with the directive and those in the directories below.
type Document struct {
	File        string // absolute path
	Form        string // "yaml", "json"
	Title       string
	Version     string
	Description string // of the package's doc comment
	Pos, End    token.Position
}
