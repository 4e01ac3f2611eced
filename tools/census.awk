# SPDX-License-Identifier: MIT
# The machine's half of tools/census. Input: `nm -n`, then the image in words, as decimal numbers.
# Addresses are offsets from _text: what the image begins with.

function hex(s,  n, i) {
	for (i = 1; i <= length(s); i++)
		n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
	return n
}
function bits(w, low, count) { return int(w / 2 ^ low) % 2 ^ count }
function signed(v, count) { return v >= 2 ^ (count - 1) ? v - 2 ^ count : v }
function wrong(what) { print "! " what }
function byte(at) { return bits(word[at - at % 4], 8 * (at % 4), 8) }
function string(at,  s, c) {
	while ((c = byte(at++)))
		s = s sprintf("%c", c)
	return s
}
# Offsets as the addresses that people know: the upper half of a 64-bit one is _text's.
function address(at,  s) { s = sprintf("%08x", base + at); return prefix s }

FNR == 1 { file++ }
file == 1 && NF == 3 {
	at = hex(substr($1, length($1) - 7))
	if ($3 == "_text") {
		base = at
		prefix = substr($1, 1, length($1) - 8)
	}
	symbol[$3] = at
	if ($2 ~ /[tTwW]/ && $3 !~ /^[$.]/ && $3 !~ /_text(_start|_end)?$/)
		code_symbol[$3] = $2
}
file == 2 {
	for (i = 1; i <= NF; i++)
		word[4 * words++] = $i
}

# ---- instructions: sets to[1..n], tail (does not go on behind), call ----

function decode_arm(w, pc,  op) {
	op = bits(w, 20, 8)
	if (bits(w, 28, 4) == 15) {	# RFE; the other unconditional ones go on behind
		tail = bits(w, 25, 3) == 4 && bits(w, 20, 1) && !bits(w, 22, 1)
	} else if (bits(w, 25, 3) == 5) {
		target = pc + 8 + 4 * signed(bits(w, 0, 24), 24)
		call = bits(w, 24, 1)
		jump = !call
		tail = jump && bits(w, 28, 4) == 14
	} else if (w == 3778019102) {	# BX lr
		tail = 1
	} else if (op == 49) {		# TST Rn, #15 asks for the mode: user's has these bits clear
		tested = bits(w, 0, 12) == 15
	} else if (op == 17 || op == 21 || op == 53) {
		tested = 0
	}
}
function decode_arm64(w, pc,  op) {
	op = bits(w, 26, 6)
	if (op == 5 || op == 37) {
		target = pc + 4 * signed(bits(w, 0, 26), 26)
		call = op == 37
		jump = tail = op == 5
	} else if (bits(w, 24, 8) == 84 || bits(w, 25, 6) == 26) {	# B.cond, CBZ, CBNZ
		target = pc + 4 * signed(bits(w, 5, 19), 19)
		jump = 1
	} else if (bits(w, 25, 6) == 27) {				# TBZ, TBNZ
		target = pc + 4 * signed(bits(w, 5, 14), 14)
		jump = 1
	} else if (w == 3600745440 || w == 3596551104) {	# ERET, RET
		tail = 1
	}
}

# ---- from one way in to the C functions it calls ----

# from: "user", "kernel", or "" as long as nothing has asked for the mode.
function follow(at, from, was_tested) {
	for (; at >= entry_start && at < entry_end && !((at, from) in seen); at += 4) {
		seen[at, from] = 1
		target = call = jump = tail = 0
		tested = was_tested
		arm ? decode_arm(word[at], at) : decode_arm64(word[at], at)
		was_tested = tested
		if (tail && jump && target == firmware)		# (the way back)
			return
		if ((call || jump) && (target < entry_start || target >= entry_end)) {
			reached(target, from)
			if (tail || contract[target] == "never")
				return
		} else if (jump && tail) {
			at = target - 4
		} else if (jump && was_tested && from == "") {
			follow(target, "kernel", 0)
			from = "user"
		} else if (call || jump) {
			follow(target, from, was_tested)
		} else if (tail) {
			return
		}
	}
}

function reached(fn, from) {
	if (!((fn, from) in found)) {
		found[fn, from] = 1
		hits[from] = hits[from] (hits[from] ? " " : "") fn
	}
}
function forget(  k) {
	for (k in seen) delete seen[k]
	for (k in found) delete found[k]
	for (k in hits) delete hits[k]
}

