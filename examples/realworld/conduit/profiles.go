package conduit

import (
	"context"

	"github.com/handlergen/handlergen/examples/realworld/store"
)

// ProfileBody is the envelope of profiles.
type ProfileBody struct {
	Profile Profile `json:"profile"`
}

// A Profile is a user as others see them.
type Profile struct {
	Username  string  `json:"username" example:"jake"`
	Bio       *string `json:"bio" example:"I work at statefarm"`
	Image     *string `json:"image" example:"https://i.stack.imgur.com/xHWG8.jpg"`
	Following bool    `json:"following"` // whoever asks follows them
}

func profileOf(p store.Profile) Profile {
	return Profile{Username: p.Username, Bio: p.Bio, Image: p.Image, Following: p.Following}
}

// FindProfile finds the user whom the path names, as the viewer sees them.
//
//handlergen:extractor
//handlergen:response 404 "there is no such user"
func (a *App) FindProfile(ctx context.Context, viewer Viewer, username string) (store.Profile, error) {
	p, err := a.store.Profile(ctx, viewer.ID, username)
	return p, worded(err, "profile")
}

// GetProfile answers with the profile of a user.
//
//handlergen:route GET /profiles/{username} tags=Profile
func (a *App) GetProfile(profile store.Profile) ProfileBody { return ProfileBody{profileOf(profile)} }

// FollowUser follows a user.
//
//handlergen:route POST /profiles/{username}/follow tags=Profile
func (a *App) FollowUser(ctx context.Context, member Member, profile store.Profile) (ProfileBody, error) {
	err := a.store.Follow(ctx, member.ID, profile.ID)
	profile.Following = profile.ID != member.ID // nobody follows themselves
	return ProfileBody{profileOf(profile)}, err
}

// UnfollowUser follows a user no longer.
//
//handlergen:route DELETE /profiles/{username}/follow tags=Profile
func (a *App) UnfollowUser(ctx context.Context, member Member, profile store.Profile) (ProfileBody, error) {
	err := a.store.Unfollow(ctx, member.ID, profile.ID)
	profile.Following = false
	return ProfileBody{profileOf(profile)}, err
}
