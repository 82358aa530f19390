package runtime

import "net/http"

func rejectJSON(body []byte, v any, err error) error {
	return &Rejection{status: http.StatusBadRequest, detail: "the body is not valid JSON", cause: err}
}
