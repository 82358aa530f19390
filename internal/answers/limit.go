package answers

import "github.com/handlergen/handlergen/internal/model"

// defaultLimit is runtime.DefaultBodyLimit.
const defaultLimit = 2 << 20

// Limit is the number of bytes that a body may have, or 0 for any.
func Limit(limit model.Limit) int64 {
	switch limit {
	case model.NoLimit:
		return 0
	case model.DefaultLimit:
		return defaultLimit
	}
	return int64(limit)
}
