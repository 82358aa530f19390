package runtime

import "testing"

func TestAllocate(t *testing.T) {
	type paging struct{ Page int }
	var search struct{ *paging }
	Allocate(&search.paging)
	search.Page = 2
	if search.paging == nil || search.Page != 2 {
		t.Errorf("got %+v", search)
	}
}
