package store

import "context"

// A Profile is a user as others see them.
type Profile struct {
	ID         int64
	Username   string
	Bio, Image *string
	Following  bool // whoever asks follows them
}

// profileColumns are those of the table users, as :viewer sees them.
const profileColumns = `users.id, users.username, users.bio, users.image,
	EXISTS (SELECT 1 FROM follows WHERE follower_id = :viewer AND followed_id = users.id)`

func (p *Profile) columns() []any {
	return []any{&p.ID, &p.Username, &p.Bio, &p.Image, &p.Following}
}

var (
	profileByName = sqlText(`SELECT ` + profileColumns + ` FROM users WHERE username = :username`)
	insertFollow  = sqlText(`INSERT OR IGNORE INTO follows (follower_id, followed_id) SELECT ?1, ?2 WHERE ?1 <> ?2`)
	deleteFollow  = sqlText(`DELETE FROM follows WHERE follower_id = ? AND followed_id = ?`)
)

// Profile returns the user of that name as the viewer sees them.
func (s *Store) Profile(ctx context.Context, viewer int64, username string) (p Profile, err error) {
	err = s.alone().one(ctx, profileByName, p.columns(), named("viewer", viewer), named("username", username))
	return p, err
}

// Follow lets one user follow another, if they do not yet. Nobody follows
// themselves: that changes nothing.
func (s *Store) Follow(ctx context.Context, follower, followed int64) error {
	return s.alone().exec(ctx, insertFollow, follower, followed)
}

// Unfollow ends what [Store.Follow] began.
func (s *Store) Unfollow(ctx context.Context, follower, followed int64) error {
	return s.alone().exec(ctx, deleteFollow, follower, followed)
}
