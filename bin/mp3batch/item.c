#include "item.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "claim.h"
#include "place.h"
#include "record/batch.h"
#include "record/output.h"
#include "verify.h"
#include "why.h"

#define BLOCK 8192 /* frames read at a time */

/* What is being done to one item. */
struct job {
	const struct settings *set;
	const struct place *place;
	struct source source; /* what is encoded */
};

static int failed(const struct job *j, int err)
{
	log_error("cannot encode '%s': %s", j->place->path, why_text());
	return err;
}

static int kept_back(const struct job *j, int err)
{
	log_error("cannot remove the source of '%s' of '%s', which stays: %s", j->place->mp3,
		j->place->path, why_text());
	return err;
}

/* The profile of a source that was not read yet. */
static int profile_source(struct source *s, struct profile *ret)
{
	int16_t samples[2 * BLOCK];
	struct profile p;
	ssize_t n;

	profile_init(&p, s->rate_hz, s->channels);
	while ((n = source_read(s, samples, BLOCK)) > 0)
		profile_add(&p, samples, (size_t)n);
	if (n == 0 && profile_end(&p) == -1)
		n = -why(EXIT_SYSTEM, "no memory");
	if (n < 0) {
		profile_free(&p);
		return (int)-n;
	}
	*ret = p;
	return 0;
}

/* A channel that is in the MP3 and not in the source any more does not count. */
static int missing_side(const struct source *s)
{
	return !s->pair ? -1 : s->part[0].fd == -1 ? 0 : s->part[1].fd == -1 ? 1 : -1;
}

static int compare_source(const struct profile *mp3, struct source *s)
{
	struct profile p;
	int err = profile_source(s, &p);

	if (err)
		return err;
	err = profile_compare(mp3, &p, missing_side(s));
	profile_free(&p);
	return err;
}

/* recording.wav is gone; caller and bot may go as well if the MP3 has them apart. A mix has not, and they stay. */
static int remove_pair(const struct job *j, const struct profile *mp3)
{
	struct source s;
	int err = place_pair(j->place, &s);

	if (err)
		return err;
	if (s.frames == 0) {
		source_close(&s);
		return 0;
	}
	if (mp3->channels == 2)
		err = compare_source(mp3, &s);
	else
		log_info("caller and bot of '%s' stay: a mix of them is no copy", j->place->path);
	if (!err && mp3->channels == 2)
		err = source_unchanged(&s);
	if (!err && mp3->channels == 2)
		err = source_remove(&s);
	source_close(&s);
	return err;
}

/* The MP3 is in its place and is a copy of the source. */
static int remove_source(const struct job *j, const struct profile *mp3)
{
	int err = source_unchanged(&j->source);

	if (!err)
		err = source_remove(&j->source);
	if (!err && j->place->whole_call && !j->source.pair)
		err = remove_pair(j, mp3);
	return err ? kept_back(j, err) : 0;
}

static void tags_of(const struct place *p, struct tags *ret)
{
	*ret = (struct tags){0};
	if (p->in_call)
		tags_of_call(&p->call, ret);
	if (!p->whole_call)
		snprintf(ret->title, sizeof(ret->title), "%.*s", (int)strlen(p->mp3) - 4, p->mp3);
}

/* Make it, beside its place. `mp3`: its profile, after it was checked; wanted only if the source is to go. */
static int make(struct job *j, struct output *o, struct profile *mp3)
{
	struct profile sound;
	struct tags tags;
	int err;

	tags_of(j->place, &tags);
	profile_init(&sound, j->source.rate_hz, j->source.channels);
	err = encode(&j->set->want, &j->source, &tags, o->fd, mp3 ? &sound : NULL);
	if (!err && mp3 && fsync(o->fd) == -1)
		err = why_errno("cannot write");
	if (!err && mp3)
		err = verify_decode(o->fd, mp3);
	if (!err && mp3) {
		err = profile_compare(mp3, &sound, -1);
		if (err)
			profile_free(mp3);
	}
	profile_free(&sound);
	return err;
}

