// Command validate reads OpenAPI documents as the tests do: by two libraries for
// OpenAPI and the official schema. It exits with 1 if one is not valid.
package main

import (
	"fmt"
	"os"

	"github.com/handlergen/handlergen/internal/proof"
)

func main() {
	failed := false
	for _, name := range os.Args[1:] {
		text, err := os.ReadFile(name)
		if err == nil {
			_, err = proof.Read(text)
		}
		if err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
			continue
		}
		fmt.Println(name + " is valid")
	}
	if failed {
		os.Exit(1)
	}
}
