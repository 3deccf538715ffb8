# callpipe. GNU make; everything is found by wildcards, so adding a tool, a library file, a test or a
# manual page changes nothing here. `make help` lists the targets.

B         ?= build
PREFIX    ?= /usr/local
BINDIR    ?= $(PREFIX)/bin
MANDIR    ?= $(PREFIX)/share/man
DATADIR   ?= $(PREFIX)/share/callpipe

CC        ?= cc
CLANG     ?= clang
PKGCONFIG ?= pkg-config
CFLAGS    ?= -O2 -g

# These are loaded when they are first needed, so only their headers are wanted here. LINK is
# for libraries that are linked; --as-needed keeps each tool to those it uses.
HEADERS = sndfile samplerate pocketsphinx lame libmpg123 libcurl
LINK    = jansson libpq

WARNINGS = -Wall -Wextra -Wno-missing-field-initializers -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wpointer-arith -Wvla -Wformat=2 -Wundef -Wwrite-strings -Wcast-qual -Wdate-time \
	-Wno-unused-parameter -Werror=implicit-function-declaration -Werror=incompatible-pointer-types \
	-Werror=int-conversion
ifneq ($(filter true 1,$(CI) $(WERROR)),)
WARNINGS += -Werror
endif

ASAN = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# The project's flags stand before the user's; SANITIZE is set by `asan` and `fuzz` below.
cppflags := -Ilib -D_GNU_SOURCE $(shell $(PKGCONFIG) --cflags $(HEADERS) $(LINK)) $(CPPFLAGS)
# No fused multiply-add: what is computed, and what a detector learns, is the same on every machine.
cflags   := -std=gnu17 -ffp-contract=off $(WARNINGS) $(CFLAGS) $(SANITIZE)
ldflags  := -Wl,--as-needed $(LDFLAGS) $(SANITIZE)
ldlibs   := $(if $(LINK),$(shell $(PKGCONFIG) --libs $(LINK))) -lm $(LDLIBS)

ifneq ($(filter-out clean help uninstall,$(or $(MAKECMDGOALS),all)),)
ifneq ($(shell $(PKGCONFIG) --exists $(HEADERS) $(LINK) && echo found),found)
$(error cannot find $(HEADERS) $(LINK) with $(PKGCONFIG): run scripts/setup build)
endif
endif

