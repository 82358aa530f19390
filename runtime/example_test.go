package runtime_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/handlergen/handlergen/runtime"
)

// ask sends a request to a handler and prints the answer.
func ask(h http.Handler, method, target, body string) {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
}

// An adapter as handlergen generates it, for
//
//	//handlergen:route GET /shelves/{shelf}
//	func ListBooks(shelf int64, limit runtime.Query[uint8]) (runtime.Text, error)
//
//	//handlergen:param limit default=20
func ExampleInput() {
	listBooks := func(shelf int64, limit runtime.Query[uint8]) (runtime.Text, error) {
		if shelf == 0 {
			return "", runtime.Errorf(http.StatusNotFound, "no shelf %d", shelf)
		}
		return runtime.Text(fmt.Sprintf("at most %d books of shelf %d", limit.Value, shelf)), nil
	}
	serveListBooks := func(w http.ResponseWriter, r *http.Request) {
		in := runtime.NewInput(w, r)

		shelf := runtime.ReadInt[int64](&in, in.Path("shelf"))
		limitParam := runtime.QueryParam("limit")
		for pair := in.Query(); pair.Next(); {
			switch pair.Name() {
			case "limit":
				limitParam.Set(pair.Value())
			}
		}
		limit := runtime.Query[uint8]{Value: runtime.ReadUint[uint8](&in, limitParam.Or("20"))}
		if in.Failed() {
			in.Reject(w, r)
			return
		}

		out, err := listBooks(shelf, limit)
		if err != nil {
			runtime.WriteError(w, r, err)
			return
		}

		runtime.WriteText(w, http.StatusOK, out)
	}

	router := runtime.NewRouter()
	router.HandleFunc("GET /shelves/{shelf}", serveListBooks)

	ask(router, "GET", "/shelves/7?limit=5", "")
	ask(router, "GET", "/shelves/7", "")
	ask(router, "GET", "/shelves/0", "")
	ask(router, "GET", "/shelves/x?limit=300", "")
	// Output:
	// 200 at most 5 books of shelf 7
	// 200 at most 20 books of shelf 7
	// 404 {"title":"Not Found","status":404,"detail":"no shelf 0"}
	// 400 {"title":"Bad Request","status":400,"detail":"2 values of the request are not valid","errors":[{"in":"path","name":"shelf","detail":"must be an integer"},{"in":"query","name":"limit","detail":"must be between 0 and 255"}]}
}

// A JSON body that is validated, as generated code does it.
func ExampleInput_OpenJSON() {
	type book struct {
		Title string `json:"title"`
		Pages int    `json:"pages"`
	}
	checkBook := func(in *runtime.Input, at *runtime.Pointer, v *book) {
		title := at.Member("title")
		if v.Title == "" && !in.Has(&title) {
			in.InvalidAt(&title, "required", "is required")
		}
		pages := at.Member("pages")
		if v.Pages < 1 {
			in.InvalidAt(&pages, "min", "must be at least 1")
		}
	}
	serve := func(w http.ResponseWriter, r *http.Request) {
		in := runtime.NewInput(w, r)

		var body runtime.JSON[book]
		if err := in.OpenJSON(&body.Value, runtime.DefaultBodyLimit); err != nil {
			runtime.WriteError(w, r, err)
			return
		}
		checkBook(&in, nil, &body.Value)
		if err := in.CloseJSON(); err != nil {
			runtime.WriteError(w, r, err)
			return
		}

		if err := runtime.WriteJSON(w, http.StatusCreated, &body.Value); err != nil {
			runtime.WriteError(w, r, err)
		}
	}

	ask(http.HandlerFunc(serve), "POST", "/books", `{"title": "Dune", "pages": 412}`)
	ask(http.HandlerFunc(serve), "POST", "/books", `{"pages": 412}`)
	ask(http.HandlerFunc(serve), "POST", "/books", `{"title": "Dune", "pages": "many"}`)
	ask(http.HandlerFunc(serve), "POST", "/books", `{"title": "Dune"`)
	// Output:
	// 201 {"title":"Dune","pages":412}
	// 422 {"title":"Unprocessable Entity","status":422,"detail":"1 value of the request is not valid","errors":[{"in":"body","name":"/title","detail":"is required"}]}
	// 422 {"title":"Unprocessable Entity","status":422,"detail":"1 value of the request is not valid","errors":[{"in":"body","name":"/pages","detail":"must be an integer"}]}
	// 400 {"title":"Bad Request","status":400,"detail":"the body ends in the middle of its JSON"}
}

func ExampleErrorf() {
	err := runtime.Errorf(http.StatusConflict, "version %d is out of date", 3)
	fmt.Println(runtime.StatusOf(err), err)

	// What an error is wrapped in is for the log, not for the client.
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		runtime.WriteError(w, r, fmt.Errorf("update books set …: %w", err))
	})
	ask(h, "PUT", "/books/7", "")
	// Output:
	// 409 version 3 is out of date
	// 409 {"title":"Conflict","status":409,"detail":"version 3 is out of date"}
}

// A custom extractor that can be optional.
type session struct{ user string }

func (s *session) FromRequestParts(r *http.Request) error {
	cookie, err := r.Cookie("session")
	if err != nil {
		return runtime.Errorf(http.StatusUnauthorized, "please log in: %w", runtime.ErrAbsent)
	}
	s.user = cookie.Value
	return nil
}

