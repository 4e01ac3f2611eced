// SPDX-License-Identifier: MIT
/*
 * The explorer.
 *
 * A job is one crossing that begins in one state of the data under test; what it does does not
 * depend on whom it interrupted beyond that state, so it is explored once, whoever is below it.
 * Its result is the set of states in which it returns. Inside a job the search is breadth first
 * over its states: the stack of the crossing and all data under test. At each point where an
 * exception may strike, that exception's job is explored (or known), and the search goes on from
 * every state in which it returns.
 */
#include "explore.h"
#include <alloca.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include "trail.h"

#define LANES		(MAX_DEPTH + 1)		/* level 0: the initial contexts */
#define STACK_SIZE	(64 * 1024)
#define STACK_BELOW	1024			/* kept clear below sp: left-overs are no state */
#define ROOT		0xff			/* the job that is no crossing */
#define NONE		0xffffffffU
#define SAMPLES		12

static size_t state_size;

enum ask { ASK_START, ASK_POINT, ASK_CHOOSE, ASK_EXCEPTION, ASK_RETURN, ASK_END, ASK_WRONG };
struct request { u8 ask; u32 n; };		/* answers, or a set of doors */

/* How a node was reached. */
enum how { FIRST, ANSWER, STRUCK, STRUCK_GO };

struct node {
	u32 parent, steps;
	u8 how;
	u32 answer;		/* ANSWER: which; STRUCK: the job */
	u32 exit;		/* ... and which of its returns */
	struct request req;
	jmp_buf *jb;
	char *low;
	char *snap;		/* data, then the stack from low; NULL once expanded */
};

/* Nodes are kept to be expanded, and in a search for the shortest way to be found again. */
struct nodes { struct node *v; u32 nr, max; };

struct exit { char *state; u32 node, steps; };
struct job {
	u64 key;
	u8 door, left;			/* index into model_doors; levels that may nest in it */
	bool done;
	u32 nr_exits;
	struct exit *exits;		/* state NULL: as it began */
	char *state;			/* as it began; kept for the search */
	struct nodes nodes;
	u32 wrong;			/* the node after which something is wrong, and how */
	u32 wrong_steps;
	u8 wrong_how;
	u32 wrong_answer, wrong_exit;
	char *message;
	u32 distance, caller, caller_node;	/* shortest way to its V */
};

struct lane {
	char *stack, *low, *pristine;
	size_t pristine_size;
	jmp_buf explorer, *jb, *first_jb;
	char *first_low;
	ucontext_t context;
	struct request req;
	u32 answer;
	u8 door;
	struct open *open;
	struct nodes nodes;
	struct seen { u64 hash; u32 node; } *seen;
	u32 seen_nr, seen_max;
	struct due { u32 steps, node; } *heap;	/* nodes to expand, the nearest on top */
	u32 heap_nr, heap_max;
	char *start_state;
	u32 me, left;			/* the job, and how many levels may nest in it */
};
static char *blank;		/* data under test as the program began */
static struct lane lanes[LANES];
static u32 level;

static struct job *jobs;
static u32 nr_jobs, max_jobs, *job_index, job_index_max;
static bool keep, stop_at_wrong, found_wrong;
static struct call { u32 caller, node, callee; } *calls;
static u32 nr_calls, max_calls;

struct totals totals;

/* Where a target's crossing may have begun: some states of each kind that makes a difference. */
#define LOCKDEP_ON	1
#define IRQS_ON		2
#define TRACKED		4
#define SITUATION	8	/* ... times model_situation() */
#define KINDS		(SITUATION * MODEL_SITUATIONS)
static struct begins {
	struct sample { u8 door, kind; char *state; } *v;
	u32 nr, max;
	u8 of_kind[KINDS];
} begins[NR_ARCH][NR_DOORS][NR_CONTEXTS];

static const struct logged *log_wanted;
static u32 log_far, *log_lines;
static bool log_found;

static void *grow(void *p, u32 nr, u32 *max, size_t size)
{
	if (nr < *max)
		return p;
	*max = *max ? *max * 2 : 64;
	p = realloc(p, *max * size);
	if (!p) {
		fprintf(stderr, "model: out of memory\n");
		exit(2);
	}
	return p;
}

