package wire

import (
	"net/http"
	"slices"

	"github.com/handlergen/handlergen/internal/model"
)

// Expected lists the statuses from 400 that are answers of a handler and no
// errors, sorted. If they are open, any other may be one as well.
func Expected(h model.Handler) (statuses []int, open bool) {
	all := []int{h.Status}
	for _, r := range h.Results {
		switch as := r.As.(type) {
		case model.StatusCode:
			all = append(all, r.Statuses...)
			open = open || len(r.Statuses) == 0
		case model.JSON:
			open = open || as.Statused
		case model.HTTPHandler, model.Responder, model.Whole:
			open = true
		case model.Sealed:
			for _, of := range Implementations(as) {
				json, ok := of.As.(model.JSON)
				all = append(all, of.Status)
				open = open || !ok || !json.Statused || of.Status == 0
			}
		}
	}
	slices.Sort(all)
	first, _ := slices.BinarySearch(all, http.StatusBadRequest)
	return slices.Compact(all[first:]), open
}