/* The MP3 has the time of its source: that is what it is a copy of, and how old it is. */
static int put(struct job *j, struct output *o)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, source_mtime(&j->source)};
	int err = source_unchanged(&j->source);

	if (err)
		return err;
	if (futimens(o->fd, times) == -1 || output_commit(o) == -1)
		return why_errno("cannot write '%s'", o->name);
	return 0;
}

/* An MP3 that is there is the only copy of what has been removed: it is not made again from the rest. */
static int check_rest(const struct job *j)
{
	int side = missing_side(&j->source);

	if (side == -1 ||
		faccessat(j->place->dirfd, j->place->mp3, F_OK, AT_SYMLINK_NOFOLLOW) == -1)
		return 0;
	return why(EXIT_DATA, "%s is gone, and '%s' may be all that is left of it",
		side == 0 ? "the caller's side" : "the bot's side", j->place->mp3);
}

static int encode_item(struct job *j)
{
	struct profile mp3 = {0};
	struct output o;
	int err = check_rest(j);

	if (err)
		return failed(j, err);
	if (output_open(&o, j->place->dirfd, j->place->mp3) == -1)
		return failed(j, why_errno("cannot make '%s'", j->place->mp3));
	err = make(j, &o, j->set->delete_raw ? &mp3 : NULL);
	if (!err)
		err = put(j, &o);
	output_drop(&o);
	if (err)
		err = failed(j, err);
	else if (j->set->delete_raw)
		err = remove_source(j, &mp3);
	profile_free(&mp3);
	return err;
}

/* The MP3 was made before; what it was made from is still there. */
static int check_item(struct job *j)
{
	int fd = openat(j->place->dirfd, j->place->mp3, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct profile mp3;
	int err;

	if (fd == -1)
		return kept_back(j, why_errno("cannot open it"));
	err = verify_decode(fd, &mp3);
	close(fd);
	if (err)
		return kept_back(j, err);
	if (j->source.pair && mp3.channels == 1) {
		log_info("caller and bot of '%s' stay: a mix of them is no copy", j->place->path);
		err = BATCH_SKIPPED;
	} else {
		err = compare_source(&mp3, &j->source);
		err = err ? kept_back(j, err) : remove_source(j, &mp3);
	}
	profile_free(&mp3);
	return err;
}

/* It is claimed: nobody else is at it, and what is there now stays as it is. */
static int claimed(const struct settings *set, const struct place *p)
{
	struct job j = {.set = set, .place = p};
	enum place_done done = place_done(p);
	int err;

	if (done == PLACE_NO_MORE || (done == PLACE_DONE && !set->force && !set->delete_raw))
		return BATCH_SKIPPED;
	err = place_source(p, set, &j.source);
	if (err)
		return err == BATCH_SKIPPED ? err : failed(&j, err);
	err = done == PLACE_DONE && !set->force ? check_item(&j) : encode_item(&j);
	source_close(&j.source);
	return err;
}

/* Nothing is to be done; but one who was killed at the very end may have left his claim. */
static int nothing(const struct place *p)
{
	struct claim c;

	if (claim_left(p->dirfd, p->mp3) && claim_take(&c, p->dirfd, p->mp3) == 1)
		claim_release(&c);
	return BATCH_SKIPPED;
}

static int in_place(const struct settings *set, const struct place *p)
{
	enum place_done done = place_done(p);
	struct claim c;
	int err;

	if (place_early(p, set->older_s))
		return BATCH_SKIPPED;
	if (done == PLACE_NO_MORE || (done == PLACE_DONE && !set->force && !set->delete_raw))
		return nothing(p);
	err = claim_take(&c, p->dirfd, p->mp3);
	if (err == 0)
		return BATCH_SKIPPED;
	if (err == -1) {
		err = why_errno("cannot claim it");
		log_error("cannot encode '%s': %s", p->path, why_text());
		return err;
	}
	err = claimed(set, p);
	claim_release(&c);
	return err;
}

int item_work(const struct settings *set, const char *path)
{
	struct place p;
	int err = place_open(path, &p);

	if (err) {
		log_error("cannot encode '%s': %s", path, why_text());
		return err;
	}
	err = in_place(set, &p);
	place_close(&p);
	return err;
}
