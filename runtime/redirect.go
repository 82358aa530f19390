package runtime

import (
	"errors"
	"net/http"
)

// Redirect is an answer that sends the client elsewhere. Make it with
// [SeeOther], [Temporary] or [Permanent].
type Redirect struct {
	url    string
	status int
}

// SeeOther answers 303: the client is to GET the url, which may be relative to
// that of the request.
func SeeOther(url string) Redirect { return Redirect{url, http.StatusSeeOther} }

// Temporary answers 307: the client is to send the same request to the url,
// which may be relative to that of the request.
func Temporary(url string) Redirect { return Redirect{url, http.StatusTemporaryRedirect} }

// Permanent answers 308: the client is to send this and all further such
// requests to the url, which may be relative to that of the request.
func Permanent(url string) Redirect { return Redirect{url, http.StatusPermanentRedirect} }

// URL returns where the client is sent.
func (re Redirect) URL() string { return re.url }

// Status returns the status: 303, 307 or 308.
func (re Redirect) Status() int { return re.status }

// IntoResponse answers with [http.Redirect]. A relative url is resolved against
// the one that the client asked for, also where a prefix was cut off.
func (re Redirect) IntoResponse(w http.ResponseWriter, r *http.Request) {
	if re.status == 0 {
		WriteError(w, r, errors.New("a Redirect that was not made by SeeOther, Temporary or Permanent"))
		return
	}
	asked := &http.Request{Method: r.Method, URL: ReadOriginalURL(r).Value}
	http.Redirect(w, asked, re.url, re.status)
}