# What there is.
lib_src  := $(sort $(wildcard lib/*/*.c))
bin_src  := $(sort $(wildcard bin/*/*.c))
unit_src := $(sort $(wildcard tests/unit/*.c))
fuzz_src := $(sort $(wildcard tests/fuzz/*.c))
so_src   := $(sort $(wildcard tests/preload/*.c))
# A program of a script: scripts/NAME.d/NAME.c and what is beside it.
helpers  := $(foreach d,$(basename $(notdir $(wildcard scripts/*.d))),$(if $(wildcard scripts/$d.d/$d.c),$d))
help_src := $(sort $(foreach h,$(helpers),$(wildcard scripts/$h.d/*.c)))
src      := $(strip $(lib_src) $(bin_src) $(unit_src) $(fuzz_src) $(so_src) $(help_src))
headers  := $(sort $(wildcard lib/*/*.h bin/*/*.h tests/*.h tests/*/*.h $(helpers:%=scripts/%.d/*.h)))
manuals  := $(sort $(wildcard man/*.[1-8]))
pipelines = $(sort $(shell test ! -d pipelines || find pipelines -type f))
scripts   = $(shell awk 'FNR == 1 { if (/^\#!.*sh$$|^\# shellcheck/) print FILENAME; nextfile }' \
	$$(find .ci scripts pipelines tests -type f ! -path 'tests/data/*' ! -path 'tests/corpus/*' 2>/dev/null))

names     = $(basename $(notdir $1))
tools    := $(sort $(notdir $(patsubst %/,%,$(dir $(bin_src)))))
lib      := $B/lib/libcallpipe.a
unit     := $(addprefix $B/tests/unit/,$(call names,$(unit_src)))
fuzz     := $(filter-out replay,$(call names,$(fuzz_src)))
replay   := $(addprefix $B/tests/fuzz/,$(fuzz))
preload  := $(patsubst %,$B/tests/preload/%.so,$(call names,$(so_src)))

objects  = $(patsubst %.c,$B/obj/%.o,$1)
# Test TOOL-PART is of a part of TOOL: it sees bin/TOOL/*.h and links all of bin/TOOL but its main.
tool_of  = $(lastword $(foreach t,$(tools),$(if $(filter $t-%,$1),$t)))
parts_in = $(call objects,$(foreach t,$1,$(filter-out bin/$t/$t.c,$(wildcard bin/$t/*.c))))
parts_of = $(call parts_in,$(call tool_of,$1))
# The same for the program of a script: what is measured is what runs.
uses_voice = vad
# Nothing declares libFuzzer's entry.
flags_of = $(if $(filter tests/%,$1),$(addprefix -Ibin/,$(call tool_of,$(notdir $1)))) \
	$(if $(filter scripts/%,$1),$(addprefix -Ibin/,$(uses_$(basename $(word 2,$(subst /, ,$1)))))) \
	$(if $(filter tests/fuzz/%,$1),-Wno-missing-prototypes)

.SECONDEXPANSION:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all tests check asan asan-tests fuzz fuzz-run lint format bench install uninstall clean help \
	compile_commands.json

all: $(tools:%=$B/bin/%)  ## build the tools (default)
tests: all $(unit) $(replay) $(preload) $(helpers:%=$B/scripts/%)  ## build the tools and the compiled tests

# One short line a file, none with -s, the whole command with V=1.
silent := $(findstring s,$(firstword -$(MAKEFLAGS)))
run = $(if $(V),,@$(if $(silent),,echo '  $1 $@';))

# A folder is a prerequisite so that a file taken out of it is missed.
$(lib): $(call objects,$(lib_src)) $(sort $(dir $(lib_src)))
	@mkdir -p $(@D)
	@rm -f $@
	$(call run,AR) $(AR) rcs $@ $(filter %.o,$^)

link = $(call run,LD) $(CC) $(cflags) $(ldflags) -o $@ $(filter %.o,$^) $(lib) $(ldlibs)

$(tools:%=$B/bin/%): $B/bin/%: $$(call objects,$$(wildcard bin/$$*/*.c)) bin/$$* $(lib)
	@mkdir -p $(@D)
	$(link)

$(helpers:%=$B/scripts/%): $B/scripts/%: $$(call objects,$$(wildcard scripts/$$*.d/*.c)) \
		$$(call parts_in,$$(uses_$$*)) scripts/$$*.d $(lib)
	@mkdir -p $(@D)
	$(link)

$(unit): $B/tests/unit/%: $B/obj/tests/unit/%.o $$(call parts_of,$$*) $(lib)
	@mkdir -p $(@D)
	$(link)

$(replay): $B/tests/fuzz/%: $B/obj/tests/fuzz/%.o $B/obj/tests/fuzz/replay.o $$(call parts_of,$$*) $(lib)
	@mkdir -p $(@D)
	$(link)

$(preload): $B/tests/preload/%.so: tests/preload/%.c $B/flags
	@mkdir -p $(@D)
	$(call run,LD) $(CC) $(cppflags) $(filter-out $(SANITIZE),$(cflags)) -fPIC -shared -o $@ $< $(LDFLAGS)

$B/obj/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call run,CC) $(CC) $(cppflags) $(cflags) $(call flags_of,$*) -MMD -MP -c -o $@ $<

# SQL is a part of the object that has its text.
$B/obj/lib/db/schema.o: $(wildcard lib/db/*.sql)

# Other flags make other objects.
flags := $(strip $(CC) $(cppflags) $(cflags) $(ldflags) $(ldlibs))
ifneq ($(strip $(file <$B/flags)),$(flags))
.PHONY: $B/flags
endif
$B/flags: export flags := $(flags)
$B/flags:
	@mkdir -p $(@D)
	@printf '%s\n' "$$flags" >$@

check: tests  ## run all tests, or those in TESTS
	B=$B tests/run $(TESTS)

asan:  ## the same with address and undefined behaviour sanitizers, in B=build/asan
	$(MAKE) B=build/asan SANITIZE='$(ASAN)' check

asan-tests:  ## build them only
	$(MAKE) B=build/asan SANITIZE='$(ASAN)' tests

FUZZ_SECONDS ?= 20
fuzz:  ## fuzz each target for FUZZ_SECONDS with clang; finds go to build/fuzz
	$(MAKE) B=build/fuzz CC='$(CLANG)' SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' fuzz-run

fuzz-run: $(fuzz:%=$B/%)
	set -e; for f in $(fuzz); do \
		mkdir -p $B/new/$$f; dict=tests/fuzz/$$f.dict; \
		test ! -f $$dict || set -- -dict=$$dict; \
		$B/$$f -max_total_time=$(FUZZ_SECONDS) -timeout=5 -print_final_stats=1 \
			-artifact_prefix=$B/$$f- "$$@" $B/new/$$f tests/corpus/$$f; set --; \
	done

$(fuzz:%=$B/%): $B/%: $B/obj/tests/fuzz/%.o $$(call parts_of,$$*) $(lib)
	$(link) -fsanitize=fuzzer

cppcheck = cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,portability \
	--suppress=missingIncludeSystem -D_GNU_SOURCE -Ilib $(tools:%=-Ibin/%) \
	-D'json_object_foreach(object,key,value)=while (json_next(object, &key, &value))' \
	-D'json_array_foreach(array,index,value)=while (json_next(array, &index, &value))'
# States that clang follows through a function, so that scripts/check stays under half an hour. Its own 225000 take four
# times as long: make lint NODES=225000.
NODES ?= 60000
depth  = $(addprefix --extra-arg=,-Xclang -analyzer-config -Xclang max-nodes=$(NODES))
lint: compile_commands.json  ## format, static analysis, shell, manuals
	@mkdir -p $B
	$(if $(src),@clang-format --dry-run -Werror $(src) $(headers))
	$(if $(src),@printf '%s\n' $(src) | xargs -P$$(nproc) -n1 clang-tidy --quiet -p . $(depth) 2>$B/tidy || \
		{ cat $B/tidy >&2 && false; })
	$(if $(src),@$(cppcheck) -j$$(nproc) $(src))
	$(if $(scripts),@shellcheck -x -e SC2013 -e SC2016 -e SC2119 $(scripts))
	$(if $(manuals),@mandoc -T lint -W warning $(manuals))

format:  ## put the sources into shape
	clang-format -i $(src) $(headers)

entry = {"directory": "$(CURDIR)", "file": "$1", "command": "$(CC) $(cppflags) $(cflags) $(call flags_of,$(basename $1)) -c $1"}
comma = ,
compile_commands.json:  ## for clang-tidy and editors
	$(file >$@,[)
	$(foreach f,$(src),$(file >>$@,$(call entry,$f)$(if $(filter $f,$(lastword $(src))),,$(comma))))
	$(file >>$@,])
	@:

bench: all  ## run the benchmarks, or those in BENCH: figures on stdout, tables on stderr
	@PATH="$(CURDIR)/$B/bin:$$PATH" scripts/bench $(BENCH)

# What is to be copied to /etc names where it is installed: under /usr/local, in the sources.
prefixed = s,/usr/local/share/callpipe,$(DATADIR),g; s,/usr/local/bin,$(BINDIR),g

install: all  ## DESTDIR, PREFIX, BINDIR, MANDIR, DATADIR
	install -d '$(DESTDIR)$(BINDIR)'
	$(if $(tools),install $(tools:%=$B/bin/%) '$(DESTDIR)$(BINDIR)')
	set -e; for f in $(manuals); do install -D -m 644 $$f "$(DESTDIR)$(MANDIR)/man$${f##*.}/$${f##*/}"; done
	set -e; for f in $(pipelines); do \
		if test -x $$f; then mode=755; else mode=644; fi; \
		install -D -m $$mode $$f "$(DESTDIR)$(DATADIR)/$$f"; \
		if grep -qI /usr/local $$f; then sed -i '$(prefixed)' "$(DESTDIR)$(DATADIR)/$$f"; fi; \
	done

uninstall:  ## remove what install put there
	for f in $(tools); do rm -f "$(DESTDIR)$(BINDIR)/$$f"; done
	for f in $(manuals); do rm -f "$(DESTDIR)$(MANDIR)/man$${f##*.}/$${f##*/}"; done
	for f in $(pipelines); do rm -f "$(DESTDIR)$(DATADIR)/$$f"; done
	test ! -d '$(DESTDIR)$(DATADIR)' || find '$(DESTDIR)$(DATADIR)' -depth -type d -empty -delete

clean:  ## remove everything made
	rm -rf build compile_commands.json $(filter-out build build/%,$B)

help:  ## this list
	@awk -F ':.*## ' '/^[a-z_.]+:.*## / { printf "%-22s %s\n", $$1, $$2 }' Makefile

-include $(patsubst %.o,%.d,$(call objects,$(src)))