/* ---- the code under test asks ---- */

static __noinline u32 ask(u8 what, u32 n)
{
	struct lane *l = &lanes[level];
	jmp_buf jb;

	memset(&jb, 0, sizeof(jb));
	l->req = (struct request){ what, n };
	l->jb = &jb;
	l->low = alloca(16);
	if (!_setjmp(jb))
		_longjmp(l->explorer, 1);
	return lanes[level].answer;
}

u32 model_choose(u32 n) { return ask(ASK_CHOOSE, n); }
u32 model_level(void) { return level; }
struct open *model_open(void) { return lanes[level].open; }
void model_set_open(struct open *open) { lanes[level].open = open; }
struct open *model_outer(u32 l) { return lanes[l].open; }

void model_ask_point(u32 doors)
{
	model_canonical();
	if (lanes[level].left || !level)	/* else nothing can strike: on to the next choice */
		ask(ASK_POINT, doors);
}
void model_ask_exception(u32 doors) { ask(ASK_EXCEPTION, doors); }
void model_return(void) { ask(ASK_RETURN, 0); __builtin_unreachable(); }
void model_end(void) { ask(ASK_END, 0); __builtin_unreachable(); }

static char wrong_message[400];
void model_wrong(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(wrong_message, sizeof(wrong_message), fmt, ap);
	va_end(ap);
	if (!blank) {			/* nothing runs yet */
		printf("model: %s\n", wrong_message);
		exit(2);
	}
	ask(ASK_WRONG, 0);
	__builtin_unreachable();
}

bool model_log_event(u8 event, u8 arg, struct open *open)
{
	if (!log_wanted || level != 1 || log_wanted->without[event])
		return true;
	if (open->at >= log_wanted->nr || log_wanted->ev[open->at].event != event ||
	    (event == EV_WORK && log_wanted->ev[open->at].arg != arg))
		return false;
	open->at++;
	log_far = open->at > log_far ? open->at : log_far;
	return true;
}

bool model_log_complete(const struct open *open)
{
	if (!log_wanted || level != 1)
		return true;
	if (open->at != log_wanted->nr)
		return false;
	log_found = true;
	spec_mark_ends(&open->spec, log_lines);
	return true;
}

/* ---- running it ---- */

static void lane_main(void)
{
	ask(ASK_START, 0);
	if (lanes[level].door == ROOT)
		model_root();
	model_enter(lanes[level].door);
}

static __noinline void resume(struct lane *l, u32 answer)
{
	l->answer = answer;
	trail_events = 0;
	memset(l->low - STACK_BELOW, 0, STACK_BELOW);
	if (!_setjmp(l->explorer))
		_longjmp(*l->jb, 1);
}

static __noinline void lane_init(struct lane *l)
{
	l->stack = aligned_alloc(4096, STACK_SIZE);
	memset(l->stack, 0, STACK_SIZE);
	getcontext(&l->context);
	l->context.uc_stack.ss_sp = l->stack;
	l->context.uc_stack.ss_size = STACK_SIZE;
	makecontext(&l->context, lane_main, 0);
	level = l - lanes;
	if (!_setjmp(l->explorer))
		setcontext(&l->context);
	l->first_jb = l->jb;
	l->first_low = l->low;
	l->pristine_size = l->stack + STACK_SIZE - l->low;
	l->pristine = malloc(l->pristine_size);
	memcpy(l->pristine, l->low, l->pristine_size);
	l->start_state = malloc(state_size);
}

void explore_init(void)
{
	static char state[STATE_MAX * 4];

	state_size = model_save(state);
	if (state_size > STATE_MAX) {
		fprintf(stderr, "model: a state has %zu bytes: STATE_MAX is too small\n", state_size);
		exit(2);
	}
	blank = malloc(state_size);
	model_save(blank);
	for (u32 i = 0; i < LANES; i++)
		lane_init(&lanes[i]);
	level = 0;
}

static void run_first(struct lane *l, u8 door, u32 left)
{
	l->left = left;
	l->jb = l->first_jb;
	l->low = l->first_low;
	memcpy(l->low, l->pristine, l->pristine_size);
	l->door = door;
	l->open = NULL;
	resume(l, 0);
}

