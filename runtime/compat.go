package runtime

// IsAtLeastV0 is named by every generated file, so that a file does not compile
// with a runtime that is older than the handlergen that wrote it.
const IsAtLeastV0 = true
