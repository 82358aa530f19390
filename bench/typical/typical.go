// Package typical answers the endpoints as most people write net/http handlers.
package typical

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/handlergen/handlergen/bench/endpoints"
)

// Handler returns the endpoints.
func Handler() http.Handler {
	mux := http.NewServeMux()
	Routes(func(method, path string, h http.HandlerFunc) {
		mux.HandleFunc(method+" "+path, h)
	})
	return mux
}

// Routes registers the endpoints with a router that fills in path values.
func Routes(handle func(method, path string, h http.HandlerFunc)) {
	handle("GET", "/ping", ping)
	handle("GET", "/users", listUsers)
	handle("GET", "/users/{id}", getUser)
	handle("GET", "/search", search)
	handle("POST", "/orders", placeOrder)
	handle("GET", "/measure/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}", measure)
	handle("POST", "/accounts", register)
	handle("POST", "/imports", importOrders)
}

func ping(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(endpoints.Pong()))
}

func listUsers(w http.ResponseWriter, _ *http.Request) {
	respond(w, http.StatusOK, endpoints.ListUsers())
}

func getUser(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		refuse(w, "path", "id", "must be an integer")
		return
	}
	respond(w, http.StatusOK, endpoints.FindUser(id))
}

func search(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	page, err := strconv.Atoi(query.Get("page"))
	if err != nil {
		refuse(w, "query", "page", "must be an integer")
		return
	}
	limit, err := strconv.Atoi(query.Get("limit"))
	if err != nil {
		refuse(w, "query", "limit", "must be an integer")
		return
	}
	desc, err := strconv.ParseBool(query.Get("desc"))
	if err != nil {
		refuse(w, "query", "desc", "must be true or false")
		return
	}
	least, err := strconv.ParseFloat(query.Get("min"), 64)
	if err != nil {
		refuse(w, "query", "min", "must be a number")
		return
	}
	session, err := r.Cookie("session")
	if err != nil {
		refuse(w, "cookie", "session", "is missing")
		return
	}
	respond(w, http.StatusOK, endpoints.Find(endpoints.Search{
		Text:    query.Get("text"),
		Page:    page,
		Limit:   limit,
		Sort:    query.Get("sort"),
		Desc:    desc,
		Min:     least,
		Tenant:  r.Header.Get("X-Tenant"),
		Session: session.Value,
	}))
}

func placeOrder(w http.ResponseWriter, r *http.Request) {
	var order endpoints.NewOrder
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		refuse(w, "body", "", err.Error())
		return
	}
	placed := endpoints.PlaceOrder(order)
	w.Header().Set("Location", placed.Location())
	respond(w, http.StatusCreated, placed)
}

func measure(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	in := endpoints.Sixteen{
		B: r.PathValue("b"),
		D: r.PathValue("d"),
		F: r.PathValue("f"),
		H: r.PathValue("h"),
		J: query.Get("j"),
		L: query.Get("l"),
		N: query.Get("n"),
		P: query.Get("p"),
	}
	var err error
	if in.A, err = strconv.ParseInt(r.PathValue("a"), 10, 64); err != nil {
		refuse(w, "path", "a", "must be an integer")
		return
	}
	if in.C, err = strconv.ParseInt(r.PathValue("c"), 10, 64); err != nil {
		refuse(w, "path", "c", "must be an integer")
		return
	}
	if in.E, err = strconv.ParseInt(r.PathValue("e"), 10, 64); err != nil {
		refuse(w, "path", "e", "must be an integer")
		return
	}
	if in.G, err = strconv.ParseInt(r.PathValue("g"), 10, 64); err != nil {
		refuse(w, "path", "g", "must be an integer")
		return
	}
	if in.I, err = queryInt(query, "i"); err != nil {
		refuse(w, "query", "i", "must be an integer")
		return
	}
	if in.K, err = queryInt(query, "k"); err != nil {
		refuse(w, "query", "k", "must be an integer")
		return
	}
	if in.M, err = queryInt(query, "m"); err != nil {
		refuse(w, "query", "m", "must be an integer")
		return
	}
	if in.O, err = queryInt(query, "o"); err != nil {
		refuse(w, "query", "o", "must be an integer")
		return
	}
	respond(w, http.StatusOK, endpoints.MeasureAll(in))
}

func queryInt(query url.Values, name string) (int64, error) {
	return strconv.ParseInt(query.Get(name), 10, 64)
}

func register(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		refuse(w, "form", "", err.Error())
		return
	}
	age, err := strconv.Atoi(r.PostForm.Get("age"))
	if err != nil {
		refuse(w, "form", "age", "must be an integer")
		return
	}
	newsletter, err := strconv.ParseBool(r.PostForm.Get("newsletter"))
	if err != nil {
		refuse(w, "form", "newsletter", "must be true or false")
		return
	}
	respond(w, http.StatusOK, endpoints.Register(endpoints.SignUp{
		Name:       r.PostForm.Get("name"),
		Email:      r.PostForm.Get("email"),
		Age:        age,
		City:       r.PostForm.Get("city"),
		Plan:       r.PostForm.Get("plan"),
		Newsletter: newsletter,
		Referrer:   r.PostForm.Get("referrer"),
	}))
}

func importOrders(w http.ResponseWriter, r *http.Request) {
	var orders []endpoints.NewOrder
	if err := json.NewDecoder(r.Body).Decode(&orders); err != nil {
		refuse(w, "body", "", err.Error())
		return
	}
	respond(w, http.StatusOK, endpoints.ImportOrders(orders))
}

func respond(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// refuse answers 400 with a problem that names one value.
func refuse(w http.ResponseWriter, in, name, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(endpoints.BadRequest(in, name, detail))
}