/* ---- states ---- */

static u64 mix(u64 h, const char *p, size_t n)
{
	const u64 k1 = 0x9e3779b97f4a7c15ULL, k2 = 0xd6e8feb86659fd93ULL;
	u64 a = h ^ n, b = h * k2 + k1, w;
	size_t i;

	for (i = 0; i + 16 <= n; i += 16) {
		memcpy(&w, p + i, 8);
		a = (a ^ w) * k1;
		a ^= a >> 29;
		memcpy(&w, p + i + 8, 8);
		b = (b ^ w) * k2;
		b ^= b >> 31;
	}
	for (; i < n; i += 8) {
		w = 0;
		memcpy(&w, p + i, n - i < 8 ? n - i : 8);
		a = (a ^ w) * k1;
		a ^= a >> 29;
	}
	a = (a ^ (b >> 17) ^ (b << 47)) * k2;
	return a ^ a >> 32;
}

static void seen_grow(struct lane *l)
{
	struct seen *old = l->seen;
	u32 max = l->seen_max;

	l->seen_max = max ? max * 2 : 256;
	l->seen = calloc(l->seen_max, sizeof(*l->seen));
	for (u32 i = 0; i < max; i++)
		if (old[i].hash) {
			u32 at = old[i].hash & (l->seen_max - 1);

			while (l->seen[at].hash)
				at = (at + 1) & (l->seen_max - 1);
			l->seen[at] = old[i];
		}
	free(old);
}

/* The node of this state, or NONE: then `next` will be it. */
static u32 seen_before(struct lane *l, u64 h, u32 next)
{
	if (l->seen_nr * 2 >= l->seen_max)
		seen_grow(l);
	h += !h;
	for (u32 at = h & (l->seen_max - 1);; at = (at + 1) & (l->seen_max - 1)) {
		if (l->seen[at].hash == h)
			return l->seen[at].node;
		if (!l->seen[at].hash) {
			l->seen[at] = (struct seen){ h, next };
			l->seen_nr++;
			return NONE;
		}
	}
}

static void heap_push(struct lane *l, u32 steps, u32 node)
{
	u32 at = l->heap_nr;

	l->heap = grow(l->heap, l->heap_nr++, &l->heap_max, sizeof(*l->heap));
	for (; at && l->heap[(at - 1) / 2].steps > steps; at = (at - 1) / 2)
		l->heap[at] = l->heap[(at - 1) / 2];
	l->heap[at] = (struct due){ steps, node };
}

static u32 heap_pop(struct lane *l)
{
	u32 top = l->heap[0].node, at = 0, n = --l->heap_nr;
	struct due last = l->heap[n];

	for (;;) {
		u32 child = at * 2 + 1;

		if (child >= n)
			break;
		if (child + 1 < n && l->heap[child + 1].steps < l->heap[child].steps)
			child++;
		if (l->heap[child].steps >= last.steps)
			break;
		l->heap[at] = l->heap[child];
		at = child;
	}
	l->heap[at] = last;
	return top;
}

/* Blocks of one size hold the snapshots: reused, so that they stay in the cache. */
#define SNAP_STACK	8192
static char **blocks;
static u32 nr_blocks, max_blocks;

static char *block_get(void)
{
	return nr_blocks ? blocks[--nr_blocks] : malloc(state_size + SNAP_STACK);
}
static void block_put(char *b)
{
	blocks = grow(blocks, nr_blocks, &max_blocks, sizeof(*blocks));
	blocks[nr_blocks++] = b;
}

static size_t stack_used(struct lane *l, const char *low) { return l->stack + STACK_SIZE - low; }

static void restore(struct lane *l, const struct node *n)
{
	trail_events = 0;
	l->jb = n->jb;
	l->low = n->low;
	l->req = n->req;
	model_load(n->snap);
	memcpy(n->low, n->snap + state_size, stack_used(l, n->low));
	level = l - lanes;
}

/* ---- results of a step ---- */

/* How long the way is that goes on from `parent`: a step for the answer and for each event, and the way
 * through a nested crossing. */