# One way in, from one side: exactly one function, with exactly one contract, for this slot.
function judge(at, way, list, slot, other_slot,  n, fns, i, fn, mine) {
	n = split(list, fns, " ")
	for (i = 1; i <= n; i++) {
		fn = fns[i]
		if (!(fn in count)) {
			wrong(address(at) " " way ": leads to " name[fn] ", which declares no contract")
			return
		}
		used[fn] = 1
		if (slot >= 0 && slot_of[fn] >= 16 && slot_of[fn] != 255) {
			if (!(fn in aside))	# out of the slot: there was no room for a frame
				print address(at), "stack-overflow", name[fn], door[fn], contract[fn], address(fn)
			aside[fn] = 1
			continue
		}
		if (mine) {
			wrong(address(at) " " way ": leads to two functions, " name[mine] " and " name[fn])
			return
		}
		mine = fn
		if (count[fn] != 1)
			wrong(address(at) " " way ": leads to " name[fn] ", which declares " count[fn] " contracts")
		else if (slot >= 0 ? slot_of[fn] != slot && slot_of[fn] != other_slot : slot_of[fn] < 16)
			wrong(address(at) " " way ": leads to " name[fn] ", which is declared for slot " slot_of[fn])
	}
	if (!mine)
		wrong(address(at) " " way ": leads to no C function")
	else
		print address(at), way, name[mine], door[mine], contract[mine], address(mine)
}

# ---- the declared ones ----

function read_doors(  at, step, fn, w, known) {
	step = arm ? 12 : 24
	for (at = symbol["__start_doors"] - base; at < symbol["__stop_doors"] - base; at += step) {
		fn = (word[at] - base + 2 ^ 32) % 2 ^ 32
		w = at + 2 * step / 3
		count[fn]++
		known = door_names[byte(w) + 1]
		door[fn] = known == "" ? "-" : known
		contract[fn] = contract_names[byte(w + 1) + 1]
		slot_of[fn] = byte(w + 2)
		if (!(fn in name))
			name[fn] = string((word[at + step / 3] - base + 2 ^ 32) % 2 ^ 32)
	}
}

# A function's start, from any place in it.
function function_at(at) {
	while (at > 0 && !(at in name))
		at -= 4
	return at
}

function idle_exits(  at, fn, end) {
	end = symbol["_etext"] - base
	for (at = 0; at < end; at += 4) {
		target = call = jump = tail = 0
		arm ? decode_arm(word[at], at) : decode_arm64(word[at], at)
		if (!(call || jump) || target != symbol["ct_idle_exit"] - base)
			continue
		fn = function_at(at)
		if (fn == target || fn in idle)
			continue
		idle[fn] = 1
		used[fn] = 1
		if (count[fn] != 1 || contract[fn] != "idle")
			wrong(address(at) " idle-exit: " name[fn] " comes back from idle, and declares " \
				(count[fn] == 1 ? "a contract of another kind" : count[fn] ? count[fn] " contracts" : "no contract"))
		else
			print address(at), "idle-exit", name[fn], door[fn], contract[fn], address(fn)
	}
}

# Ways in that no kernel has yet: one that has them must not be built before somebody follows them here.
function not_yet(way, symbols,  s, found) {
	for (s in code_symbol)
		if (s ~ symbols && (symbol[s] - base < entry_start || symbol[s] - base >= entry_end)) {
			wrong(address(symbol[s] - base) " " way ": " s " is a way in that the census does not follow")
			found = 1
		}
	if (!found)
		print "# " way ": this kernel has none"
}

END {
	arm = machine ~ /^ ?40 /
	if (!arm && machine !~ /^ ?183 /) {
		wrong("neither ARM nor AArch64")
		exit
	}
	needed = split("_text _etext __entry_text_start __entry_text_end vectors __start_doors __stop_doors ct_idle_exit firmware_event_complete", need, " ")
	for (i = 1; i <= needed; i++)
		if (!(need[i] in symbol)) {
			wrong("no symbol " need[i] ": not a kernel of ours, or stripped")
			exit
		}
	for (i in code_symbol) {
		name[symbol[i] - base] = i
		if (code_symbol[i] == "T")
			global[symbol[i] - base] = 1
	}
	split(doors, door_names, " ")
	split(contracts, contract_names, " ")
	entry_start = symbol["__entry_text_start"] - base
	entry_end = symbol["__entry_text_end"] - base
	firmware = symbol["firmware_event_complete"] - base
	read_doors()

	table = symbol["vectors"] - base
	for (i = 0; i < (arm ? 8 : 16); i++) {
		at = table + i * (arm ? 4 : 128)
		forget()
		follow(at, "", 0)
		if (!arm) {
			judge(at, "slot-" i, hits[""], i, i)
		} else if (hits["user"] hits["kernel"] == "") {
			judge(at, "slot-" i, hits[""], i, i + 8)
			same[i] = same[i + 8] = 1
		} else {
			judge(at, "slot-" i "-user", hits["user"], i, i)
			judge(at, "slot-" i "-kernel", hits["kernel"], i + 8, i + 8)
		}
	}
	for (at = entry_start; at < entry_end; at += 4)
		if (at in global && at != table) {
			forget()
			follow(at, "", 0)
			judge(at, name[at], hits[""] (hits["user"] ? " " hits["user"] : ""), -1, -1)
		}
	idle_exits()
	not_yet("guest-exit", "^ct_guest_exit$")
	for (fn in count)
		if (!(fn in used) && !(slot_of[fn] in same))
			wrong(address(fn) " " name[fn] ": declares a contract, but nothing leads to it")
}
