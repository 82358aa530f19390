// Command handlergen turns annotated Go functions into net/http adapters.
//
// Run "handlergen help" for what it can do.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