static u32 steps_after(struct lane *l, u32 parent, u8 how, u32 answer, u32 exit)
{
	if (parent == NONE)
		return trail_events;
	return l->nodes.v[parent].steps + 1 + trail_events +
	       (how == STRUCK || how == STRUCK_GO ? jobs[answer].exits[exit].steps : 0);
}

static struct node *new_node(struct lane *l)
{
	l->nodes.v = grow(l->nodes.v, l->nodes.nr, &l->nodes.max, sizeof(struct node));
	return &l->nodes.v[l->nodes.nr++];
}

static struct exit *exit_of(struct lane *l)
{
	struct job *j = &jobs[l->me];
	char now[STATE_MAX];
	struct exit *e;
	bool same;

	model_save(now);
	same = !memcmp(now, l->start_state, state_size);
	for (u32 i = 0; i < j->nr_exits; i++)
		if (j->exits[i].state ? !memcmp(j->exits[i].state, now, state_size) : same)
			return &j->exits[i];
	j->exits = realloc(j->exits, (j->nr_exits + 1) * sizeof(*j->exits));
	e = &j->exits[j->nr_exits++];
	*e = (struct exit){ NULL, NONE, NONE };
	if (!same) {
		e->state = malloc(state_size);
		memcpy(e->state, now, state_size);
	}
	return e;
}

/* The crossing returns. In a search the last step is a node of its own, never expanded. */
static void add_exit(struct lane *l, u32 parent, u8 how, u32 answer, u32 exit)
{
	u32 steps = steps_after(l, parent, how, answer, exit);
	struct exit *e = exit_of(l);

	if (e->steps <= steps)
		return;
	e->steps = steps;
	if (!keep)
		return;
	*new_node(l) = (struct node){ .parent = parent, .how = how, .answer = answer, .exit = exit, .steps = steps };
	e->node = l->nodes.nr - 1;
}

static void note_wrong(struct lane *l, u32 parent, u8 how, u32 answer, u32 exit)
{
	struct job *j = &jobs[l->me];
	u32 steps = steps_after(l, parent, how, answer, exit);

	if (log_wanted && level == 1)
		return;
	found_wrong = true;
	if (j->message && j->wrong_steps <= steps)
		return;
	free(j->message);
	j->wrong_steps = steps;
	j->wrong = how == FIRST ? 0 : parent;
	j->wrong_how = how;
	j->wrong_answer = answer;
	j->wrong_exit = exit;
	j->message = strdup(wrong_message);
}

/* What became of the step from `parent`: a new node, a return, an end. */
static void arrive(struct lane *l, u32 parent, u8 how, u32 answer, u32 exit)
{
	char now[STATE_MAX];
	u32 steps, at;
	size_t used;
	u64 h;

	totals.transitions++;
	model_canonical();
	if (l->req.ask == ASK_WRONG)
		return note_wrong(l, parent, how, answer, exit);
	if (l->req.ask == ASK_RETURN)
		return add_exit(l, parent, how, answer, exit);
	if (l->req.ask == ASK_END)
		return;
	used = stack_used(l, l->low);
	if (used > SNAP_STACK) {
		fprintf(stderr, "model: a crossing's stack is too deep (%zu bytes)\n", used);
		abort();
	}
	model_save(now);
	h = mix(mix((u64)l->low, l->low, used), now, state_size);
	steps = steps_after(l, parent, how, answer, exit);
	at = seen_before(l, h, l->nodes.nr);
	if (at == NONE) {
		totals.states++;
		if (steps > totals.longest)
			totals.longest = steps;
		*new_node(l) = (struct node){ parent, steps, how, answer, exit, l->req, l->jb, l->low, block_get() };
		memcpy(l->nodes.v[l->nodes.nr - 1].snap, now, state_size);
		memcpy(l->nodes.v[l->nodes.nr - 1].snap + state_size, l->low, used);
		heap_push(l, steps, l->nodes.nr - 1);
	} else if (steps < l->nodes.v[at].steps) {	/* not expanded yet, and there is a shorter way */
		struct node *n = &l->nodes.v[at];

		*n = (struct node){ parent, steps, how, answer, exit, n->req, n->jb, n->low, n->snap };
		heap_push(l, steps, at);
	}
}

/* ---- jobs ---- */

