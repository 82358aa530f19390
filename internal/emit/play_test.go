package emit_test

import (
	"fmt"
	"testing"

	"github.com/handlergen/handlergen/internal/emit"
	"github.com/handlergen/handlergen/internal/model"
)

func TestPlay(t *testing.T) {
	p := pkg(
		model.Handler{Func: fn("ListUsers"), Status: 200, Routes: []model.Route{get("/users")},
			Params: []model.Param{ctx(), state("store", pointer(own("Store")), model.FromState{Field: "Store"}),
				query("query", "ListQuery", withDefault(single("Page", "page", "int", model.Compare{Of: model.Itself, Op: ">=", Limit: "1", Detail: "must be at least 1"}), "1"),
					model.Slot{Field: "Since", Name: "since", Type: pointer(std("time", "Time")), Shape: model.Pointed{Reader: readWith("ReadTime", std("time", "Time"))}},
					list("Tags", "tag", "string"))},
			Results: results(jsonOf(slice(own("User"))), failure)},
		handler("Hello", get("/{$}"), nil, results(text)),
	)
	p.State = &model.State{Type: pointer(own("App"))}
	out, err := emit.Package(p)
	fmt.Println(string(out), err)
}
