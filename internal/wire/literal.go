package wire

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// JSONLiteral is a literal of Go, a string or a number, as JSON.
func JSONLiteral(literal string) string {
	text, err := strconv.Unquote(literal)
	if err != nil {
		return strings.ReplaceAll(literal, "_", "")
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(fmt.Sprintf("wire: %v", err)) // a string always has a form
	}
	return string(quoted)
}