static u32 run_job(u8 door, u32 at_level, u32 left, u64 *view);

static u32 find_job(u64 key)
{
	if (nr_jobs * 2 >= job_index_max) {
		free(job_index);
		job_index_max = job_index_max ? job_index_max * 2 : 1024;
		job_index = malloc(job_index_max * sizeof(u32));
		memset(job_index, 0xff, job_index_max * sizeof(u32));
		for (u32 i = 0; i < nr_jobs; i++) {
			u32 at = jobs[i].key & (job_index_max - 1);

			while (job_index[at] != NONE)
				at = (at + 1) & (job_index_max - 1);
			job_index[at] = i;
		}
	}
	for (u32 at = key & (job_index_max - 1);; at = (at + 1) & (job_index_max - 1)) {
		if (job_index[at] == NONE) {
			jobs = grow(jobs, nr_jobs, &max_jobs, sizeof(*jobs));
			jobs[nr_jobs] = (struct job){ .key = key, .distance = NONE };
			return job_index[at] = nr_jobs++;
		}
		if (jobs[job_index[at]].key == key)
			return job_index[at];
	}
}

static void note_call(u32 caller, u32 node, u32 callee)
{
	if (!keep)
		return;
	calls = grow(calls, nr_calls, &max_calls, sizeof(*calls));
	calls[nr_calls++] = (struct call){ caller, node, callee };
}

/* From the state in which the exception returns, the way goes on. */
static void come_back(struct lane *l, u32 at, u32 callee, u32 e, bool go, const struct hidden *h)
{
	if (!go && !jobs[callee].exits[e].state) {	/* the same state: we are there already */
		totals.transitions++;
		return;
	}
	restore(l, &l->nodes.v[at]);
	if (jobs[callee].exits[e].state) {
		model_load(jobs[callee].exits[e].state);
		model_show(h, model_doors[jobs[callee].door].nmi);
	}
	if (go)
		resume(l, 0);
	arrive(l, at, go ? STRUCK_GO : STRUCK, callee, e);
}

/* Every exception of the set strikes at node `at`. */
static void strike(struct lane *l, u32 me, u32 at, u32 left, u32 doors, bool go)
{
	u64 view[2] = { 0 };	/* of the state, and of what an NMI sees of it */

	for (u32 d = 0; d < nr_model_doors; d++) {
		bool nmi = model_doors[d].nmi;
		struct hidden h;
		u32 callee;

		if (!(doors & BIT(d)))
			continue;
		restore(l, &l->nodes.v[at]);
		model_hide(&h, nmi);
		callee = run_job(d, l - lanes + 1, left - 1, &view[nmi]);
		note_call(me, at, callee);
		for (u32 e = 0; e < jobs[callee].nr_exits && !(stop_at_wrong && found_wrong); e++)
			come_back(l, at, callee, e, go, &h);
	}
}

static void expand(struct lane *l, u32 me, u32 at, u32 left)
{
	struct request req = l->nodes.v[at].req;
	u32 n = req.ask == ASK_CHOOSE ? req.n : 1;

	if (req.ask == ASK_EXCEPTION) {		/* it has to come: too deep, and this way ends */
		if (left)
			strike(l, me, at, left, req.n, true);
		return;
	}
	for (u32 a = 0; a < n; a++) {
		restore(l, &l->nodes.v[at]);
		resume(l, a);
		arrive(l, at, ANSWER, a, 0);
	}
	if (req.ask == ASK_POINT && left)
		strike(l, me, at, left, req.n, false);
}

static void search(struct lane *l, u32 me, u8 door, u32 left)
{
	model_save(l->start_state);
	l->nodes = (struct nodes){ keep ? NULL : l->nodes.v, 0, keep ? 0 : l->nodes.max };
	if (l->seen_max > 4096) {
		free(l->seen);
		l->seen = NULL;
		l->seen_max = 0;
	} else {
		memset(l->seen, 0, l->seen_max * sizeof(*l->seen));
	}
	l->seen_nr = l->heap_nr = 0;
	l->me = me;
	level = l - lanes;
	run_first(l, door, left);
	arrive(l, NONE, FIRST, 0, 0);
	while (l->heap_nr) {
		u32 at = heap_pop(l);

		if (!l->nodes.v[at].snap)
			continue;
		if (!(stop_at_wrong && found_wrong) && !(log_wanted && log_found))
			expand(l, me, at, left);
		block_put(l->nodes.v[at].snap);
		l->nodes.v[at].snap = NULL;
	}
}