func ExampleErrAbsent() {
	var s session
	err := s.FromRequestParts(httptest.NewRequest("GET", "/", nil))
	fmt.Println(runtime.StatusOf(err), errors.Is(err, runtime.ErrAbsent))
	// Output: 401 true
}

// A change of a part of something, where absent, null and value differ.
func ExampleOptional() {
	type change struct {
		Name  runtime.Optional[string]                   `json:"name,omitzero"`
		Email runtime.Optional[runtime.Nullable[string]] `json:"email,omitzero"`
	}
	for _, text := range []string{`{}`, `{"email":null}`, `{"name":"","email":"jo@example.com"}`} {
		var c change
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("name %t, email %t, null %t: ", c.Name.Present, c.Email.Present, !c.Email.Value.Valid)
		back, err := json.Marshal(c)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s\n", back)
	}
	// Output:
	// name false, email false, null true: {}
	// name false, email true, null true: {"email":null}
	// name true, email true, null false: {"name":"","email":"jo@example.com"}
}

func ExampleWithExtension() {
	type requestID string

	// Middleware puts a value into the request …
	identify := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, runtime.WithExtension(r, requestID("7f3a")))
		})
	}
	// … for handlers with a parameter runtime.Extension[requestID].
	serve := func(w http.ResponseWriter, r *http.Request) {
		in := runtime.NewInput(w, r)
		id, err := runtime.ReadExtension[requestID](&in)
		if err != nil {
			runtime.WriteError(w, r, err)
			return
		}
		runtime.WriteText(w, http.StatusOK, id.Value)
	}

	ask(identify(http.HandlerFunc(serve)), "GET", "/", "")
	// Output: 200 7f3a
}

func ExampleRouter() {
	router := runtime.NewRouter()
	router.HandleFunc("GET /books/{id}", func(w http.ResponseWriter, r *http.Request) {
		runtime.WriteText(w, http.StatusOK, "book "+r.PathValue("id"))
	})
	router.Handle("DELETE /books/{id}", http.NotFoundHandler())

	for route := range router.Routes() {
		fmt.Println(route.Method, route.Pattern)
	}
	ask(router, "GET", "/books/7", "")
	ask(router, "GET", "/films/7", "")
	ask(router, "POST", "/books/7", "{}")
	// Output:
	// GET /books/{id}
	// DELETE /books/{id}
	// 200 book 7
	// 404 {"title":"Not Found","status":404,"detail":"no route has this path"}
	// 405 {"title":"Method Not Allowed","status":405,"detail":"this path has no route with this method"}
}

func ExampleRouter_RenderErrors() {
	router := runtime.NewRouter()
	router.RenderErrors(func(w http.ResponseWriter, r *http.Request, err error) {
		runtime.WriteHTML(w, runtime.StatusOf(err), "<h1>"+http.StatusText(runtime.StatusOf(err))+"</h1>")
	})
	ask(router, "GET", "/", "")
	// Output: 404 <h1>Not Found</h1>
}

func ExampleRejection() {
	in := runtime.NewInput(nil, httptest.NewRequest("GET", "/?page=x", nil))
	page := runtime.QueryParam("page")
	for pair := in.Query(); pair.Next(); {
		page.Set(pair.Value())
	}
	runtime.ReadInt[int](&in, page)
	runtime.ReadString[string](&in, in.Header("X-Request-Id"))

	var rejection *runtime.Rejection
	if errors.As(in.Err(), &rejection) {
		fmt.Println(rejection.Status())
		for _, p := range rejection.Problems() {
			fmt.Println(p.In, p.Name, p.Detail)
		}
	}
	// Output:
	// 400
	// query page must be an integer
	// header X-Request-Id is missing
}

func ExampleAttachment() {
	export := runtime.Attachment{
		Filename: "books.csv",
		Content:  strings.NewReader("title,pages\nDune,412\n"),
	}
	w := httptest.NewRecorder()
	export.IntoResponse(w, httptest.NewRequest("GET", "/books.csv", nil))
	fmt.Println(w.Code, w.Header().Get("Content-Disposition"))
	// Output: 200 attachment; filename="books.csv"
}

func ExampleSeeOther() {
	w := httptest.NewRecorder()
	runtime.SeeOther("/books/7").IntoResponse(w, httptest.NewRequest("POST", "/books", nil))
	fmt.Println(w.Code, w.Header().Get("Location"))
	// Output: 303 /books/7
}

func ExampleAttempt() {
	in := runtime.NewInput(nil, httptest.NewRequest("GET", "/", nil))
	result := runtime.Attempt(&in, func(in *runtime.Input) (runtime.Bearer, error) {
		return runtime.ReadBearer(in)
	})
	fmt.Println(runtime.StatusOf(result.Err), result.Err, in.Failed())
	// Output: 401 credentials are missing false
}

func ExampleParts() {
	var parts runtime.Parts
	parts.Header(http.Header{"Location": {"/books/7"}})
	parts.Cookie(&http.Cookie{Name: "seen", Value: "7"})
	if err := parts.Err(); err != nil {
		log.Fatal(err)
	}
	w := httptest.NewRecorder()
	runtime.WriteText(w, http.StatusCreated, "made", &parts)
	fmt.Println(w.Code, w.Header().Get("Location"), w.Header().Get("Set-Cookie"), w.Body)
	// Output: 201 /books/7 seen=7 made
}