/* The crossing of this door from the data as they are; returns the job, done. *view: what these data
 * hash to, once that is known. */
static u32 run_job(u8 door, u32 at_level, u32 left, u64 *view)
{
	struct lane *l = &lanes[at_level];
	char now[STATE_MAX];
	u32 me;

	if (!*view) {
		model_save(now);
		*view = mix(0, now, state_size);
	}
	me = find_job(mix(*view, (char *)&(u32[2]){ door, left }, 8));
	if (jobs[me].done)
		return me;
	jobs[me].done = true;
	jobs[me].door = door;
	jobs[me].left = left;
	if (keep) {
		jobs[me].state = malloc(state_size);
		model_save(jobs[me].state);
	}
	totals.crossings++;
	search(l, me, door, left);
	if (keep)
		jobs[me].nodes = l->nodes;
	level = at_level - 1;
	return me;
}

static void forget(void)
{
	for (u32 i = 0; i < nr_jobs; i++) {
		for (u32 e = 0; e < jobs[i].nr_exits; e++)
			free(jobs[i].exits[e].state);
		free(jobs[i].exits);
		free(jobs[i].state);
		free(jobs[i].message);
		if (keep)
			free(jobs[i].nodes.v);
	}
	nr_jobs = nr_calls = 0;
	if (job_index)
		memset(job_index, 0xff, job_index_max * sizeof(u32));
	if (keep)
		for (u32 i = 0; i < LANES; i++)
			lanes[i].nodes = (struct nodes){ 0 };
}

static u32 run_all(u32 depth)
{
	model_load(blank);
	return run_job(ROOT, 0, depth, &(u64){ 0 });
}

bool explore(u32 depth)
{
	found_wrong = false;
	stop_at_wrong = true;
	run_all(depth);
	return !found_wrong;
}

/* ---- kinds of crossing ---- */

static void keep_sample(struct lane *l, struct begins *b, u8 kind)
{
	if (b->of_kind[kind] == SAMPLES)
		return;
	b->of_kind[kind]++;
	b->v = grow(b->v, b->nr, &b->max, sizeof(*b->v));
	b->v[b->nr] = (struct sample){ l->door, kind, malloc(state_size) };
	memcpy(b->v[b->nr++].state, l->start_state, state_size);
}

void model_began(const struct crossing *c)
{
	struct lane *l = &lanes[level];
	u8 kind = (c->door.lockdep ? LOCKDEP_ON : 0) | (c->door.arg & BIT(16) ? IRQS_ON : 0) |
		  (context_tracking_enabled() ? TRACKED : 0) | model_situation() * SITUATION;
	u8 door = c->door.arg & 0xff, ctx = c->door.ctx;

	if (replaying())
		return replay_door(&c->door);
	if (log_wanted)
		return;
	for (u32 a = 0; a < NR_ARCH; a++) {
		if (!(model_doors[l->door].arch & BIT(a)))
			continue;
		totals.kinds[a][door][ctx]++;
		keep_sample(l, &begins[a][door][ctx], kind);
	}
}

void model_ended(const struct open *open)
{
	if (log_wanted || replaying())
		return;
	for (u32 a = 0; a < NR_ARCH; a++)
		if (model_doors[lanes[level].door].arch & BIT(a))
			spec_mark_ends(&open->spec, totals.lines[a]);
}

/* ---- logs ---- */

static void search_log(const struct logged *log, const struct sample *from)
{
	model_load(from->state);
	log_wanted = log;
	search(&lanes[1], find_job(~0ULL), from->door, 1);
	log_wanted = NULL;
}

bool explore_log(const struct logged *log, u32 *far, u32 *lines)
{
	u8 kind = (log->lockdep ? LOCKDEP_ON : 0) | (log->irqs_on ? IRQS_ON : 0) | (log->tracked ? TRACKED : 0);
	u8 matters = LOCKDEP_ON | IRQS_ON | TRACKED;
	struct begins *b = &begins[log->arch][log->door][log->ctx];

	/* What lockdep believed says nothing where there is none; an NMI does not look whether user mode
	 * is tracked (model_hide()). */
	if (log->without[EV_LOCKDEP_ON])
		matters &= ~LOCKDEP_ON;
	if (b->nr && model_doors[b->v[0].door].nmi)
		matters &= ~TRACKED;
	stop_at_wrong = false;
	log_found = false;
	log_far = 0;
	log_lines = lines;
	for (u32 i = 0; i < b->nr && !log_found; i++)
		if (!((b->v[i].kind ^ kind) & matters))
			search_log(log, &b->v[i]);
	*far = log_far;
	return log_found;
}

/* ---- the shortest way to what is wrong ---- */

static void relax(void)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (u32 i = 0; i < nr_calls; i++) {
			struct job *from = &jobs[calls[i].caller], *to = &jobs[calls[i].callee];
			u32 d;

			if (from->distance == NONE)
				continue;
			d = from->distance + from->nodes.v[calls[i].node].steps + 1;
			if (d >= to->distance)
				continue;
			to->distance = d;
			to->caller = calls[i].caller;
			to->caller_node = calls[i].node;
			changed = true;
		}
	}
}

static void replay_to(struct lane *l, u32 me, u32 node);

/* One more step, shown. */
static void replay_step(struct lane *l, u8 how, u32 answer, u32 exit)
{
	if (how == STRUCK || how == STRUCK_GO) {
		bool nmi = model_doors[jobs[answer].door].nmi;
		struct hidden h;

		model_hide(&h, nmi);
		replay_to(l + 1, answer, jobs[answer].exits[exit].node);
		model_show(&h, nmi);
		level = l - lanes;
	}
	if (how == ANSWER || how == STRUCK_GO)
		resume(l, how == ANSWER ? answer : 0);
	model_canonical();
}

/* From the job's V to the node; the data are as they were there. */
static void replay_to(struct lane *l, u32 me, u32 node)
{
	struct nodes *nodes = &jobs[me].nodes;
	u32 path[4096], n = 0;

	for (u32 at = node; at && at != NONE && n < ARRAY_SIZE(path); at = nodes->v[at].parent)
		path[n++] = at;
	level = l - lanes;
	run_first(l, jobs[me].door, jobs[me].left);
	model_canonical();
	while (n--) {
		struct node *v = &nodes->v[path[n]];

		replay_step(l, v->how, v->answer, v->exit);
	}
}

/* Everything up to the V of a job; returns the level it runs on. */
static u32 replay_chain(u32 me)
{
	struct hidden h;
	u32 at;

	if (jobs[me].door == ROOT) {
		model_load(blank);
		return 0;
	}
	at = replay_chain(jobs[me].caller);
	replay_to(&lanes[at], jobs[me].caller, jobs[me].caller_node);
	model_hide(&h, model_doors[jobs[me].door].nmi);
	return at + 1;
}

static u32 shortest(void)
{
	u32 best = NONE, least = NONE;

	jobs[0].distance = 0;
	relax();
	for (u32 i = 0; i < nr_jobs; i++) {
		u32 d;

		if (!jobs[i].message || jobs[i].distance == NONE)
			continue;
		d = jobs[i].distance + jobs[i].wrong_steps;
		if (d < least) {
			least = d;
			best = i;
		}
	}
	return best;
}

void explain(u32 depth)
{
	struct lane *l;
	u32 me;

	stop_at_wrong = false;
	keep = true;
	for (u32 d = 0; d <= depth; d++) {
		forget();
		found_wrong = false;
		stop_at_wrong = d > 2;		/* then any one will do */
		run_all(d);
		if (found_wrong)
			break;
	}
	me = shortest();
	replay_begin(jobs[me].message);
	l = &lanes[replay_chain(me)];
	if (jobs[me].wrong_how == FIRST) {
		level = l - lanes;
		run_first(l, jobs[me].door, jobs[me].left);
	} else {
		replay_to(l, me, jobs[me].wrong);
		replay_step(l, jobs[me].wrong_how, jobs[me].wrong_answer, jobs[me].wrong_exit);
	}
	replay_end();
}
